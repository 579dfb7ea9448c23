"""Entry point of the ``rebook`` command.

Exit codes: 0 ok, 1 the answer is "no", 2 bad usage or input, 3 something failed, 130 stopped by Ctrl-C.
"""

import os
import signal
import sys
from pathlib import Path

from rebook.cli.failures import EXIT_INTERRUPTED, tell


def main() -> None:
    """Set Django up, then hand over to the commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebook.config.settings")
    # Ends like any other way out: the embedded PostgreSQL is stopped when nobody else uses it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if sys.argv[1:2] == ["demo"]:
        # The synthetic practice lives in a home of its own: its ledger is emptied at every start.
        home = Path(os.environ.get("REBOOK_HOME") or Path.home() / ".rebook")
        os.environ["REBOOK_HOME"] = str(home / "demo")
    try:
        import django

        django.setup()
        # Imported only now: the commands import the ledger, which needs the settings.
        from rebook.cli.app import app

        app()
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except Exception as error:
        sys.exit(tell(error, as_json="--json" in sys.argv))

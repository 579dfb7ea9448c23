"""Entry point of the ``rebook`` command.

Exit codes: 0 ok, 1 the answer is "no", 2 bad usage or input, 3 something failed.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    """Set Django up, then hand over to the commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebook.config.settings")
    if sys.argv[1:2] == ["demo"]:
        # The synthetic practice lives in a home of its own: its ledger is emptied at every start.
        home = Path(os.environ.get("REBOOK_HOME") or Path.home() / ".rebook")
        os.environ["REBOOK_HOME"] = str(home / "demo")
    try:
        import django

        django.setup()
        # Imported only now: the commands import the ledger, which needs the settings.
        from rebook.cli.app import app
        from rebook.cli.ledger import ensure_ledger

        if len(sys.argv) > 1 and not {"--help", "bench"} & set(sys.argv):
            ensure_ledger()
    except Exception as error:
        if not getattr(error, "is_for_people", False):
            raise
        sys.stderr.write(f"rebook: {error}\n")
        sys.exit(3)
    app()

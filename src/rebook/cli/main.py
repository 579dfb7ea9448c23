"""Entry point of the ``rebook`` command.

Exit codes: 0 ok, 1 the answer is "no", 2 bad usage or input, 3 something failed.
"""

import os
import sys


def main() -> None:
    """Set Django up, then hand over to the commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebook.config.settings")
    try:
        import django

        django.setup()
        # Imported only now: the commands import the ledger, which needs the settings.
        from rebook.cli.app import app
    except Exception as error:
        if not getattr(error, "is_for_people", False):
            raise
        sys.stderr.write(f"rebook: {error}\n")
        sys.exit(3)
    app()

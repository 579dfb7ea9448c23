"""Commands of the topic "report"."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""

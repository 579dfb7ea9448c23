"""Commands of the topic "consent"."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""

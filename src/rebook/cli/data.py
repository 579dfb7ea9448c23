"""Commands of the topic "data"."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""

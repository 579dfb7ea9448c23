"""Commands of the topic "running"."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""

"""Commands of the topic "practice"."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""

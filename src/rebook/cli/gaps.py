"""Commands of the topic "gaps"."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""

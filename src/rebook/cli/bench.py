"""Commands of the topic "bench"."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""

"""Commands of the topic "campaigns"."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""

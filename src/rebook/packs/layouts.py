"""Layouts of documents that Rebook prints: Typst files in ``documents/``."""

from functools import cache

from .loader import PACKS

FOLDER = PACKS / "documents"


@cache
def document_layout(key: str) -> str:
    """The Typst source of a document ("evidence"). Raises ``FileNotFoundError``."""
    return (FOLDER / f"{key}.typ").read_text(encoding="utf-8")

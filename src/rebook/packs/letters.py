"""How letters and postcards are laid out: ``house/letters/*.typ``, and the few words around the code."""

from functools import cache
from pathlib import Path
from typing import Literal

from .loader import PACKS, PackInvalid, Table, read_document

FOLDER = PACKS / "house" / "letters"
LetterForm = Literal["letter", "postcard"]
OTHERWISE = "No."


def layout(form: LetterForm) -> Path:
    """The Typst file of a form."""
    return FOLDER / f"{form}.typ"


@cache
def code_label(language: str) -> str:
    """What stands before the code in a language. Raises ``PackInvalid``."""
    return _labels().get(language.lower().partition("-")[0], OTHERWISE)


@cache
def _labels() -> dict[str, str]:
    document = read_document(FOLDER / "labels.toml")
    table = Table(document, "", 0, document.data)
    found = table.by_language("label")
    if table.errors:
        raise PackInvalid(table.errors)
    return found

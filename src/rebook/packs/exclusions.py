"""Words of the practice's system that bar every recall: one list, for finding gaps and for the guard."""

from functools import cache

from .loader import PACKS, PackError, PackInvalid, read_document

HOUSE = PACKS / "jurisdiction" / "house.toml"


@cache
def barring_words() -> frozenset[str]:
    """R-A157, R-C147: nobody with one of these is recalled for anything. Raises ``PackInvalid``."""
    document = read_document(HOUSE)
    words = document.data.get("exclusions", {}).get("barring", [])
    if not words or not all(isinstance(one, str) and one for one in words):
        line = document.line_of("exclusions", 0, "barring")
        raise PackInvalid([PackError(document.file, line, "barring", "wants a list of words in quotes")])
    return frozenset(words)

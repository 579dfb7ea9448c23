"""The emergency number and the crisis line in what staff say: data of the place, not of the words (R-B4)."""

import re
from collections.abc import Iterator, Mapping

from rebook.core.outreach.liquid_text import BadLiquid, fill, names_used

from .loader import PackInvalid
from .outreach import crisis_numbers

FIELDS = ("emergency_number", "crisis_number")
# Of the lines in the files of places only this one is known to take texts (R-E31).
TAKES_TEXTS = frozenset({"988"})
# Where nobody knows the number: a person still says the right thing.
UNKNOWN: Mapping[str, Mapping[str, str]] = {
    "en": {"emergency_number": "the local emergency number", "crisis_number": "the local crisis line"},
    "es": {"emergency_number": "número local de emergencias", "crisis_number": "línea local de crisis"},
}
# Numbers of one place: anywhere else they reach nobody, or the wrong people.
_WRITTEN = re.compile(r"\b(?:911|988|999|112|000|111|116[ -]?123|13[ -]?11[ -]?14)\b")


def numbers_at(jurisdiction_key: str) -> dict[str, str]:
    """{"emergency_number": "999", "crisis_number": "116 123"} of a place; empty where nobody knows them.

    ``crisis_text_number`` is the crisis line again where it takes texts, else empty.
    """
    try:
        found = crisis_numbers(jurisdiction_key=jurisdiction_key)
    except PackInvalid:
        return {}
    if not found:
        return {}
    crisis = found["crisis"]
    return {
        "emergency_number": found["emergency"],
        "crisis_number": crisis,
        "crisis_text_number": crisis if crisis in TAKES_TEXTS else "",
    }


def spoken(words: Mapping[str, str], numbers: Mapping[str, str]) -> dict[str, str]:
    """The words of each language with the place's numbers in them, as staff read them out."""
    return {
        language: fill(text, {**UNKNOWN.get(language, UNKNOWN["en"]), **numbers})
        for language, text in words.items()
    }


def number_problems(text: str) -> Iterator[str]:
    """What is wrong with the numbers in words of a script."""
    try:
        unknown = sorted(names_used(text).difference(FIELDS))
    except BadLiquid as error:
        yield f"cannot be filled: {error.reason}"
        return
    if unknown:
        yield f"asks for {', '.join(unknown)}: a script knows {' and '.join(FIELDS)}"
    if found := _WRITTEN.search(text):
        yield f"names {found[0]}, a number of one place: write {{{{ {' }} or {{ '.join(FIELDS)} }}}}"

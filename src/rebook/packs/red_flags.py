"""Phrases of the specialty packs that send a reply to a person at once: ``specialty/<pack>/red_flags.toml``.

All packs' phrases apply to every practice (R-E4: a list is the least that triggers). They add to the level 1
rules of ``lexicons/`` and never take anything away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from rebook.core.response.patterns import BadPattern, pattern_source
from rebook.core.response.values import LEVEL_1_INTENTS

from .gaps import SPECIALTIES
from .loader import Document, PackError, PackInvalid, Table, read_document

LANGUAGES = ("en", "es")
_FIELDS = {
    *("key", "meaning", "intent", "en", "es", "unless_en", "unless_es"),
    *("example", "source", "signed_off_by"),
}


@dataclass(frozen=True, slots=True)
class RedFlag:
    """Wordings of one danger. ``phrases`` and ``unless`` by language, in the lexicons' pattern language;
    ``signed_off_by`` is empty until a clinician stands for them."""

    key: str
    meaning: str
    intent: str
    phrases: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]]
    # What a patient may write, by language; it must trigger.
    example: Mapping[str, str]
    source: str
    signed_off_by: str


@cache
def red_flags(pack: str) -> tuple[RedFlag, ...]:
    """The red flags of one pack; none where it has no file. Raises ``PackInvalid`` for errors in it."""
    path = SPECIALTIES / pack / "red_flags.toml"
    return read_red_flags(read_document(path), pack=pack) if path.exists() else ()


@cache
def all_red_flags() -> tuple[RedFlag, ...]:
    """The red flags of every shipped pack."""
    packs = sorted(path.parent.name for path in SPECIALTIES.glob("*/red_flags.toml"))
    return tuple(flag for pack in packs for flag in red_flags(pack))


def read_red_flags(document: Document, *, pack: str) -> tuple[RedFlag, ...]:
    """Every ``[[flag]]`` of a document; keys become "<pack>.<key>".

    Raises ``PackInvalid``: an unknown field or intent, a missing source, a language without phrases, a
    pattern that cannot be read or is not written in small letters without accents.
    """
    errors: list[PackError] = []
    top = Table(document, "", 0, document.data, errors)
    top.only({"about", "flag"})
    found: dict[str, RedFlag] = {}
    for number, data in enumerate(document.data.get("flag", [])):
        table = Table(document, "flag", number, data, errors)
        flag = _flag(table, pack)
        if not table.text("key") or flag.key in found:
            table.wrong("key", "a flag has a key of its own")
        found[flag.key] = flag
    if not found:
        top.wrong("flag", "there is none: write each as [[flag]]")
    if errors:
        raise PackInvalid(sorted(errors, key=lambda one: one.line))
    return tuple(found.values())


def _flag(table: Table, pack: str) -> RedFlag:
    table.only(_FIELDS)
    for name in ("meaning", "source"):
        if not table.text(name):
            table.wrong(name, "is missing")
    if "signed_off_by" not in table.data:
        table.wrong("signed_off_by", "is missing: empty until a clinician signs")
    intent = table.text("intent", "emergency", one_of=sorted(LEVEL_1_INTENTS))
    for language in LANGUAGES:
        if not table.words(language):
            table.wrong(language, "wants phrases")
        if not table.by_language("example").get(language):
            table.wrong("example", f"has no example in '{language}'")
    return RedFlag(
        key=f"{pack}.{table.text('key')}",
        meaning=table.text("meaning"),
        intent=intent,
        phrases={language: _patterns(table, language) for language in LANGUAGES},
        unless={language: _patterns(table, f"unless_{language}") for language in LANGUAGES},
        example=table.by_language("example"),
        source=table.text("source"),
        signed_off_by=table.text("signed_off_by"),
    )


def _patterns(table: Table, key: str) -> tuple[str, ...]:
    patterns = table.words(key)
    for one in patterns:
        if one != one.lower() or not one.isascii():
            table.wrong(key, f"'{one}': write small letters without accents, as texts are compared")
        try:
            pattern_source(one)
        except BadPattern as error:
            table.wrong(key, f"'{one}': {error}")
    return patterns


def as_lexicon_rules(flag: RedFlag, *, language: str) -> dict[str, Any]:
    """The flag as a ``[[rule]]`` of a lexicon file in ``language``."""
    rule: dict[str, Any] = {
        "key": flag.key,
        "intent": flag.intent,
        "source": flag.source,
        "phrases": list(flag.phrases[language]),
    }
    return {**rule, "unless": list(flag.unless[language])} if flag.unless[language] else rule

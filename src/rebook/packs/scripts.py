"""What to say on the telephone: ``house/scripts.toml``, and ``specialty/<pack>/scripts.toml`` over it.

The opening and what is left on a machine are templates, approved as they stand; this is what comes between:
what the patient may say, what to answer, and how to record it. A pack's branch takes the place of the house's
with the same key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rebook.core.outreach.lint import word_problems
from rebook.core.response.dispositions import DISPOSITIONS

from .gaps import SPECIALTIES
from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document
from .script_numbers import number_problems, spoken
from .templates import wording

HOUSE = PACKS / "house" / "scripts.toml"
LANGUAGES = ("en", "es")
# Every pack answers these, by its own words or the house's.
BRANCHES = (
    *("who_are_you", "no_time", "not_now", "cost", "seen_elsewhere", "afraid", "cannot_get_there"),
    *("health_question", "voicemail", "wrong_person", "minor", "someone_else", "stop", "emergency"),
)


@dataclass(frozen=True, slots=True)
class Branch:
    """One turn of a call. ``hears`` and ``say`` by language; ``record`` names results of a call
    (``core.response.dispositions``) that fit."""

    key: str
    hears: Mapping[str, str]
    say: Mapping[str, str]
    record: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallScript:
    """The script of one pack: what the visit is for, said after checking who listens, and the branches."""

    pack: str
    reason: Mapping[str, str]
    branches: tuple[Branch, ...]
    source: str
    signed_off_by: str


@cache
def call_script(pack: str) -> CallScript:
    """The script of a pack, in the order of ``BRANCHES``. Raises ``PackInvalid`` for errors in its files."""
    house = read_script(read_document(HOUSE), pack="")
    path = SPECIALTIES / pack / "scripts.toml"
    own = read_script(read_document(path), pack=pack) if path.exists() else house
    known = {one.key: one for one in (*house.branches, *own.branches)}
    order = [*BRANCHES, *(key for key in known if key not in BRANCHES)]
    return CallScript(
        pack=pack,
        reason=own.reason,
        branches=tuple(known[key] for key in order if key in known),
        source=own.source,
        signed_off_by=own.signed_off_by,
    )


def spoken_script(pack: str, *, numbers: Mapping[str, str]) -> CallScript:
    """The script of a pack as it is said at a place; ``numbers`` as ``numbers_at`` has them."""
    script = call_script(pack)
    return replace(
        script,
        reason=spoken(script.reason, numbers),
        branches=tuple(replace(one, say=spoken(one.say, numbers)) for one in script.branches),
    )


def scripts(keys: Sequence[str]) -> Mapping[str, CallScript]:
    """The scripts of several packs, by pack."""
    return {key: call_script(key) for key in keys}


def read_script(document: Document, *, pack: str) -> CallScript:
    """One file; the house's (``pack`` empty) must hold every branch of ``BRANCHES``.

    Raises ``PackInvalid``: unknown fields, a language without words, a result of a call that does not exist,
    words that no message may use.
    """
    errors: list[PackError] = []
    top = Table(document, "", 0, document.data, errors)
    top.only({"about", "reason", "source", "signed_off_by", "branch"})
    if not top.text("source"):
        top.wrong("source", "is missing")
    found: dict[str, Branch] = {}
    for number, data in enumerate(document.data.get("branch", [])):
        table = Table(document, "branch", number, data, errors)
        branch = _branch(table)
        if not branch.key or branch.key in found:
            table.wrong("key", "a branch has a key of its own")
        found[branch.key] = branch
    if not pack:
        missing = [key for key in BRANCHES if key not in found]
        if missing:
            top.wrong("branch", f"there is none for {', '.join(missing)}")
    script = CallScript(
        pack=pack,
        reason=_words(top, "reason"),
        branches=tuple(found.values()),
        source=top.text("source"),
        signed_off_by=top.text("signed_off_by"),
    )
    if errors:
        raise PackInvalid(sorted(errors, key=lambda one: one.line))
    return script


def _branch(table: Table) -> Branch:
    table.only({"key", "hears", "say", "record"})
    record = table.words("record")
    for one in record:
        if one not in DISPOSITIONS:
            table.wrong("record", f"there is no result of a call '{one}'")
    return Branch(table.text("key"), _words(table, "hears"), _words(table, "say"), record)


def _words(table: Table, key: str) -> dict[str, str]:
    words = table.by_language(key)
    for language in LANGUAGES:
        text = words.get(language, "")
        if not text:
            table.wrong(key, f"has no words in '{language}'")
        for banned in (*_banned(text, language), *number_problems(text)):
            table.wrong(key, banned)
    return words


def _banned(text: str, language: str) -> list[str]:
    """What is banned in every message is not said on the telephone either; a person may name an emergency."""
    return word_problems(text, wording(language), role="service", is_open=False)

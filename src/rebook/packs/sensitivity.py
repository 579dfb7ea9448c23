"""What a channel may carry for a sensitive matter, and which channels a need leaves unusable: two tables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast, get_args

from rebook.core.channel import ChannelKind
from rebook.core.outreach.guard_views import FORMS, Form

from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

FILE = PACKS / "house" / "sensitivity.toml"
# An automated call is "phone", a person's is "call".
SHORTEST_TELLING = 3
KINDS = (*get_args(ChannelKind), "call")


@dataclass(frozen=True, slots=True)
class Need:
    """A coded need of information or communication (R-B36) and the channels it bars."""

    key: str
    label: str
    bars: frozenset[str]


@dataclass(frozen=True, slots=True)
class SensitivityTables:
    """``forms``: tag to channel kind to what it may carry, "*" for tags not named; ``needs`` by key."""

    forms: Mapping[str, Mapping[str, Form]]
    needs: Mapping[str, Need]
    # Beginnings of words in a practice's name that tell what kind of care it gives.
    telling: tuple[str, ...] = ()

    @property
    def bars(self) -> Mapping[str, frozenset[str]]:
        return {need.key: need.bars for need in self.needs.values()}


@cache
def sensitivity_tables() -> SensitivityTables:
    """The shipped tables. Raises ``PackInvalid`` with everything that is wrong."""
    return read_tables(read_document(FILE))


def read_tables(document: Document) -> SensitivityTables:
    """Check a document: every tag says something of every channel, every need what it bars."""
    errors: list[PackError] = []
    forms: dict[str, Mapping[str, Form]] = {}
    for number, data in enumerate(document.data.get("tag", [])):
        table = Table(document, "tag", number, data, errors)
        table.only({"key", "source", *KINDS})
        key = table.text("key")
        if not key or key in forms:
            table.wrong("key", "names a tag, once")
        if not table.text("source"):
            table.wrong("source", "a row says where it is from")
        forms[key] = {kind: cast(Form, _form(table, kind)) for kind in KINDS}
    needs: dict[str, Need] = {}
    for number, data in enumerate(document.data.get("need", [])):
        table = Table(document, "need", number, data, errors)
        table.only({"key", "label", "bars"})
        key, bars = table.text("key"), frozenset(table.words("bars"))
        if not key or key in needs or not table.text("label"):
            table.wrong("key", "names a need, once, with its label")
        if not bars or not bars <= set(KINDS):
            table.wrong("bars", "wants kinds of channel: " + ", ".join(KINDS))
        needs[key] = Need(key, table.text("label"), bars)
    telling = tuple(dict.fromkeys(str(word).casefold() for word in document.data.get("telling", ())))
    if not telling or any(len(word) < SHORTEST_TELLING for word in telling):
        errors.append(PackError(document.file, 0, "telling", "wants words of three letters and more"))
    if "*" not in forms:
        errors.append(PackError(document.file, 0, "tag", 'there is no row "*" for tags not named'))
    if errors:
        raise PackInvalid(errors)
    return SensitivityTables(forms, needs, telling)


@lru_cache(maxsize=1024)
def telling_words(name: str) -> tuple[str, ...]:
    """The words of a practice's name that say what kind of care it gives, as they stand in it."""
    begins = sensitivity_tables().telling
    return tuple(word for word in re.findall(r"[^\W\d_]+", name) if word.casefold().startswith(begins))


def _form(table: Table, kind: str) -> str:
    if kind not in table.data:
        table.wrong(kind, "is required")
    return table.text(kind, "none", one_of=FORMS)

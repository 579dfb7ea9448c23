"""The specialty packs as a whole: ``specialty/<pack>/pack.toml``, its names, visit types, words and tiers.

Rules are in ``gaps.py``, contact plans in ``sequences.py``, call scripts in ``scripts.py``, phrases that send
a reply to a person at once in ``red_flags.py``. Every word a rule uses is declared here with a label, so
that pages say it in plain language.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from rebook.core.gaps import GapDefinition

from .gaps import SPECIALTIES, gap_definitions
from .loader import Document, PackError, PackInvalid, Table, read_document

WordKind = Literal["condition", "procedure", "medication", "exclusion"]
TIER_FIELDS = ("slipping_months", "dormant_months", "long_lapsed_months", "lost_after_months")
LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class PackVisitType:
    """A kind of visit that a pack's rules book; ``label`` by language, ``minutes`` it takes."""

    key: str
    label: Mapping[str, str]
    minutes: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the chart as rules use it, with what people call it by language."""

    kind: WordKind
    key: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TierMonths:
    """Months since the last completed visit at which a patient passes into the next tier (R-C141)."""

    slipping_months: int = 6
    dormant_months: int = 12
    long_lapsed_months: int = 24
    lost_after_months: int = 36


@dataclass(frozen=True, slots=True)
class Specialty:
    """One pack. ``words`` by (kind, key), ``name`` and labels by language."""

    key: str
    name: Mapping[str, str]
    about: str
    sources: tuple[str, ...]
    tiers: TierMonths
    visit_types: tuple[PackVisitType, ...]
    words: Mapping[tuple[str, str], Word]

    def called(self, language: str = "en") -> str:
        """The name in ``language``, in English where it is missing."""
        return self.name.get(language) or self.name["en"]


def specialty_keys() -> tuple[str, ...]:
    """The packs that come with Rebook, by key."""
    return tuple(sorted(path.parent.name for path in SPECIALTIES.glob("*/pack.toml")))


@cache
def specialty(key: str) -> Specialty:
    """The pack ``key``. Raises ``PackInvalid`` when there is none, with the known ones, or it has errors."""
    if key not in specialty_keys():
        known = ", ".join(specialty_keys())
        raise PackInvalid([PackError(f"specialty/{key}", 0, "", f"there is no such pack; known: {known}")])
    rules = read_document(SPECIALTIES / key / "gaps.toml").data.get("gap", [])
    return read_specialty(
        read_document(SPECIALTIES / key / "pack.toml"),
        key=key,
        definitions=gap_definitions((key,)),
        criteria=[rule.get(name) for rule in rules for name in ("eligible_when", "excluded_when")],
    )


def all_specialties() -> tuple[Specialty, ...]:
    """Every shipped pack, by English name."""
    return tuple(sorted(map(specialty, specialty_keys()), key=lambda one: one.called()))


def declared_words(keys: Iterable[str]) -> Mapping[tuple[str, str], Word]:
    """Every word of the packs by (kind, key); where two declare one, the first pack's label."""
    found: dict[tuple[str, str], Word] = {}
    for key in keys:
        for place, word in specialty(key).words.items():
            found.setdefault(place, word)
    return found


def visit_types(keys: Iterable[str]) -> tuple[PackVisitType, ...]:
    """The kinds of visit of the packs, each once, in the order of the packs."""
    found: dict[str, PackVisitType] = {}
    for key in keys:
        for one in specialty(key).visit_types:
            found.setdefault(one.key, one)
    return tuple(found.values())


def read_specialty(
    document: Document, *, key: str, definitions: Sequence[GapDefinition], criteria: Sequence[Any] = ()
) -> Specialty:
    """One ``pack.toml``, checked against the rules that go with it; ``criteria`` as they stand in their file.

    Raises ``PackInvalid`` with every error of the file: unknown fields, missing names or labels, tiers that
    do not rise, a word declared twice, and a word or visit type that a rule uses and nobody declared.
    """
    errors: list[PackError] = []
    top = Table(document, "", 0, document.data, errors)
    top.only({"name", "about", "sources", "tiers", "visit_type", "word"})
    for name in ("name", "about", "sources", "tiers"):
        if not document.data.get(name):
            top.wrong(name, "is missing")
    found = Specialty(
        key=key,
        name=_named(top, "name"),
        about=top.text("about").strip(),
        sources=top.words("sources"),
        tiers=_tiers(Table(document, "tiers", 0, document.data.get("tiers", {}), errors)),
        visit_types=tuple(_visit_types(document, errors)),
        words=dict(_words(document, errors)),
    )
    errors += _undeclared(document, found, definitions, criteria)
    if errors:
        raise PackInvalid(errors)
    return found


def _named(table: Table, key: str) -> dict[str, str]:
    label = table.by_language(key)
    for language in LANGUAGES:
        if not label.get(language):
            table.wrong(key, f"has no words in '{language}'")
    return label


def _tiers(table: Table) -> TierMonths:
    table.only(set(TIER_FIELDS))
    months = [table.number_of(name, 0) for name in TIER_FIELDS]
    for at, name in enumerate(TIER_FIELDS):
        if months[at] <= (months[at - 1] if at else 0):
            table.wrong(name, "each tier begins later than the one before, the first after a month at least")
            break
    return TierMonths(*months)


def _tables(document: Document, name: str, errors: list[PackError]) -> Iterator[Table]:
    rows: Any = document.data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        errors.append(PackError(document.file, document.line_of(name, 0), name, f"write each as [[{name}]]"))
        return
    for number, row in enumerate(rows):
        yield Table(document, name, number, row, errors)


def _visit_types(document: Document, errors: list[PackError]) -> Iterator[PackVisitType]:
    seen: set[str] = set()
    for table in _tables(document, "visit_type", errors):
        table.only({"key", "label", "minutes"})
        key, minutes = table.text("key"), table.number_of("minutes", 0)
        if not key or key in seen:
            table.wrong("key", "a kind of visit has a key of its own")
        if not 0 < minutes <= 480:
            table.wrong("minutes", "must be 1 to 480")
        seen.add(key)
        yield PackVisitType(key, _named(table, "label"), minutes)


def _words(document: Document, errors: list[PackError]) -> Iterator[tuple[tuple[str, str], Word]]:
    seen: set[tuple[str, str]] = set()
    for table in _tables(document, "word", errors):
        table.only({"kind", "key", "label"})
        kind: Any = table.text("kind")
        place = (kind, table.text("key"))
        if kind not in get_args(WordKind):
            table.wrong("kind", f"must be one of {', '.join(get_args(WordKind))}")
        if not place[1] or place in seen:
            table.wrong("key", f"'{place[1]}' is empty or declared twice")
        seen.add(place)
        yield place, Word(kind, place[1], _named(table, "label"))


def _undeclared(
    document: Document, found: Specialty, definitions: Sequence[GapDefinition], criteria: Sequence[Any]
) -> Iterator[PackError]:
    known = {("visit", one.key) for one in found.visit_types} | set(found.words)
    used = [(one.key, word) for one in definitions for word in words_used(one)]
    used += [("a criterion", word) for one in criteria for word in criterion_words(one)]
    for user, (kind, word) in used:
        if (kind, word) not in known:
            reason = f"{user} uses the {kind} '{word}', which is not declared"
            yield PackError(document.file, 0, "visit_type" if kind == "visit" else "word", reason)


def criterion_words(value: Any) -> Iterator[tuple[str, str]]:
    """(kind, word) of what a criterion names, as it is written in a pack."""
    if isinstance(value, list):
        for one in value:
            yield from criterion_words(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name in ("condition", "procedure", "medication", "visit") and isinstance(one, str):
                yield name, one
            else:
                yield from criterion_words(one)


def words_used(definition: GapDefinition) -> Iterator[tuple[str, str]]:
    """(kind, word) of everything that a rule names; the kind of a visit type is "visit"."""
    one = definition
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("visit", (one.visit_type, *one.satisfied_by_visit_types, *one.satisfied_by_appointments)),
        ("condition", (*one.conditions, *one.none_of_conditions, *one.exclusion_conditions)),
        ("medication", (*one.medications, *one.none_of_medications)),
        (
            "procedure",
            (*one.exclusion_procedures, *one.satisfied_by_procedures, *one.anchor_procedures),
        ),
        ("exclusion", one.exclusion_words),
    )
    for kind, keys in lists:
        yield from ((kind, key) for key in keys)
    for group in one.last:
        yield from (("visit", key) for key in group.visit_types)
        yield from (("procedure", key) for key in group.procedures)

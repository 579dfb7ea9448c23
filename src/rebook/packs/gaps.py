"""Gap definitions from the specialty packs: ``specialty/<pack>/gaps.toml``."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from functools import cache

from rebook.core.gaps import GapDefinition

from .gap_tables import read_definition
from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

SPECIALTIES = PACKS / "specialty"


def pack_keys() -> tuple[str, ...]:
    """The specialty packs that come with Rebook and define gaps."""
    return tuple(sorted(path.parent.name for path in SPECIALTIES.glob("*/gaps.toml")))


@cache
def gap_definitions(keys: tuple[str, ...]) -> tuple[GapDefinition, ...]:
    """The definitions of the packs ``keys``, in the order of the packs and of their files.

    A pack without gap rules has none. Raises ``PackInvalid`` for a pack that does not exist or has errors,
    and for rules that supersede unknown ones, or one another in a circle, across all packs.
    """
    found: list[GapDefinition] = []
    for key in keys:
        if key not in pack_keys():
            if key and (SPECIALTIES / key).is_dir():
                continue
            known = ", ".join(pack_keys())
            raise PackInvalid(
                [PackError(f"specialty/{key}", 0, "", f"there is no such pack; known: {known}")]
            )
        found += _of_pack(key)
    _check_across(found)
    return tuple(found)


def read_gaps(document: Document, *, pack: str) -> tuple[GapDefinition, ...]:
    """The definitions of one document; their keys are "<pack>.<name>".

    Raises ``PackInvalid`` with every error of the file: unknown field, wrong type, impossible interval,
    duplicate key, missing source, a rule of this pack that is superseded and does not exist.
    """
    errors = [
        PackError(document.file, document.line_of("", 0, key), key, "unknown field")
        for key in document.data
        if key not in ("gap", "about")
    ]
    found: dict[str, GapDefinition] = {}
    tables: dict[str, Table] = {}
    nested: Counter[str] = Counter()
    for table in _tables(document, errors):
        definition = read_definition(table, pack=pack, nested=nested)
        if definition is None:
            continue
        if definition.key in found:
            table.wrong("key", f"'{definition.key}' is defined twice")
        found[definition.key], tables[definition.key] = definition, table
    if not errors:
        own = {
            key: [one for one in rule.supersedes if one.startswith(f"{pack}.")] for key, rule in found.items()
        }
        for key, reason in superseding_errors(own, known=found):
            tables[key].wrong("supersedes", reason)
    if errors:
        raise PackInvalid(sorted(errors, key=lambda one: one.line))
    return tuple(found.values())


def superseding_errors(
    supersedes: Mapping[str, Iterable[str]], *, known: Iterable[str]
) -> list[tuple[str, str]]:
    """(key, what is wrong) for each rule that supersedes one that is not known, or itself by a detour."""
    names = set(known)
    errors = [
        (key, f"there is no rule '{other}'")
        for key, others in supersedes.items()
        for other in others
        if other not in names
    ]
    for key in supersedes:
        way = _way_back(supersedes, key)
        if way:
            errors.append((key, f"supersedes itself: {' > '.join(way)}"))
    return errors


def _way_back(supersedes: Mapping[str, Iterable[str]], start: str) -> list[str]:
    """The way from ``start`` to itself; empty when there is none."""
    ways, seen = [[start]], set()
    while ways:
        way = ways.pop()
        for other in supersedes.get(way[-1], ()):
            if other == start:
                return [*way, start]
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


@cache
def _of_pack(key: str) -> tuple[GapDefinition, ...]:
    return read_gaps(read_document(SPECIALTIES / key / "gaps.toml"), pack=key)


def _check_across(definitions: Iterable[GapDefinition]) -> None:
    """Rules may supersede those of any pack, in use or not: whatever they lead to is looked at."""
    supersedes: dict[str, tuple[str, ...]] = {}
    known: set[str] = set()
    waiting = [one for one in definitions if one.supersedes]
    while waiting:
        one = waiting.pop()
        known.add(one.key)
        supersedes[one.key] = one.supersedes
        for other in one.supersedes:
            pack = other.partition(".")[0]
            rules = {rule.key: rule for rule in _of_pack(pack)} if pack in pack_keys() else {}
            if other in rules:
                known.add(other)
                if other not in supersedes and rules[other].supersedes:
                    waiting.append(rules[other])
    errors = []
    for key, reason in superseding_errors(supersedes, known=known):
        document = read_document(SPECIALTIES / key.partition(".")[0] / "gaps.toml")
        keys = [f"{key.partition('.')[0]}.{one.get('key')}" for one in document.data["gap"]]
        line = document.line_of("gap", keys.index(key), "supersedes")
        errors.append(PackError(document.file, line, "supersedes", reason))
    if errors:
        raise PackInvalid(errors)


def missing_value_sets(definition: GapDefinition, known: Container[str]) -> tuple[PackError, ...]:
    """An error for every value set that the rule of a pack names and ``known`` (canonicals) does not have."""
    pack, _, name = definition.key.partition(".")
    named = (("eligible_when", definition.eligible_when), ("excluded_when", definition.excluded_when))
    missing = [
        (field, one)
        for field, expression in named
        for one in (expression.value_sets if expression else ())
        if one not in known
    ]
    if not missing or pack not in pack_keys():
        return ()
    document = read_document(SPECIALTIES / pack / "gaps.toml")
    number = [one.get("key") for one in document.data["gap"]].index(name)
    return tuple(
        PackError(document.file, document.line_of("gap", number, field), field, f"value set {one} is missing")
        for field, one in missing
    )


def _tables(document: Document, errors: list[PackError]) -> list[Table]:
    tables = document.data.get("gap", [])
    if isinstance(tables, list) and all(isinstance(one, dict) for one in tables):
        return [Table(document, "gap", number, data, errors) for number, data in enumerate(tables)]
    errors.append(PackError(document.file, document.line_of("gap", 0), "gap", "write each rule as [[gap]]"))
    return []

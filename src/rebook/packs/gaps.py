"""Gap definitions from the specialty packs: ``specialty/<pack>/gaps.toml``."""

from functools import cache
from typing import Any

from rebook.core.gaps import DefinitionInvalid, GapDefinition, Qualifying

from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

SPECIALTIES = PACKS / "specialty"
FIRST_DUE = ("never", "age", "condition")
CHANNELS = ("sms", "email", "phone", "letter", "portal")
WORD_LISTS = (
    "sexes",
    "conditions",
    "none_of_conditions",
    "exclusion_words",
    "exclusion_procedures",
    "exclusion_conditions",
    "satisfied_by_visit_types",
    "satisfied_by_procedures",
    "satisfied_by_appointments",
    "sensitivity",
)
NUMBERS = {"interval_months": 0, "interval_days": 0, "grace_days": 0, "max_delay_days": 0}
TEXTS = ("source", "guideline", "guideline_version", "signed_off_by")
KNOWN = {
    *WORD_LISTS,
    *NUMBERS,
    *TEXTS,
    *("key", "label", "visit_type", "minutes", "risk_class", "last", "min_age", "max_age"),
    *("first_due", "first_due_age", "first_channel", "owner_role", "valid_until"),
}
KNOWN_LAST = {"visit_types", "procedures", "interval_months", "interval_days"}
REQUIRED = ("key", "label", "visit_type", "minutes", "risk_class", "last", "source")


def pack_keys() -> tuple[str, ...]:
    """The specialty packs that come with Rebook and define gaps."""
    return tuple(sorted(path.parent.name for path in SPECIALTIES.glob("*/gaps.toml")))


@cache
def gap_definitions(keys: tuple[str, ...]) -> tuple[GapDefinition, ...]:
    """The definitions of the packs ``keys``, in the order of the packs and of their files.

    A pack without gap rules has none. Raises ``PackInvalid`` for a pack that does not exist or has errors.
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
        found += read_gaps(read_document(SPECIALTIES / key / "gaps.toml"), pack=key)
    return tuple(found)


def read_gaps(document: Document, *, pack: str) -> tuple[GapDefinition, ...]:
    """The definitions of one document; their keys are "<pack>.<name>".

    Raises ``PackInvalid`` with every error of the file: unknown field, wrong type, impossible interval,
    duplicate key, missing source.
    """
    errors = [
        PackError(document.file, document.line_of("", 0, key), key, "unknown field")
        for key in document.data
        if key not in ("gap", "about")
    ]
    tables = document.data.get("gap", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        errors.append(
            PackError(document.file, document.line_of("gap", 0), "gap", "write each rule as [[gap]]")
        )
        tables = []
    found: dict[str, GapDefinition] = {}
    nested = 0
    for number, data in enumerate(tables):
        table = Table(document, "gap", number, data, errors)
        definition = _definition(table, pack, nested)
        nested += len(data["last"]) if isinstance(data.get("last"), list) else 0
        if definition is None:
            continue
        if definition.key in found:
            table.wrong("key", f"'{definition.key}' is defined twice")
        found[definition.key] = definition
    if errors:
        raise PackInvalid(sorted(errors, key=lambda one: one.line))
    return tuple(found.values())


def _definition(table: Table, pack: str, nested: int) -> GapDefinition | None:
    """The definition, or None when something was noted as wrong. ``nested``: "gap.last" tables before it."""
    before = len(table.errors)
    table.only(KNOWN)
    for key in REQUIRED:
        if key not in table.data:
            table.wrong(key, "is missing")
    values: dict[str, Any] = {
        "key": f"{pack}.{table.text('key')}",
        "specialty": pack,
        "label": table.by_language("label"),
        "visit_type": table.text("visit_type"),
        "minutes": table.number_of("minutes", 30),
        "risk_class": table.number_of("risk_class", 1),
        "min_age": table.whole("min_age"),
        "max_age": table.whole("max_age"),
        "first_due": table.text("first_due", "never", one_of=FIRST_DUE),
        "first_due_age": table.whole("first_due_age"),
        "first_channel": table.text("first_channel", "sms", one_of=CHANNELS),
        "owner_role": table.text("owner_role", "front_desk"),
        "valid_until": table.day("valid_until"),
        "last": _last(table, nested),
    }
    values |= {key: table.words(key) for key in WORD_LISTS}
    values |= {key: table.number_of(key, default) for key, default in NUMBERS.items()}
    values |= {key: table.text(key) for key in TEXTS}
    if len(table.errors) > before:
        return None
    try:
        return GapDefinition(**values)
    except DefinitionInvalid as error:
        table.wrong(error.field, error.reason)
        return None


def _last(table: Table, nested: int) -> tuple[Qualifying, ...]:
    rows = table.data.get("last", [])
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        table.wrong("last", "write each kind as [[gap.last]]")
        return ()
    found = []
    for offset, row in enumerate(rows):
        inner = Table(table.document, "gap.last", nested + offset, row, table.errors)
        inner.only(KNOWN_LAST)
        found.append(
            Qualifying(
                visit_types=inner.words("visit_types"),
                procedures=inner.words("procedures"),
                interval_months=inner.number_of("interval_months", 0),
                interval_days=inner.number_of("interval_days", 0),
            )
        )
    return tuple(found)

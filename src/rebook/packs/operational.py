"""What to do about things begun and not finished: ``operational.toml``."""

from functools import cache
from typing import Any

from rebook.core.gaps import DefinitionInvalid
from rebook.core.gaps.pending import CLOSED_BY, COUNT_FROM, PendingRule
from rebook.core.words import GAP_OUTREACH, PENDING_KINDS, PENDING_PRIORITIES

from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

CHANNELS = ("sms", "email", "phone", "letter", "portal")
ROLES = ("front_desk", "coordinator", "clinician", "manager")
NUMBERS = {
    "weekly_at_least": 0,
    "opens_after_days": 0,
    "lead_days": 0,
    "risk_class": 2,
    "adds_to_class": -1,
    "lapses_after_days": 365,
    "booking_within_days": 0,
}
WORD_LISTS = ("priorities", "closed_by", "medications")
TEXTS = ("source", "signed_off_by")
KNOWN = {
    *NUMBERS,
    *WORD_LISTS,
    *TEXTS,
    *("kind", "label", "owner_role", "count_from", "opens_after_hours", "business_days", "units_at_most"),
    *("outreach", "first_channel"),
}
REQUIRED = ("kind", "label", "risk_class", "owner_role", "outreach", "closed_by", "source")


@cache
def pending_rules() -> tuple[PendingRule, ...]:
    """The rules that come with Rebook, in the order in which they are tried. Raises ``PackInvalid``."""
    return read_pending_rules(read_document(PACKS / "operational.toml"))


def read_pending_rules(document: Document) -> tuple[PendingRule, ...]:
    """The rules of one document.

    Raises ``PackInvalid`` with every error: an unknown field or word, a wrong type, impossible days, a rule
    that can never be reached, a kind without a rule for every item.
    """
    errors = [
        PackError(document.file, document.line_of("", 0, key), key, "unknown field")
        for key in document.data
        if key not in ("pending", "about")
    ]
    tables = document.data.get("pending", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        place = document.line_of("pending", 0)
        raise PackInvalid([*errors, PackError(document.file, place, "pending", "write each as [[pending]]")])
    found: list[PendingRule] = []
    ends: set[str] = set()
    for number, data in enumerate(tables):
        table = Table(document, "pending", number, data, errors)
        rule = _rule(table)
        if rule is None:
            continue
        if rule.kind in ends or rule.key in {one.key for one in found}:
            table.wrong("kind", f"an earlier rule for {rule.kind} leaves nothing to this one")
        if not (rule.priorities or rule.weekly_at_least or rule.medications):
            ends.add(rule.kind)
        found.append(rule)
    errors += [
        PackError(document.file, 0, "kind", f"no rule for every {kind}: the last must have no priorities")
        for kind in PENDING_KINDS
        if kind not in ends and not errors
    ]
    if errors:
        raise PackInvalid(sorted(errors, key=lambda one: one.line))
    return tuple(found)


def _rule(table: Table) -> PendingRule | None:
    before = len(table.errors)
    table.only(KNOWN)
    for key in REQUIRED:
        if key not in table.data:
            table.wrong(key, "is missing")
    values: dict[str, Any] = {
        "kind": table.text("kind", one_of=PENDING_KINDS),
        "label": table.by_language("label"),
        "owner_role": table.text("owner_role", one_of=ROLES),
        "count_from": table.text("count_from", "opened", one_of=COUNT_FROM),
        "outreach": table.text("outreach", "staff", one_of=GAP_OUTREACH),
        "first_channel": table.text("first_channel", "sms", one_of=CHANNELS),
        "units_at_most": table.whole("units_at_most"),
        "business_days": _flag(table, "business_days"),
    }
    values |= {key: table.number_of(key, default) for key, default in NUMBERS.items()}
    values |= {key: table.words(key) for key in WORD_LISTS}
    values |= {key: table.text(key) for key in TEXTS}
    for key, known in (("priorities", PENDING_PRIORITIES), ("closed_by", CLOSED_BY)):
        for word in values[key]:
            if word not in known:
                table.wrong(key, f"'{word}' is none of {', '.join(known)}")
    _hours(table, values)
    if len(table.errors) > before:
        return None
    try:
        return PendingRule(**values)
    except DefinitionInvalid as error:
        table.wrong(error.field, error.reason)
        return None


def _hours(table: Table, values: dict[str, Any]) -> None:
    """Hours are kept as the days they take up: a list is made once a day."""
    hours = table.whole("opens_after_hours")
    if hours is None:
        return
    if "opens_after_days" in table.data:
        table.wrong("opens_after_hours", "days and hours cannot both be given")
    elif hours < 0:
        table.wrong("opens_after_hours", "must not be below zero")
    else:
        values["opens_after_days"] = -(-hours // 24)


def _flag(table: Table, key: str) -> bool:
    value = table.data.get(key, False)
    if not isinstance(value, bool):
        table.wrong(key, "wants true or false")
        return False
    return value

"""What a place's rules may say beside hours and consent: each word of a law, how it is read and joined.

Joining a place's rows with its country's: ``own`` is the place's own word instead of the country's,
``least`` and ``most`` the stricter number, ``all`` both together (R-A33).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .loader import Table

Joining = Literal["own", "least", "most", "all"]


@dataclass(frozen=True, slots=True)
class Term:
    """How one field of ``core.outreach.law.Law`` is read from a file and joined."""

    read: Callable[[Table, str], Any]
    joining: Joining
    # Whether it also counts for a place that only borrows the rows of others: what can be stricter does.
    travels: bool = True


def _table_of_numbers(table: Table, key: str) -> dict[str, int]:
    value = table.data.get(key, {})
    if not isinstance(value, dict) or not all(
        isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in value.values()
    ):
        table.wrong(key, "wants whole numbers by name, like { adult = 10 }")
        return {}
    return dict(value)


def _positive(table: Table, key: str) -> int | None:
    value = table.whole(key)
    if value is not None and value < 0:
        table.wrong(key, "wants a whole number from 0")
    return value


TERMS: Mapping[str, Term] = {
    "legal_bases": Term(Table.words, "all", travels=False),
    "max_per_day": Term(_positive, "least"),
    "max_per_week": Term(_positive, "least"),
    "opt_out_days": Term(_positive, "least"),
    "opt_out_in_business_days": Term(lambda table, key: table.flag(key, False), "own"),
    "opt_out_mechanism_days": Term(_positive, "most"),
    "opt_out_keywords": Term(Table.words, "all", travels=False),
    "revoke_all_from": Term(Table.day, "least"),
    "relationship_months": Term(_positive, "least"),
    "inquiry_months": Term(_positive, "least"),
    "identification": Term(Table.words, "all", travels=False),
    "sensitive": Term(Table.words, "all"),
    "sensitive_service_rules": Term(Table.words, "all"),
    "open_fields": Term(Table.words, "own", travels=False),
    "languages_required": Term(Table.words, "own", travels=False),
    "age_of_majority": Term(_positive, "own"),
    "mature_minor_age": Term(_positive, "own"),
    "emergency_numbers": Term(Table.words, "own", travels=False),
    "crisis_lines": Term(Table.words, "own", travels=False),
    "offer_disclaimer": Term(Table.text, "own", travels=False),
    "ai_disclosure": Term(Table.text, "own", travels=False),
    "ai_allowed_scopes": Term(Table.words, "own"),
    "breach_clock": Term(Table.text, "own", travels=False),
    "access_request_days": Term(_positive, "least"),
    "retention_years": Term(_table_of_numbers, "most"),
    "do_not_call_lists": Term(Table.words, "all", travels=False),
    "do_not_call_copy_days": Term(_positive, "least"),
    "do_not_call_request_days": Term(_positive, "least"),
    "do_not_call_keep_days": Term(_positive, "most"),
    "zone_rule": Term(Table.text, "own", travels=False),
    "figures": Term(_table_of_numbers, "own", travels=False),
    "duties": Term(Table.words, "all", travels=False),
    # Places whose rows bind here too, because this place has none of its own.
    "follows": Term(Table.words, "all"),
}


def read_terms(table: Table, *, known: set[str]) -> dict[str, Any]:
    """The terms that a row names. Notes unknown fields and rows that say nothing."""
    table.only(known | set(TERMS))
    found = {key: TERMS[key].read(table, key) for key in table.data if key in TERMS}
    if not table.text("topic"):
        table.wrong("topic", "is required")
    if not found:
        table.wrong("topic", "the row says nothing")
    return found


def joined(first: Mapping[str, Any], second: Mapping[str, Any], *, strictest: bool = False) -> dict[str, Any]:
    """The terms of both; ``second`` is the more particular place. ``strictest``: neither is more particular,
    so a word of its own is only taken where ``first`` has none, and ages take the higher."""
    made = dict(first)
    for key, value in second.items():
        made[key] = _join(key, made[key], value, strictest=strictest) if key in made else value
    return made


def _join(key: str, first: Any, second: Any, *, strictest: bool) -> Any:
    joining = TERMS[key].joining
    if joining == "least":
        return min(first, second)
    if joining == "most":
        if isinstance(first, dict):
            return {name: max(first.get(name, 0), second.get(name, 0)) for name in {**first, **second}}
        return max(first, second)
    if joining == "all":
        return tuple(dict.fromkeys((*first, *second)))
    if isinstance(first, dict):
        return {**first, **second}
    if strictest:
        return max(first, second) if isinstance(first, int) else first
    return second

"""The rules of places as one guard policy: house rule, laws, windows by kind of contact, caps, ages.

The house rule binds everybody; a country's file narrows it, a state's row narrows that, a practice's
overrides narrow once more. Nothing ever widens (R-G6), and a place that nobody knows brings in every place
that is known (R-B2).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

from rebook.core.channel import ChannelKind
from rebook.core.outreach.law import Law
from rebook.core.outreach.values import GuardPolicy, JurisdictionWindows, Purpose

from .exclusions import barring_words
from .jurisdictions_figures import lowered
from .jurisdictions_hours import house_window, public_holidays, windows_of
from .jurisdictions_law import (
    FOLDER,
    HOUSE,
    Reviews,
    every_place,
    every_row,
    file_of,
    law_between,
    law_of,
    numbers_of,
    rule_file,
)
from .jurisdictions_rows import LIMITS, read_rule_file
from .jurisdictions_values import RuleFile
from .loader import Document, PackError, PackInvalid
from .narrowing import narrowed
from .places import COUNTRIES

__all__ = ["FOLDER", "guard_policy", "law_of", "numbers_of", "public_holidays", "read_jurisdiction"]


def read_jurisdiction(document: Document) -> RuleFile:
    """A country's file. Raises ``PackInvalid`` with everything that is wrong in it."""
    return read_rule_file(document)


@cache
def house_limits() -> Mapping[str, int]:
    """The house's limits by their names in ``GuardPolicy``; each must be there. Raises ``PackInvalid``."""
    found: dict[str, int] = {}
    for row in rule_file(HOUSE).rows:
        found.update({key: value for key, value in row.values.items() if key in LIMITS})
    missing = [name for name in LIMITS if name not in found]
    if missing:
        raise PackInvalid([PackError("house.toml", 0, name, "is required") for name in missing])
    return found


def plausible(keys: Iterable[str]) -> frozenset[str]:
    """The places to take the strictest of: those asked for, each part of a country whose part is not known,
    and everything when one is not known, or none is named (R-B2)."""
    wanted = set(keys)
    if not wanted or any(file_of(key) is None for key in wanted):
        return every_place() | {key for key in wanted if file_of(key) is not None}
    for country in wanted & set(COUNTRIES):
        wanted |= rule_file(country).places
    return frozenset(wanted)


@lru_cache(maxsize=256)
def base_policy(
    keys: frozenset[str], years: tuple[int, ...], on: date | None = None, reviewed: Reviews = ()
) -> GuardPolicy:
    """House rule, countries and the rows of ``keys``. Without ``on`` every row counts that is in force on
    some day of ``years``."""
    first, last = (on, on) if on else (date(min(years), 1, 1), date(max(years), 12, 31))
    wanted = sorted(plausible(keys))
    laws = [_law(HOUSE, first, last, on, reviewed)]
    laws += [_law(key, first, last, on, reviewed) for key in wanted]
    windows: dict[JurisdictionWindows, None] = {house_window(): None}
    for key in wanted:
        windows.update(dict.fromkeys(windows_of(key, years, first, last)))
    limits: dict[str, Any] = dict(house_limits())
    for name in ("max_per_day", "max_per_week"):
        limits[name] = min([limits[name], *(cap for law in laws if (cap := getattr(law, name)))])
    return GuardPolicy(
        windows=tuple(windows),
        laws=tuple(laws),
        age_of_majority=laws[0].age_of_majority,
        ages_of_majority=_ages(wanted, first),
        consent_required=_express_needed(laws[0]),
        barring_exclusions=barring_words(),
        **lowered(limits, laws),
    )


def _law(key: str, first: date, last: date, on: date | None, reviewed: Reviews) -> Law:
    found = law_between(key, first, last, on, reviewed)
    assert found is not None, key
    return found


def _ages(wanted: Iterable[str], on: date) -> Mapping[str, int]:
    """Places of the countries at hand whose age of majority is not the house's (R-A152, R-B39)."""
    files = {file.key: file for key in wanted if (file := file_of(key))}
    usual = rule_file(HOUSE).rows
    plain = next(age for row in usual if (age := row.terms.get("age_of_majority")))
    return {
        row.place: age
        for file in files.values()
        for row in file.rows
        if (age := row.terms.get("age_of_majority")) and age != plain and row.overlaps(on, on)
    }


def _express_needed(house: Law) -> frozenset[tuple[ChannelKind, Purpose]]:
    """Channels and purposes for which the house wants an express grant wherever the patient is (R-A6)."""
    return frozenset(
        (rule.channel, "marketing")
        for rule in house.consent
        if rule.message_class == "marketing" and rule.permission in ("express", "written")
    )


def guard_policy(
    *,
    jurisdiction_keys: frozenset[str],
    years: tuple[int, ...],
    overrides: Mapping[str, Any] | None = None,
    on: date | None = None,
    reviewed: Mapping[str, date] | None = None,
) -> GuardPolicy:
    """See ``packs.outreach.guard_policy``."""
    reviews = tuple(sorted(reviewed.items())) if reviewed else ()
    policy = base_policy(jurisdiction_keys, years, on, reviews)
    return narrowed(policy, overrides) if overrides else policy


@lru_cache(maxsize=64)
def is_review_due(on: date) -> bool:
    """Whether some row was last reviewed over twelve months before ``on``: then a practice's own reviews
    have to be asked for (R-A77)."""
    return any(row.is_stale(on, {}) for row in every_row())


def review_warnings(*, today: date, reviewed: Mapping[str, date] | None = None) -> tuple[str, ...]:
    """Rows that nobody signed, or that were last looked at over twelve months ago (R-A77)."""
    found: list[str] = []
    for key in (HOUSE, *COUNTRIES):
        rows = [row for row in rule_file(key).rows if row.effective_to is None or row.effective_to >= today]
        late = sorted(row.id for row in rows if row.is_stale(today, reviewed or {}))
        found += [f"{name}: was last reviewed more than a year ago" for name in late]
        unsigned = sum(not row.reviewed_by and row.review_key not in (reviewed or {}) for row in rows)
        if unsigned:
            found.append(f"{key}: {unsigned} rows were never signed by a person")
    return tuple(found)

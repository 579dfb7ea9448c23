"""Puts a place's rows together into one law: the country's and its own, in force on a day (R-B1, R-B2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Any

from rebook.core.outreach.law import ConsentRule, Law

from .jurisdictions_rows import read_rule_file
from .jurisdictions_terms import TERMS, joined
from .jurisdictions_values import Row, RuleFile
from .loader import PACKS, read_document
from .places import COUNTRIES, country_by_place, places_of

FOLDER = PACKS / "jurisdiction"
HOUSE = "house"
_SETS = frozenset({"sensitive", "open_fields"})

# A practice's own reviews: (``Row.review_key``, day), which lift a row's staleness for that practice alone.
Reviews = tuple[tuple[str, date], ...]


@cache
def rule_file(key: str) -> RuleFile:
    """The file of a country ("us", "eu") or of the house. Raises ``PackInvalid`` when there is none."""
    members = frozenset(places_of("eu").zones) if key == "eu" else frozenset[str]()
    return read_rule_file(read_document(FOLDER / f"{key}.toml"), members=members)


def file_of(place: str) -> RuleFile | None:
    """The file that holds a place, also a part of a country that nobody knows ("us-narnia"); else None."""
    if place == HOUSE:
        return rule_file(HOUSE)
    known = country_by_place()
    country = known.get(place) or known.get(place.partition("-")[0])
    return rule_file(country) if country else None


@cache
def every_place() -> frozenset[str]:
    """Every country and every place with rows of its own: what an unknown place brings in (R-B2)."""
    named = frozenset[str]().union(*(rule_file(country).places for country in COUNTRIES))
    return named | (frozenset(COUNTRIES) - {"eu"})


@cache
def every_row() -> tuple[Row, ...]:
    """Every row of every file, the house's first."""
    return tuple(row for key in (HOUSE, *COUNTRIES) for row in rule_file(key).rows)


@cache
def own_rows(place: str) -> tuple[Row, ...]:
    """The rows that name this place, also those of the European Union, which is no place of its own."""
    return tuple(row for row in every_row() if row.place == place)


@cache
def stands_in(place: str) -> tuple[str, ...]:
    """Places whose rows bind a place that has none of its own; the strictest of them counts (R-B2)."""
    file = file_of(place)
    if file is None or place == file.key:
        return ()
    is_known = place in country_by_place()
    named = tuple(one for row in own_rows(place) for one in row.terms.get("follows", ()))
    if is_known and (named or own_rows(place) or file.unlisted == "country"):
        return named
    return tuple(sorted(file.places))


def rows_of(place: str) -> tuple[Row, ...]:
    """All rows that bind in a place, the country's first; not the house's."""
    file = file_of(place)
    if file is None:
        return ()
    general = tuple(row for row in file.rows if row.place == file.key)
    if place == file.key:
        return general
    borrowed = (row for other in stands_in(place) for row in own_rows(other))
    return (*general, *borrowed, *own_rows(place))


def law_of(place: str, *, on: date, reviewed: Reviews = ()) -> Law | None:
    """The law of a place on a day, complete: its country's rows, its own, and for classes and channels of
    which nothing is said the house's. ``house`` gives what binds everywhere. None for an unknown place.
    """
    return law_between(place, on, on, on, reviewed)


@lru_cache(maxsize=2048)
def law_between(place: str, first: date, last: date, judged_on: date | None, reviewed: Reviews) -> Law | None:
    """``law_of`` with every row in force on some day from ``first`` to ``last``. Without ``judged_on``
    nobody asks when a row was last reviewed."""
    file = file_of(place)
    if file is None:
        return None
    rows = [row for row in rows_of(place) if row.overlaps(first, last)]
    known = dict(reviewed)
    stale = [row for row in rows if judged_on is not None and row.is_stale(judged_on, known)]
    consent = _consent(place, rows, stale)
    terms = _terms(place, rows)
    days = [day for row in rows if (day := row.last_reviewed(known))]
    addresses = {name: file.addresses.get(name, name) for row in rows for name in row.sources}
    law = Law(
        key=place,
        version=file.version,
        consent=consent,
        name=_name(place, file),
        reviewed_on=min(days, default=None),
        reviewed_by="" if any(not row.reviewed_by for row in rows) else file.rows[0].reviewed_by,
        sources=tuple(dict.fromkeys(addresses.values())),
        unreviewed=tuple(row.id for row in stale),
    )
    return replace(law, **terms)


def _name(place: str, file: RuleFile) -> str:
    return file.name if place in (file.key, HOUSE) else places_of(file.key).names.get(place, place)


def _terms(place: str, rows: Sequence[Row]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    borrowed = set(stands_in(place))
    is_named = any("follows" in row.terms for row in own_rows(place))
    for row in rows:
        terms = row.terms
        if row.place in borrowed and not is_named:
            # Of places that merely stand in, what can be stricter counts; their lists and languages do not.
            terms = {key: value for key, value in terms.items() if TERMS[key].travels}
        made = joined(made, terms, strictest=row.place in borrowed)
    made.pop("follows", None)
    return {key: frozenset(value) if key in _SETS else value for key, value in made.items()}


def _consent(place: str, rows: Iterable[Row], stale: Iterable[Row]) -> tuple[ConsentRule, ...]:
    said = [rule for row in rows for rule in row.consent if not row.is_fallback]
    if place == HOUSE:
        return tuple(said)
    # One rule that also binds what a person does by hand is enough to have spoken.
    spoken = {(rule.message_class, rule.channel) for rule in said if not rule.automated_only}
    doubtful = {(rule.message_class, rule.channel) for row in stale for rule in row.consent}
    return (
        *said,
        *(
            rule
            for rule in fallbacks()
            if (key := (rule.message_class, rule.channel)) not in spoken or key in doubtful
        ),
    )


@cache
def fallbacks() -> tuple[ConsentRule, ...]:
    """What holds where a place says nothing of a class and channel, or nobody reviewed what it says."""
    return tuple(rule for row in rule_file(HOUSE).rows if row.is_fallback for rule in row.consent)


def country_file(place: str) -> RuleFile:
    """The file of a place's country. Raises ``PackInvalid`` for one that nobody knows."""
    return file_of(place) or rule_file(place.partition("-")[0])


def numbers_of(place: str, *, on: date) -> Mapping[str, str]:
    """{"emergency": "911", "crisis": "988"}; where no crisis line is known the emergency number stands."""
    country_file(place)
    law = law_of(place, on=on)
    if law is None or not law.emergency_numbers:
        return {}
    emergency = law.emergency_numbers[0]
    return {"emergency": emergency, "crisis": (law.crisis_lines or (emergency,))[0]}

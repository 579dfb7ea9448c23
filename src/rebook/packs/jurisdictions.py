"""Call windows, caps, holidays and ages from ``jurisdiction/*.toml``, made into one guard policy.

The house rule and the country's floor bind everybody; a state's row narrows them; a practice's overrides
narrow once more. Nothing ever widens (R-G6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache, lru_cache
from typing import Any, cast

import holidays

from rebook.core.channel import ChannelKind
from rebook.core.outreach.values import GuardPolicy, JurisdictionWindows, Purpose, Window

from .exclusions import barring_words
from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document
from .narrowing import narrowed

FOLDER = PACKS / "jurisdiction"
CLOSED = Window(None, None)
LIMITS = (
    "closing_margin_minutes",
    "max_per_day",
    "max_per_week",
    "max_per_case",
    "max_calls_per_case",
    "min_hours_between",
    "min_hours_between_urgent",
    "marketing_gap_days",
    "recent_visit_days",
    "stale_after_hours",
    "reply_session_minutes",
    "opt_out_confirmation_minutes",
    "recheck_minutes",
)
_WINDOW_KEYS = {"weekdays", "saturday", "sunday", "holidays"}
_STATE_KEYS = _WINDOW_KEYS | {
    *("key", "max_per_day", "effective_from", "effective_to"),
    *("reviewed_on", "reviewed_by", "source", "note"),
}


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One row of a jurisdiction file. ``holiday`` is None where holidays are days like others."""

    key: str
    days: tuple[Window, ...]
    holiday: Window | None
    max_per_day: int | None
    reviewed_on: date | None
    reviewed_by: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A country's file, checked."""

    key: str
    calendar: str
    floor: WindowRow
    states: Mapping[str, WindowRow]
    numbers: Mapping[str, str]
    closed_on: frozenset[date]
    majority: int
    majorities: Mapping[str, int]


def read_window(table: Table, key: str) -> Window | None:
    """ "09:00-20:00" or "none"; None when the key is absent (or wrong, which is noted)."""
    text = table.text(key)
    if not text:
        return None
    if text == "none":
        return CLOSED
    try:
        opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        table.wrong(key, 'wants hours like "09:00-20:00", or "none"')
        return None
    if opens >= closes:
        table.wrong(key, "opens after it closes")
        return None
    return Window(opens, closes)


def read_row(table: Table, *, key: str, known: set[str]) -> WindowRow:
    """One row with its windows; weekdays, Saturday and Sunday are required."""
    table.only(known)
    found = {name: read_window(table, name) for name in _WINDOW_KEYS}
    for name in ("weekdays", "saturday", "sunday"):
        if name not in table.data:
            table.wrong(name, "is required")
    weekday, saturday, sunday = (found[name] or CLOSED for name in ("weekdays", "saturday", "sunday"))
    return WindowRow(
        key=key,
        days=(*[weekday] * 5, saturday, sunday),
        holiday=found["holidays"],
        max_per_day=table.whole("max_per_day"),
        reviewed_on=table.day("reviewed_on"),
        reviewed_by=table.text("reviewed_by"),
        sources=table.words("source"),
    )


def read_jurisdiction(document: Document) -> Jurisdiction:
    """A country's file. Raises ``PackInvalid`` with everything that is wrong in it."""
    data, errors = document.data, list[PackError]()
    top = Table(document, "", 0, data, errors)
    floor = read_row(
        Table(document, "federal", 0, data.get("federal", {}), errors),
        key=top.text("id"),
        known=_WINDOW_KEYS | {"source"},
    )
    states: dict[str, WindowRow] = {}
    for number, value in enumerate(data.get("state", [])):
        table = Table(document, "state", number, value, errors)
        key = table.text("key")
        if not key.startswith(f"{floor.key}-") or key in states:
            table.wrong("key", f'must begin with "{floor.key}-" and come once')
        if table.day("effective_from") is None or not table.words("source") or not table.day("reviewed_on"):
            table.wrong("source", "a row says from when it holds, where it is from and when it was reviewed")
        states[key] = read_row(table, key=key, known=_STATE_KEYS)
    majority = dict(data.get("majority", {}))
    numbers = Table(document, "numbers", 0, data.get("numbers", {}), errors)
    for name in ("emergency", "crisis"):
        if not numbers.text(name):
            numbers.wrong(name, "is required")
    if errors:
        raise PackInvalid(errors)
    return Jurisdiction(
        key=floor.key,
        calendar=top.text("holiday_calendar"),
        floor=floor,
        states=states,
        numbers=dict(numbers.data),
        closed_on=frozenset(data.get("emergency", {}).get("closed_on", ())),
        majority=int(majority.pop("default", 18)),
        majorities=majority,
    )


@cache
def jurisdiction(key: str = "us") -> Jurisdiction:
    """The file of a country ("us"). Raises ``PackInvalid`` when there is none."""
    return read_jurisdiction(read_document(FOLDER / f"{key}.toml"))


@cache
def house() -> tuple[Document, WindowRow]:
    """The house rule's file and its window row."""
    document, errors = read_document(FOLDER / "house.toml"), list[PackError]()
    row = read_row(
        Table(document, "windows", 0, document.data.get("windows", {}), errors),
        key="house",
        known=_WINDOW_KEYS,
    )
    limits = Table(document, "limits", 0, document.data.get("limits", {}), errors)
    limits.only(set(LIMITS))
    for name in LIMITS:
        if (limits.whole(name) or 0) <= 0:
            limits.wrong(name, "wants a whole number above 0")
    if errors:
        raise PackInvalid(errors)
    return document, row


@lru_cache(maxsize=512)
def public_holidays(calendar: str, state: str, years: tuple[int, ...]) -> frozenset[date]:
    """Public holidays of a country, and of one of its states when it is named ("KY")."""
    known = holidays.list_supported_countries(include_aliases=False).get(calendar, [])
    subdivision = state if state in known else None
    return frozenset(holidays.country_holidays(calendar, subdiv=subdivision, years=years))


def _windows(row: WindowRow, days_off: frozenset[date], closed_on: frozenset[date]) -> JurisdictionWindows:
    holiday, off = (row.holiday, days_off) if row.holiday else (CLOSED, frozenset[date]())
    # Where holidays are restricted, not barred, a declared emergency cannot share their window.
    if closed_on and holiday != CLOSED:
        raise ValueError("emergency days belong to a row that is closed on holidays")
    return JurisdictionWindows(
        row.key, row.days, holiday, off | closed_on, source=", ".join(row.sources), always="-" not in row.key
    )


@lru_cache(maxsize=64)
def base_policy(keys: frozenset[str], years: tuple[int, ...]) -> GuardPolicy:
    """House rule, country's floor and the rows of ``keys``. A key that no file knows, or no key at all,
    brings in every row, so that the guard can take the strictest of them (R-B2)."""
    document, house_row = house()
    us = jurisdiction("us")
    wanted = {key for key in keys if key.startswith("us-")}
    if not keys or wanted != keys:
        wanted |= set(us.states)
    rows = [_windows(house_row, public_holidays(us.calendar, "", years), us.closed_on)]
    rows.append(_windows(us.floor, frozenset(), frozenset()))
    for key in sorted(wanted):
        row = us.states.get(key) or _like_floor(us.floor, key)
        off = public_holidays(us.calendar, key.removeprefix("us-").upper(), years)
        rows.append(_windows(row, off, frozenset()))
    limits: dict[str, Any] = dict(document.data["limits"])
    caps = [cap for key in wanted if key in us.states and (cap := us.states[key].max_per_day)]
    limits["max_per_day"] = min([limits["max_per_day"], *caps])
    required = document.data.get("consent_required", [])
    return GuardPolicy(
        windows=tuple(rows),
        age_of_majority=us.majority,
        ages_of_majority=us.majorities,
        consent_required=frozenset(
            (cast(ChannelKind, one["channel"]), cast(Purpose, one["purpose"])) for one in required
        ),
        barring_exclusions=barring_words(),
        **limits,
    )


def _like_floor(floor: WindowRow, key: str) -> WindowRow:
    return WindowRow(key, floor.days, None, None, floor.reviewed_on, floor.reviewed_by, floor.sources)


def guard_policy(
    *,
    jurisdiction_keys: frozenset[str],
    years: tuple[int, ...],
    overrides: Mapping[str, Any] | None = None,
) -> GuardPolicy:
    """See ``packs.outreach.guard_policy``."""
    policy = base_policy(jurisdiction_keys, years)
    return narrowed(policy, overrides) if overrides else policy


def review_warnings(*, today: date) -> tuple[str, ...]:
    """Rows that nobody signed, or that were last looked at over twelve months ago (R-A77)."""
    us = jurisdiction("us")
    late = [row.key for row in us.states.values() if row.reviewed_on and (today - row.reviewed_on).days > 365]
    unsigned = sum(not row.reviewed_by for row in us.states.values())
    found = [f"{key}: call hours were last reviewed more than a year ago" for key in sorted(late)]
    if unsigned:
        found.append(f"us: {unsigned} rows of call hours were never signed by a person")
    return tuple(found)

"""A practice's own limits: stricter than the packs, or an error that names the field (R-G6, R-A31)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any

from rebook.core.outreach.values import GuardPolicy, JurisdictionWindows, Window

from .loader import PackError, PackInvalid

PLACE = "settings.guard"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Which way is stricter.
AT_MOST = {
    *("max_per_day", "max_per_week", "max_per_case", "max_calls_per_case"),
    *("stale_after_hours", "reply_session_minutes"),
}
AT_LEAST = {
    *("closing_margin_minutes", "min_hours_between", "min_hours_between_urgent"),
    *("recent_visit_days", "marketing_gap_days"),
}
# What is off by the house, and only ever makes the guard stricter.
UNKNOWN_SOURCE = "refuses_unknown_source"
UNCHECKED_DAYS = "unchecked_number_days"
KNOWN = AT_MOST | AT_LEAST | {"windows", "closed_on", "barring_exclusions", UNKNOWN_SOURCE, UNCHECKED_DAYS}


def narrowed(policy: GuardPolicy, overrides: Mapping[str, Any]) -> GuardPolicy:
    """The policy made stricter. Raises ``PackInvalid`` naming every field that would widen it or is wrong.

    ``overrides``: the limits by their names in ``GuardPolicy``; ``windows`` by "weekdays" or day name
    ("monday": "10:00-18:00" or "none"); ``closed_on`` dates; ``barring_exclusions`` further words;
    ``refuses_unknown_source`` (R-A4) and ``unchecked_number_days`` (R-A61, 0 for off).
    """
    errors: list[PackError] = []
    changes: dict[str, Any] = {}
    for key, value in overrides.items():
        if key in AT_MOST | AT_LEAST:
            wrong = _limit_problem(key, value, getattr(policy, key))
            changes[key] = value
        elif key == "barring_exclusions":
            wrong = "" if _are_words(value) else "wants a list of words"
            changes[key] = policy.barring_exclusions | frozenset(value if not wrong else ())
        elif key == UNKNOWN_SOURCE:
            wrong = "" if isinstance(value, bool) else "wants true or false"
            changes["takes_unknown_source"] = policy.takes_unknown_source and not value
        elif key == UNCHECKED_DAYS:
            wrong = _limit_problem(key, value, policy.unchecked_number_days)
            changes[key] = value
        else:
            wrong = "" if key in KNOWN else "unknown field"
        if wrong:
            errors.append(PackError(PLACE, 0, key, wrong))
    row = _own_row(policy, overrides, errors)
    if errors:
        raise PackInvalid(errors)
    if row is not None:
        changes["windows"] = (*policy.windows, row)
    return replace(policy, **changes)


def _are_words(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) and one for one in value)


def _limit_problem(key: str, value: Any, standing: int) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return "wants a whole number from 0"
    if key in AT_MOST and value > standing:
        return f"may be {standing} at most"
    if key in AT_LEAST and value < standing:
        return f"must be {standing} at least"
    return ""


def _own_row(
    policy: GuardPolicy, overrides: Mapping[str, Any], errors: list[PackError]
) -> JurisdictionWindows | None:
    """The practice's hours and closed days as one more row that always binds; None when it names none."""
    if "windows" not in overrides and "closed_on" not in overrides:
        return None
    house = next(row for row in policy.windows if row.key == "house")
    days = list(house.days)
    windows = overrides.get("windows", {})
    if not isinstance(windows, Mapping):
        errors.append(PackError(PLACE, 0, "windows", "wants hours by day"))
        windows = {}
    for name, text in windows.items():
        places = range(5) if name == "weekdays" else [DAYS.index(name)] if name in DAYS else []
        if not places:
            errors.append(PackError(PLACE, 0, f"windows.{name}", "no such day"))
        for place in places:
            own = _hours(text)
            wrong = "wants hours like 09:00-17:00, or none" if own is None else _wider(own, house.days[place])
            if own is None or wrong:
                errors.append(PackError(PLACE, 0, f"windows.{name}", wrong))
                break
            days[place] = own
    closed = _dates(overrides.get("closed_on", []), errors)
    return JurisdictionWindows(
        "organisation", tuple(days), Window(None, None), closed, source="the practice", always=True
    )


def _hours(text: Any) -> Window | None:
    if text == "none":
        return Window(None, None)
    try:
        opens, closes = (time.fromisoformat(part) for part in str(text).split("-"))
    except ValueError:
        return None
    return Window(opens, closes) if opens < closes else None


def _wider(own: Window, house: Window) -> str:
    if own.opens is None or own.closes is None:
        return ""
    if house.opens is None or house.closes is None:
        return "the house rule is closed on that day"
    if own.opens < house.opens or own.closes > house.closes:
        return f"must lie within {house.opens:%H:%M}-{house.closes:%H:%M}"
    return ""


def _dates(values: Any, errors: list[PackError]) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(str(one)) for one in values)
    except (TypeError, ValueError):
        errors.append(PackError(PLACE, 0, "closed_on", "wants dates like 2026-12-24"))
        return frozenset()

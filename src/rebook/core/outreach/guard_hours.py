"""Quiet hours: an instant is open only where every plausible law, on every plausible clock, says so.

The called party's location is doubtful by nature (a number moves with its owner), so the windows of all
plausible jurisdictions are read on the clocks of all plausible time zones and intersected (R-A32, R-A33).
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from rebook.core.outreach.guard_person import zone_named
from rebook.core.outreach.guard_rule import Finding, is_live_session, refuse, wait
from rebook.core.outreach.values import GuardPolicy, GuardSubject, JurisdictionWindows, Window

# Letters lie in the box until opened; everything else rings or buzzes (R-A31).
QUIET_CHANNELS = frozenset({"sms", "email", "phone", "portal"})
# Longer than any run of closed days; beyond it the answer is "never".
_HORIZON = timedelta(days=21)

Clock = tuple[JurisdictionWindows, ZoneInfo]


@lru_cache(maxsize=256)
def _last_dispatch(closes: time, margin_minutes: int) -> time | None:
    """The wall time from which it is too late to send; None when the margin eats the whole day (R-A35)."""
    at = datetime.combine(date(2000, 1, 2), closes) - timedelta(minutes=margin_minutes)
    return at.time() if at.date() == date(2000, 1, 2) else None


def _windows(row: JurisdictionWindows, day: date) -> tuple[Window, ...]:
    """The windows that all hold on a day: the weekday's, and the holiday's when it is one (R-A39)."""
    of_day = row.days[day.weekday()]
    return (of_day, row.holiday) if day in row.holidays else (of_day,)


def _open_span(row: JurisdictionWindows, day: date, margin_minutes: int) -> tuple[time, time] | None:
    """Wall times between which one may send on a day, the second exclusive; None when closed all day."""
    opens, closes = time.min, time.max
    for window in _windows(row, day):
        if window.opens is None or window.closes is None:
            return None
        opens, closes = max(opens, window.opens), min(closes, window.closes)
    last = _last_dispatch(closes, margin_minutes)
    return (opens, last) if last is not None and opens < last else None


def _is_open(clock: Clock, at: datetime, margin_minutes: int) -> bool:
    row, zone = clock
    local = at.astimezone(zone)
    span = _open_span(row, local.date(), margin_minutes)
    return span is not None and span[0] <= local.time() < span[1]


def _next_opening(clock: Clock, after: datetime, margin_minutes: int) -> datetime | None:
    """The first instant later than ``after`` at which this window opens, in UTC."""
    row, zone = clock
    day = after.astimezone(zone).date()
    for offset in range(_HORIZON.days + 1):
        span = _open_span(row, day + timedelta(days=offset), margin_minutes)
        if span is None:
            continue
        wall = datetime.combine(day + timedelta(days=offset), span[0])
        # Where clocks go back the opening hour comes twice; the first time may be the one already past.
        for fold in (0, 1):
            opens_at = wall.replace(tzinfo=zone, fold=fold).astimezone(after.tzinfo)
            if opens_at > after:
                return opens_at
    return None


def clocks(subject: GuardSubject, policy: GuardPolicy) -> tuple[Clock, ...]:
    """Every (window, zone) pair to satisfy; empty when a zone or a window is missing, which is doubt.

    A jurisdiction of the subject without a row of its own brings in every row (R-B2: the strictest known).
    """
    zones = [zone_named(name) for name in subject.time_zones]
    found = [zone for zone in zones if zone is not None]
    if not found or len(found) != len(zones):
        return ()
    wanted = set(subject.jurisdictions)
    known = {row.key for row in policy.windows}
    everything = not wanted or not wanted <= known
    rows = [row for row in policy.windows if everything or row.always or row.key in wanted]
    return tuple((row, zone) for row in rows for zone in found)


def is_open(pairs: Iterable[Clock], at: datetime, *, margin_minutes: int) -> bool:
    return all(_is_open(pair, at, margin_minutes) for pair in pairs)


def next_open(pairs: tuple[Clock, ...], at: datetime, *, margin_minutes: int) -> datetime | None:
    """The first instant from ``at`` on that is open on every clock; None within three weeks.

    Each closed clock pushes the candidate to its own next opening; when none is closed, it is found.
    """
    candidate = at
    while candidate - at <= _HORIZON:
        pushes = [
            _next_opening(pair, candidate, margin_minutes)
            for pair in pairs
            if not _is_open(pair, candidate, margin_minutes)
        ]
        if not pushes:
            return candidate
        if None in pushes:
            return None
        candidate = max(push for push in pushes if push is not None)
    return None


def binds_hours(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> bool:
    """Whether the clock matters here: not for letters, nor for safety answers and tests, nor while the
    patient waits for a reply (R-A38, R-E30)."""
    if subject.channel not in QUIET_CHANNELS or subject.origin in ("safety", "test"):
        return False
    return not is_live_session(subject, policy, now)


def no_time_zone(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if not binds_hours(subject, policy, now) or clocks(subject, policy):
        return None
    unknown = [name for name in subject.time_zones if zone_named(name) is None]
    if unknown:
        return refuse("no_time_zone", "a time zone of the patient is not known")
    if not subject.time_zones:
        return refuse("no_time_zone", "nobody can say what time it is where the patient is")
    return refuse("no_time_zone", "no call window is loaded")


def quiet_hours(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    pairs = clocks(subject, policy)
    if not pairs or not binds_hours(subject, policy, now):
        return None
    if is_open(pairs, now, margin_minutes=policy.closing_margin_minutes):
        return None
    until = next_open(pairs, now, margin_minutes=policy.closing_margin_minutes)
    if until is None:
        return refuse("never_open", "no instant within three weeks is allowed everywhere they may be")
    return wait("quiet_hours", f"outside calling hours until {until:%Y-%m-%d %H:%M} UTC", until=until)

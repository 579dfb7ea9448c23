"""Quiet hours: an instant is open only where every plausible law, on every plausible clock, says so.

The called party's location is doubtful by nature (a number moves with its owner), so the windows of all
plausible jurisdictions are read on the clocks of all plausible time zones and intersected (R-A32, R-A33).
Rows that bind only some kinds of contact (a machine's voice in Canada, R-B16) are left out for the others.
"""

from collections.abc import Iterable, Sequence
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
# Compiled clocks that are kept; a day of a large practice knows some hundred combinations.
_KEPT = 4096

Span = tuple[time, time]


@lru_cache(maxsize=256)
def _last_dispatch(closes: time, margin_minutes: int) -> time | None:
    """The wall time from which it is too late to send; None when the margin eats the whole day (R-A35)."""
    at = datetime.combine(date(2000, 1, 2), closes) - timedelta(minutes=margin_minutes)
    return at.time() if at.date() == date(2000, 1, 2) else None


def _windows(row: JurisdictionWindows, day: date) -> tuple[Window, ...]:
    """The windows that all hold on a day: the weekday's, and the holiday's when it is one (R-A39)."""
    of_day = row.days[day.weekday()]
    return (of_day, row.holiday) if day in row.holidays else (of_day,)


class Clock:
    """All windows that bind, read on one time zone. What a day allows is worked out once and kept."""

    __slots__ = ("_spans", "rows", "zone")

    def __init__(self, zone: ZoneInfo, rows: Sequence[JurisdictionWindows]) -> None:
        self.zone = zone
        self.rows = tuple(rows)
        self._spans: dict[tuple[date, int], Span | None] = {}

    def span(self, day: date, margin_minutes: int) -> Span | None:
        """Wall times between which one may send on a day, the second exclusive; None when closed all day."""
        key = (day, margin_minutes)
        try:
            return self._spans[key]
        except KeyError:
            found = self._spans[key] = self._worked_out(day, margin_minutes)
            return found

    def _worked_out(self, day: date, margin_minutes: int) -> Span | None:
        opens, closes = time.min, time.max
        for row in self.rows:
            for window in _windows(row, day):
                if window.opens is None or window.closes is None:
                    return None
                opens, closes = max(opens, window.opens), min(closes, window.closes)
        last = _last_dispatch(closes, margin_minutes)
        return (opens, last) if last is not None and opens < last else None

    def is_open(self, at: datetime, margin_minutes: int) -> bool:
        local = at.astimezone(self.zone)
        span = self.span(local.date(), margin_minutes)
        return span is not None and span[0] <= local.time() < span[1]

    def next_opening(self, after: datetime, margin_minutes: int) -> datetime | None:
        """The first instant later than ``after`` at which the windows open, in the zone of ``after``."""
        day = after.astimezone(self.zone).date()
        for offset in range(_HORIZON.days + 1):
            span = self.span(day + timedelta(days=offset), margin_minutes)
            if span is None:
                continue
            wall = datetime.combine(day + timedelta(days=offset), span[0])
            # Where clocks go back the opening hour comes twice; the first may be the one already past.
            for fold in (0, 1):
                opens_at = wall.replace(tzinfo=self.zone, fold=fold).astimezone(after.tzinfo)
                if opens_at > after:
                    return opens_at
        return None


def kind_of(subject: GuardSubject) -> str:
    """The kind of contact that windows speak of: a call by hand and a machine's are two (R-A11, R-B16)."""
    if subject.channel == "phone":
        return "call" if subject.channel_is_manual else "auto_call"
    return subject.channel


_clocks: dict[tuple[int, str, tuple[str, ...], tuple[str, ...]], tuple[object, tuple[Clock, ...]]] = {}


def clocks(subject: GuardSubject, policy: GuardPolicy) -> tuple[Clock, ...]:
    """Every clock to satisfy; empty when a zone or a window is missing, which is doubt.

    A jurisdiction of the subject without a row of its own brings in every row (R-B2: the strictest known).
    """
    kind = kind_of(subject)
    key = (id(policy.windows), kind, subject.jurisdictions, subject.time_zones)
    kept = _clocks.get(key)
    # The windows themselves are kept beside the clocks, so no other tuple can have their id.
    if kept is not None and kept[0] is policy.windows:
        return kept[1]
    if len(_clocks) >= _KEPT:
        _clocks.clear()
    made = _made(policy.windows, kind, subject.jurisdictions, subject.time_zones)
    _clocks[key] = (policy.windows, made)
    return made


def clocks_at(
    policy: GuardPolicy, *, kind: str, places: Sequence[str], time_zones: Sequence[str]
) -> tuple[Clock, ...]:
    """The clocks of a kind of contact at a place, for looking ahead where there is no subject yet."""
    return _made(policy.windows, kind, places, time_zones)


def _made(
    windows: Sequence[JurisdictionWindows], kind: str, places: Sequence[str], time_zones: Sequence[str]
) -> tuple[Clock, ...]:
    zones = [zone_named(name) for name in time_zones]
    found = [zone for zone in zones if zone is not None]
    if not found or len(found) != len(zones):
        return ()
    wanted = set(places)
    everything = not wanted or not wanted <= {row.key for row in windows}
    # A country's own row binds in each of its parts.
    wanted |= {key.partition("-")[0] for key in wanted}
    rows = [
        row
        for row in windows
        if (everything or row.always or row.key in wanted) and (not row.kinds or kind in row.kinds)
    ]
    return tuple(Clock(zone, rows) for zone in found) if rows else ()


def is_open(pairs: Iterable[Clock], at: datetime, *, margin_minutes: int) -> bool:
    return all(clock.is_open(at, margin_minutes) for clock in pairs)


def next_open(pairs: tuple[Clock, ...], at: datetime, *, margin_minutes: int) -> datetime | None:
    """The first instant from ``at`` on that is open on every clock; None within three weeks.

    Each closed clock pushes the candidate to its own next opening; when none is closed, it is found.
    """
    candidate = at
    while candidate - at <= _HORIZON:
        pushes = [
            clock.next_opening(candidate, margin_minutes)
            for clock in pairs
            if not clock.is_open(candidate, margin_minutes)
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

"""Rules about how much and how long: caps over rolling windows, rest between contacts, expiry, room.

A day is the last 24 hours and a week the last 7 x 24 (R-A25), counted over every campaign, location and
channel (R-A190). Answers inside a conversation that the patient began do not count.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from rebook.core.outreach.guard_laws import caps
from rebook.core.outreach.guard_rule import Finding, is_live_session, refuse, wait
from rebook.core.outreach.values import GuardPolicy, GuardSubject, PastContact

DAY = timedelta(hours=24)
WEEK = timedelta(days=7)
URGENT_CLASS = 3
_UNCOUNTED = frozenset({"reply", "safety", "test"})

_SCOPES: tuple[tuple[str, Callable[[PastContact], bool]], ...] = (
    ("person", lambda past: past.same_person),
    ("household", lambda past: past.same_household),
    ("number", lambda past: past.same_number),
)


def _counted(subject: GuardSubject) -> list[PastContact]:
    return [past for past in subject.history if past.origin not in _UNCOUNTED]


def _free_at(times: list[datetime], *, limit: int, span: timedelta, now: datetime) -> datetime | None:
    """When one more contact fits under the limit; None when it does now. ``times`` newest first."""
    inside = [at for at in times if at > now - span]
    if len(inside) < limit:
        return None
    # A limit of nothing never frees; it is asked again after a whole span.
    return inside[limit - 1] + span if limit > 0 else now + span


def cap_reached(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if is_live_session(subject, policy, now):
        return None
    past = _counted(subject)
    worst: Finding | None = None
    a_day, a_week = caps(subject, policy)
    for scope, is_in in _SCOPES:
        times = sorted((p.at for p in past if is_in(p)), reverse=True)
        for word, limit, span in (("day", a_day, DAY), ("week", a_week, WEEK)):
            until = _free_at(times, limit=limit, span=span, now=now)
            if until is not None and (worst is None or worst.until is None or until > worst.until):
                worst = wait("cap_reached", f"{limit} a {word} for this {scope} is used up", until=until)
    return worst


def too_soon(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if is_live_session(subject, policy, now):
        return None
    urgent = subject.risk_class >= URGENT_CLASS
    hours = policy.min_hours_between_urgent if urgent else policy.min_hours_between
    times = [past.at for past in _counted(subject) if past.same_person]
    if not times or max(times) <= now - timedelta(hours=hours):
        return None
    until = max(times) + timedelta(hours=hours)
    return wait("too_soon", f"less than {hours} hours since the last contact", until=until)


def marketing_apart(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """A marketing message keeps its distance from every other, before and after (R-A190)."""
    span = timedelta(days=policy.marketing_gap_days)
    is_marketing = subject.purpose == "marketing"
    times = [
        past.at
        for past in _counted(subject)
        if past.same_person
        and past.at > now - span
        and (past.purpose != "marketing" if is_marketing else past.purpose == "marketing")
    ]
    if not times:
        return None
    return wait(
        "marketing_apart",
        f"less than {policy.marketing_gap_days} days between marketing and another message",
        until=max(times) + span,
    )


def case_exhausted(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    of_case = [past for past in _counted(subject) if past.same_case]
    if len(of_case) >= policy.max_per_case:
        return refuse("case_exhausted", f"{len(of_case)} attempts in this case")
    calls = sum(past.channel == "phone" for past in of_case)
    if subject.channel == "phone" and calls >= policy.max_calls_per_case:
        return refuse("case_exhausted", f"{calls} calls in this case")
    return None


def no_capacity(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if subject.capacity_left is None or subject.capacity_left > 0:
        return None
    until = now + timedelta(minutes=policy.recheck_minutes)
    return wait("no_capacity", "no free times left to offer", until=until)


def expired(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if now < subject.expires_at:
        return None
    return refuse("expired", f"was to go out before {subject.expires_at:%Y-%m-%d %H:%M} UTC")


def not_due(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if now >= subject.due_at:
        return None
    return wait("not_due", f"due on {subject.due_at:%Y-%m-%d %H:%M} UTC", until=subject.due_at)

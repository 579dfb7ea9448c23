"""From when the next step is counted: the plan's own days, whatever is passed over or put off (R-C146).

A plan says "a letter on day 21". A step that is not taken uses up nothing of that, and neither does a weekend
for which a contact waited; who was kept waiting longer than that goes on from when they were contacted.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rebook.core.outreach.sequence import Sequence, Step, next_step_at

# A weekend with a holiday, or the hours of a place: a contact put off by no more is still on its plan.
ON_PLAN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Stood:
    """The first and the last contact of a case that went out or waits to: place in the plan, when."""

    first: int
    first_at: datetime
    last: int
    last_at: datetime

    def then(self, place: int, at: datetime) -> "Stood":
        return Stood(self.first, self.first_at, place, at)


class Contact(NamedTuple):
    """One contact that went out, or waits to."""

    step_index: int
    at: datetime


def stood_of(contacts: Iterable[Contact], *, shift: int = 0) -> Stood | None:
    """The first and the last of these; ``shift`` from a step's index to its place in the plan.

    None without any, and for a case that was moved to another plan: its days there are not those it had.
    """
    found = sorted(contacts)
    if not found or shift:
        return None
    return Stood(found[0].step_index, found[0].at, found[-1].step_index, found[-1].at)


def days_of(sequence: Sequence) -> tuple[int, ...]:
    """The day of each step, counted from the first day of the plan."""
    return tuple(accumulate(step.delay_days for step in sequence.steps))


def counted_from(sequence: Sequence, stood: Stood, *, place: int, zone: str) -> datetime:
    """The instant (aware) from which the step after ``place`` is counted, sent or passed over.

    Steps that say business days are counted from the contact before them, as they say.
    """
    days, clock = days_of(sequence), ZoneInfo(zone)
    if not max(stood.first, stood.last) <= place < len(days):
        return stood.last_at
    last = stood.last_at.astimezone(clock)
    begins = last.date()
    meant = stood.first_at.astimezone(clock).date() + timedelta(days=days[stood.last] - days[stood.first])
    in_calendar_days = not any(one.business_days for one in _between(sequence, stood))
    if in_calendar_days and timedelta() < begins - meant <= ON_PLAN:
        begins = meant
    on = begins + timedelta(days=days[place] - days[stood.last])
    return datetime.combine(on, last.time(), tzinfo=clock) if on != last.date() else stood.last_at


def _between(sequence: Sequence, stood: Stood) -> tuple[Step, ...]:
    return sequence.steps[stood.first + 1 : stood.last + 1]


def step_after(
    sequence: Sequence,
    stood: Stood | None,
    *,
    place: int,
    now: datetime,
    zone: str,
    holidays: Collection[date] = (),
    wish: str = "",
) -> datetime | None:
    """When the step after ``place`` falls due, never before ``now``; as ``next_step_at`` otherwise."""
    anchor = counted_from(sequence, stood, place=place, zone=zone) if stood else now
    of = {"step_index": place + 1, "zone": zone, "holidays": holidays, "wish": wish}
    at = next_step_at(sequence, anchor_at=anchor, **of)  # type: ignore[arg-type]
    return None if at is None else max(at, now)

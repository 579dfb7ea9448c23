"""What is looked at in one event, and which of several is taken."""

from collections.abc import Iterable
from datetime import date

from .definition import EventSet, Measured, Own
from .history import MAX, MIN, Event, Reading
from .timing import moment

# A number without a unit goes with these.
NO_UNIT = ("", "1", "{score}")


def within(number: float, at_least: float | None, at_most: float | None) -> bool:
    return (at_least is None or number >= at_least) and (at_most is None or number <= at_most)


def reads(event: Event, test: Measured) -> bool | None:
    """A component measured twice, or in another unit, says nothing."""
    code = test.component or ("", "")
    found = [one for one in event.readings if (one.system, one.code) == code]
    if len(found) != 1:
        return None if test.is_bounded or len(found) > 1 else False
    if not test.is_bounded:
        return True
    return _in_bounds(found[0], test)


def _in_bounds(reading: Reading, test: Measured) -> bool | None:
    if reading.unit not in ((test.unit,) if test.unit else NO_UNIT):
        return None
    number = reading.number
    return (
        within(number, test.at_least, test.at_most)
        and (test.above is None or number > test.above)
        and (test.below is None or number < test.below)
    )


def day_at(event: Event, own: Own) -> date | None:
    """The day of the event's moment, taken early where it is known between bounds only."""
    at = moment(event, own)
    return None if at is None else at[0].date()


def picked(found: list[Event], wanted: EventSet) -> tuple[Event, ...]:
    pick = wanted.pick
    if pick is None:
        return tuple(found)
    if not pick.is_day:
        return foremost(found, pick.which, pick.by)
    days = {one.id: day for one in found if (day := day_at(one, pick.by)) is not None}
    if not days:
        return ()
    chosen = max(days.values()) if pick.which == "last" else min(days.values())
    return tuple(one for one in found if days.get(one.id) == chosen)


def foremost(found: Iterable[Event], which: str, by: Own) -> tuple[Event, ...]:
    """The first or last by time. What has no time comes first; of several at once the order decides."""
    ordered = sorted(found, key=lambda one: ((moment(one, by) or (MIN, MIN))[0], one.id))
    if not ordered:
        return ()
    return (ordered[-1] if which == "last" else ordered[0],)


def shown(event: Event) -> str:
    span = event.span or event.recorded
    if span is None:
        return "no date"
    if span.starts_at == MIN:
        return "no begin"
    if span.ends_by == MAX:
        return f"from {span.starts_at.date()}"
    first, last = span.starts_at.date(), span.ends_at.date()
    return str(first) if first == last else f"{first} to {last}"

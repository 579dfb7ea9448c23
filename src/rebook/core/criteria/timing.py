"""Timings judged on spans: where one event's time stands to a window, or to another event's."""

from typing import NamedTuple

from .definition import Own, Timing
from .history import MAX, MIN, Event, Span
from .moments import TICK, Pair, all_of, at_or_before, before, shifted


class Stretch(NamedTuple):
    """From one moment to another, each known between bounds; a single moment twice."""

    start: Pair
    end: Pair


def own_time(event: Event, own: Own) -> Stretch | None:
    """The event's time that a phrase speaks of; None when it has none."""
    span = event.recorded if own == "recorded" else event.span
    if span is None:
        return None
    start, end = (span.starts_at, span.starts_by), (span.ends_at, span.ends_by)
    if own == "whole":
        return Stretch(start, end)
    one = start if own in ("starts", "recorded") or _is_missing(own, span) else end
    if own == "earliest":
        one = end if span.starts_at == MIN else start
    return Stretch(one, one)


def _is_missing(own: Own, span: Span) -> bool:
    """The last known moment of what is not over is its begin."""
    return own == "latest" and span.ends_by == MAX


def moment(event: Event, own: Own) -> Pair | None:
    """One moment of the event; of its whole span the begin."""
    found = own_time(event, own)
    return None if found is None else found.start


def until_open(end: Pair) -> Pair:
    """The last moment before ``end``, which is itself left out."""
    return end[0] - TICK, end[1] - TICK


def stands(own: Stretch | None, timing: Timing, target: Stretch | None) -> bool | None:
    """Whether ``own`` stands to ``target`` as the timing says; None when that cannot be known."""
    if own is None or target is None:
        return None
    if timing.edge:
        edge = shifted(target.start if timing.edge == "start" else target.end, timing.steps)
        target = Stretch(edge, edge)
    day = timing.by_day
    match timing.relation:
        case "during":
            return all_of(
                (
                    at_or_before(target.start, own.start, by_day=day),
                    at_or_before(own.end, target.end, by_day=day),
                )
            )
        case "overlaps" | "overlaps after" | "same":
            return _across(own, timing, target)
        case "on or before":
            return all_of((at_or_before(own.end, target.start, by_day=day), _near(own, timing, target)))
        case "before":
            return before(own.end, target.start, by_day=day)
        case "on or after":
            return all_of((at_or_before(target.end, own.start, by_day=day), _near(own, timing, target)))
        case "after":
            return before(target.end, own.start, by_day=day)


def _across(own: Stretch, timing: Timing, target: Stretch) -> bool | None:
    day = timing.by_day
    reaches = at_or_before(own.start, target.end, by_day=day)
    if timing.relation == "overlaps":
        return all_of((reaches, at_or_before(target.start, own.end, by_day=day)))
    if timing.relation == "overlaps after":
        return all_of((reaches, before(target.end, own.end, by_day=day)))
    return all_of(
        (
            at_or_before(own.start, target.start, by_day=day),
            at_or_before(target.start, own.start, by_day=day),
        )
    )


def _near(own: Stretch, timing: Timing, target: Stretch) -> bool | None:
    if timing.within is None:
        return True
    amount, unit = timing.within
    if timing.relation == "on or before":
        return at_or_before(shifted(target.start, ((-amount, unit),)), own.end, by_day=timing.by_day)
    return at_or_before(own.start, shifted(target.end, ((amount, unit),)), by_day=timing.by_day)

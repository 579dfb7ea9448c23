"""A patient's chart as a history, so that expressions in the clinic's own words can be asked of it."""

from datetime import date, timedelta

from rebook.core.chart import Chart

from .history import MAX, MIN, OWN_WORDS, Coded, Event, History, Span
from .moments import day_span, whole_day

# Appointments that took place count as visits.
ATTENDED = frozenset({"arrived", "fulfilled", "checked-in"})


def chart_history(chart: Chart) -> History:
    """Visits (and kept appointments), procedures, conditions and medications, each by the clinic's own word.

    Dates are the chart's calendar dates. The same thing on the same days counts once.
    """
    found: list[tuple[str, str, Span]] = []
    found += [("visit", one.visit_type, day_span(one.visited_on, one.visited_on)) for one in chart.visits]
    found += [
        ("visit", one.visit_type, day_span(one.starts_on, one.starts_on))
        for one in chart.appointments
        if one.status in ATTENDED
    ]
    found += [
        ("procedure", one.kind, day_span(one.performed_on, one.performed_on)) for one in chart.procedures
    ]
    found += [("condition", one.kind, running(one.onset_on, one.abated_on)) for one in chart.conditions]
    found += [("medication", one.kind, running(one.started_on, one.ended_on)) for one in chart.medications]
    events = tuple(
        Event(number, kind, span=span, codes=(Coded("code", OWN_WORDS, word),))
        for number, (kind, word, span) in enumerate(dict.fromkeys(found))
    )
    return History(chart.patient.birth_on, chart.patient.sex, events)


def running(begun_on: date | None, over_on: date | None) -> Span:
    """The span of what runs until it is over; on the day it is over it does not count any more.

    Without a begin it has always been there, without an end it is not over.
    """
    begin = whole_day(begun_on) if begun_on else (MIN, MIN)
    end = whole_day(over_on - timedelta(days=1)) if over_on else (MAX, MAX)
    return Span(*begin, *end)

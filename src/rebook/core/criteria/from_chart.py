"""A patient's chart as a history, so that expressions in the clinic's own words can be asked of it."""

from datetime import date, timedelta

from rebook.core.chart import Chart, ConditionRecord, MedicationRecord, ProcedureRecord

from .history import MAX, MIN, OWN_WORDS, Coded, Event, History, Span
from .moments import day_span, whole_day

# Appointments that took place count as visits.
ATTENDED = frozenset({"arrived", "fulfilled", "checked-in"})


def chart_history(chart: Chart) -> History:
    """Visits (and kept appointments), procedures, conditions and medications, each by the clinic's own word.

    Procedures, conditions and medications carry their codes, too. Dates are the chart's calendar dates. The
    same thing on the same days counts once; what has no word is told apart by its code.
    """
    found: list[tuple[str, str, Span]] = []
    codes: dict[tuple[str, str, Span], set[tuple[str, str]]] = {}

    def add(kind: str, one: ProcedureRecord | ConditionRecord | MedicationRecord, span: Span) -> None:
        word = one.kind or f"{one.system}\t{one.code}"
        found.append((kind, word, span))
        # A code without its system could be anything, above all one of the clinic's own words.
        if one.system and one.code:
            codes.setdefault((kind, word, span), set()).add((one.system, one.code))

    found += [("visit", one.visit_type, day_span(one.visited_on, one.visited_on)) for one in chart.visits]
    found += [
        ("visit", one.visit_type, day_span(one.starts_on, one.starts_on))
        for one in chart.appointments
        if one.status in ATTENDED
    ]
    for done in chart.procedures:
        add("procedure", done, day_span(done.performed_on, done.performed_on))
    for ill in chart.conditions:
        add("condition", ill, running(ill.onset_on, ill.abated_on))
    for taken in chart.medications:
        add("medication", taken, running(taken.started_on, taken.ended_on))
    events = tuple(
        Event(number, one[0], span=one[2], codes=_coded(one[1], codes.get(one)))
        for number, one in enumerate(dict.fromkeys(found))
    )
    return History(chart.patient.birth_on, chart.patient.sex, events)


def _coded(word: str, codes: set[tuple[str, str]] | None) -> tuple[Coded, ...]:
    own = Coded("code", OWN_WORDS, word)
    return (own, *(Coded("code", *pair) for pair in sorted(codes))) if codes else (own,)


def running(begun_on: date | None, over_on: date | None) -> Span:
    """The span of what runs until it is over; on the day it is over it does not count any more.

    Without a begin it has always been there, without an end it is not over.
    """
    begin = whole_day(begun_on) if begun_on else (MIN, MIN)
    end = whole_day(over_on - timedelta(days=1)) if over_on else (MAX, MAX)
    return Span(*begin, *end)

"""Criteria: sets of a patient's events, conditions over them, and the populations of a quality measure.

Definitions are data (``packs.criteria``), judged for one patient here and for everybody at once by
``analytics.criteria``; both must agree.

To ask a gap definition's ``eligible_when`` of one patient::

    expression = parse_expression({"all": [{"condition": "diabetes"}, {"not": {"procedure": "eye_exam"}}]})
    answer = holds(expression=expression, history=chart_history(chart), as_of=today, value_sets={})
    answer.holds  # True, False, or None when the record leaves it open; answer.steps says why

To judge a measure: ``evaluate(measure=..., history=..., value_sets=..., period=(first, last instant))``.
"""

from .definition import (
    BIRTH,
    IT,
    PERIOD,
    POPULATIONS,
    THIS,
    Aged,
    AgedAt,
    Condition,
    Counted,
    Criteria,
    EventSet,
    Every,
    FlagIs,
    HasCode,
    Holds,
    Measure,
    Measured,
    No,
    Own,
    Pick,
    Point,
    Related,
    SexIs,
    Some,
    Test,
    Timing,
    Window,
    WordIs,
    walk_tests,
)
from .engine import Inquiry, Step, ValueSetMissing
from .expression import Answer, Expression, ExpressionInvalid, holds, parse_expression, period_of
from .from_chart import chart_history
from .history import MAX, MIN, OWN_WORDS, WHOLE_SET, Coded, Event, History, Reading, Span, ValueSets
from .moments import Steps, day_span
from .populations import GroupResult, MeasureResult, asked, evaluate, has_gap

__all__ = [
    "BIRTH",
    "IT",
    "MAX",
    "MIN",
    "OWN_WORDS",
    "PERIOD",
    "POPULATIONS",
    "THIS",
    "WHOLE_SET",
    "Aged",
    "AgedAt",
    "Answer",
    "Coded",
    "Condition",
    "Counted",
    "Criteria",
    "Event",
    "EventSet",
    "Every",
    "Expression",
    "ExpressionInvalid",
    "FlagIs",
    "GroupResult",
    "HasCode",
    "History",
    "Holds",
    "Inquiry",
    "Measure",
    "MeasureResult",
    "Measured",
    "No",
    "Own",
    "Pick",
    "Point",
    "Reading",
    "Related",
    "SexIs",
    "Some",
    "Span",
    "Step",
    "Steps",
    "Test",
    "Timing",
    "ValueSetMissing",
    "ValueSets",
    "Window",
    "WordIs",
    "asked",
    "chart_history",
    "day_span",
    "evaluate",
    "has_gap",
    "holds",
    "parse_expression",
    "period_of",
    "walk_tests",
]

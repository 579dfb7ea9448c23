"""Criteria for everybody at once: what ``core.criteria`` says of one patient, as plain Ibis expressions.

To ask a gap definition's ``eligible_when`` of a snapshot::

    tables = snapshot_events(patients=..., visits=..., appointments=..., procedures=..., conditions=...,
                             medications=...)
    people = with_expression(tables.people, name="eligible", expression=expression, tables=tables, as_of=day)
    # tables.people and a column "eligible": TRUE, FALSE, or NULL where the record leaves it open

``with_expression`` takes any table with patient_id, birth_on and sex, and keeps its other columns.
To judge a measure: ``judge_measure(measure=..., tables=event_tables(), period=...)``.
"""

from .judging import judge_histories
from .populations import judge_measure, with_condition, with_expression
from .snapshot import snapshot_events
from .tables import SCHEMAS, EventTables, event_arrow, event_tables, show

__all__ = [
    "SCHEMAS",
    "EventTables",
    "event_arrow",
    "event_tables",
    "judge_histories",
    "judge_measure",
    "show",
    "snapshot_events",
    "with_condition",
    "with_expression",
]

"""A snapshot's rows as events, so that expressions in the clinic's own words can be asked of everybody."""

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from rebook.core.criteria import MAX, MIN
from rebook.core.criteria.from_chart import ATTENDED

from .tables import SCHEMAS, EventTables
from .timing import last_of

_TIME = "timestamp(6)"


def snapshot_events(
    *,
    patients: ir.Table,
    visits: ir.Table,
    appointments: ir.Table,
    procedures: ir.Table,
    conditions: ir.Table,
    medications: ir.Table,
    value_sets: ir.Table | None = None,
) -> EventTables:
    """The snapshot's tables (``analytics.snapshot.SCHEMAS``) as the tables criteria are asked of.

    As ``core.criteria.chart_history``: kept appointments are visits, and the same thing on the same days
    counts once. Procedures, conditions and medications have codes; ``value_sets`` as in ``tables.SCHEMAS``.
    """
    kept = appointments.filter(appointments.status.isin(sorted(ATTENDED)))
    once = [
        _once("visit", visits, visits.visit_type, visits.visited_on),
        _once("visit", kept, kept.visit_type, kept.starts_on),
        _once("procedure", procedures, _named(procedures), procedures.performed_on),
        _running("condition", conditions, conditions.onset_on, conditions.abated_on),
        _running("medication", medications, medications.started_on, medications.ended_on),
    ]
    found = ibis.union(*once, distinct=True)
    days = [found.starts_at.cast("string"), found.ends_at.cast("string")]
    coded = found.mutate(
        event_id=ibis.literal("|").join([found.patient_id.cast("string"), found.kind, found.word, *days])
    )
    nothing = ibis.null("string")
    rows = coded.drop("system", "code").distinct()
    events = rows.select(
        "patient_id",
        event_id=rows.event_id,
        kind=rows.kind,
        word=rows.word,
        starts_at=rows.starts_at,
        starts_by=rows.starts_by,
        ends_at=rows.ends_at,
        ends_by=rows.ends_by,
        recorded_at=ibis.null(_TIME),
        recorded_by=ibis.null(_TIME),
        status=nothing,
        intent=nothing,
        is_not_done=ibis.literal(False),
        has_value=ibis.literal(False),
        source_id=nothing,
    )
    return EventTables(
        people=patients.select("patient_id", "birth_on", "sex"),
        events=events,
        codes=coded.filter((coded.system != "") & (coded.code != "")).select(
            "event_id", "system", "code", role=ibis.literal("code")
        ),
        readings=_none("readings"),
        refs=_none("refs"),
        value_sets=_none("value_sets") if value_sets is None else value_sets,
    )


def _named(rows: ir.Table) -> ir.StringValue:
    """The clinic's own word; what has none is told apart by its code."""
    code = rows.system.fill_null("") + "\t" + rows.code.fill_null("")
    return ibis.ifelse(rows.kind == "", code, rows.kind)


def _none(name: str) -> ir.Table:
    """A table without rows."""
    fields = [
        pa.field(one.name, pa.string() if one.name == "event_id" else one.type) for one in SCHEMAS[name]
    ]
    return ibis.memtable(pa.schema(fields).empty_table())


def _once(kind: str, rows: ir.Table, word: ir.StringValue, day: ir.DateColumn) -> ir.Table:
    first, last = _first(day), _last(day)
    return _row(kind, rows, word, first, last, first, last)


def _running(kind: str, rows: ir.Table, begun_on: ir.DateColumn, over_on: ir.DateColumn) -> ir.Table:
    never, always = _instant(MAX), _instant(MIN)
    last_day = (over_on - ibis.interval(days=1)).cast("date")
    return _row(
        kind,
        rows,
        _named(rows),
        ibis.ifelse(begun_on.isnull(), always, _first(begun_on)),
        ibis.ifelse(begun_on.isnull(), always, _last(begun_on)),
        ibis.ifelse(over_on.isnull(), never, _first(last_day)),
        ibis.ifelse(over_on.isnull(), never, _last(last_day)),
    )


def _row(kind: str, rows: ir.Table, word: ir.StringValue, *times: ir.TimestampValue) -> ir.Table:
    names = ("starts_at", "starts_by", "ends_at", "ends_by")
    is_coded = "code" in rows.columns
    return rows.select(
        "patient_id",
        kind=ibis.literal(kind),
        word=word,
        **dict(zip(names, times, strict=True)),
        system=rows.system.fill_null("") if is_coded else ibis.literal(""),
        code=rows.code.fill_null("") if is_coded else ibis.literal(""),
    )


def _instant(moment: datetime) -> ir.TimestampScalar:
    return ibis.literal(moment.replace(tzinfo=None), type=_TIME)


def _first(day: ir.DateValue) -> ir.TimestampValue:
    return day.cast(_TIME)


def _last(day: ir.DateValue) -> ir.TimestampValue:
    return last_of(day.cast(_TIME))

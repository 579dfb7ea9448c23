"""Visits and appointments of a snapshot as columns; one who died or was merged away teaches nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from rebook.analytics.gaps.tables import Source, snapshot_tables
from rebook.analytics.likelihood.diary import Diary, diary
from rebook.analytics.likelihood.visitlog import VisitLog, visit_log

_CAME, _MISSED = ("arrived", "fulfilled"), "noshow"
_FIRST = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Frozen:
    """``log``: completed visits up to a day. ``past``: appointments kept or missed up to it. ``coming``:
    booked for days after it. None where there is no row.
    """

    log: VisitLog | None
    past: Diary | None
    coming: Diary | None


def day_number(day: date) -> int:
    """Days since 1970-01-01, as all columns here count them."""
    return (day - _FIRST).days


def read(*, source: Source, as_of: date) -> Frozen:
    """A snapshot as it teaches on ``as_of``; what lies after that day is no lesson."""
    tables = snapshot_tables()
    dead = ibis.coalesce(tables.patients.is_deceased, False)
    living = tables.patients.filter(~dead, tables.patients.merged_into_id.isnull()).select("patient_id")
    visits = tables.visits.semi_join(living, "patient_id")
    booked = tables.appointments.semi_join(living, "patient_id").filter(lambda t: t.starts_on.notnull())
    past = booked.filter(lambda t: t.starts_on <= as_of)
    came = past.filter(lambda t: t.status.isin(_CAME))
    days = visits.filter(lambda t: t.visited_on <= as_of).select("patient_id", day=visits.visited_on)
    source.show()
    log = _columns(source, ibis.union(days, came.select("patient_id", day=came.starts_on), distinct=True))
    told = past.filter(lambda t: t.status.isin((*_CAME, _MISSED)))
    coming = booked.filter(lambda t: t.starts_on > as_of, lambda t: t.status == "booked")
    return Frozen(
        visit_log(patient_ids=log["patient_id"], days=_days(log["day"])) if len(log["day"]) else None,
        _diary(source, told, is_past=True),
        _diary(source, coming, is_past=False),
    )


def together(past: Diary, coming: Diary) -> Diary:
    """One diary of both, for looking up what was known."""
    names = ("patient", "day", "booked", "kind", "missed", "is_past")
    return diary(**{name: np.concatenate([getattr(past, name), getattr(coming, name)]) for name in names})


def _diary(source: Source, rows: ir.Table, *, is_past: bool) -> Diary | None:
    found = _columns(
        source,
        rows.select(
            "patient_id",
            day=rows.starts_on,
            booked=ibis.coalesce(rows.booked_on, rows.starts_on),
            kind=ibis.coalesce(rows.visit_type, ""),
            is_missed=rows.status == _MISSED,
        ),
    )
    if not len(found["day"]):
        return None
    return diary(
        patient=found["patient_id"],
        day=_days(found["day"]),
        booked=_days(found["booked"]),
        kind=found["kind"].astype(np.str_),
        missed=found["is_missed"].astype(np.float64),
        is_past=np.full(len(found["day"]), is_past),
    )


def _columns(source: Source, rows: ir.Table) -> dict[str, Any]:
    found: dict[str, Any] = source.engine.execute(str(ibis.to_sql(rows, dialect="duckdb"))).fetchnumpy()
    return found


def _days(column: Any) -> Any:
    return column.astype("datetime64[D]").astype(np.int64)

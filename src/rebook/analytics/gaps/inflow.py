"""Who passes into which tier when (R-C141): one expression over a snapshot's days of attendance.

A patient passes into a tier on the day that lies the tier's months after a visit, unless they came, died or
left before its end. Whoever comes after they had left the first tier came back on that day.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir

from rebook.core.gaps.chart_as_of import ATTENDED
from rebook.core.gaps.dates import add_months
from rebook.core.gaps.tiers import TierMonths

from .days import later
from .tables import SnapshotTables, Source, snapshot_tables

RETURNED = "returned"


def inflow(tables: SnapshotTables, months: TierMonths, *, from_on: date, to_on: date) -> ir.Table:
    """Rows of ``week_on`` (a Monday), ``tier`` ("slipping" ... "lost", "returned") and ``patients``.

    Counts passages from ``from_on`` to ``to_on``, both included. The weeks at the ends may be partial.
    """
    days = _attended(tables, to_on)
    in_time = ibis.window(group_by=days.patient_id, order_by=days.on)
    # What lies so far back that not even the last tier begins in the period says nothing any more.
    oldest = add_months(from_on, -(months.lost_after + 1))
    rows = days.mutate(next_on=days.on.lead().over(in_time))
    rows = rows.filter((rows.on >= oldest) | (rows.next_on >= from_on))
    people = tables.patients.filter(tables.patients.merged_into_id.isnull())
    rows = rows.inner_join(people, "patient_id")
    ended_on = ibis.least(
        rows.left_practice_on,
        ibis.ifelse(rows.is_deceased, rows.deceased_on.coalesce(ibis.date(1, 1, 1)), ibis.null("date")),
    )
    rows = rows.mutate(ended_on=ended_on)
    parts = [
        _passages(rows, tier, later(rows.on, boundary, 1 if tier == "lost" else 0), from_on, to_on)
        for tier, boundary in _boundaries(months)
    ]
    back = rows.filter(rows.next_on > later(rows.on, months.slipping))
    back = back.filter(back.next_on.between(ibis.literal(from_on), ibis.literal(to_on)))
    parts.append(back.select("patient_id", tier=ibis.literal(RETURNED), entered_on=back.next_on))
    found = ibis.union(*parts)
    found = found.mutate(week_on=found.entered_on.truncate("W").cast("date"))
    counted = found.group_by("week_on", "tier").aggregate(patients=found.count())
    return counted.order_by("week_on", "tier")


def weekly_inflow(
    source: Source, months: TierMonths, *, from_on: date, to_on: date
) -> dict[date, dict[str, int]]:
    """Week (its Monday) to tier to how many entered it; every week of the period is there."""
    source.show()
    statement = ibis.to_sql(inflow(snapshot_tables(), months, from_on=from_on, to_on=to_on), dialect="duckdb")
    weeks: dict[date, dict[str, int]] = {week: {} for week in _weeks(from_on, to_on)}
    for week_on, tier, patients in source.engine.execute(str(statement)).fetchall():
        # DuckDB gives the start of a week as an instant.
        weeks[week_on.date() if isinstance(week_on, datetime) else week_on][tier] = patients
    return weeks


def standing(source: Source, months: TierMonths, *, as_of: date) -> dict[str, int]:
    """How many patients stand in each tier at the end of a day; the dead, merged and gone are left out."""
    source.show()
    tables = snapshot_tables()
    days = _attended(tables, as_of)
    last = days.group_by("patient_id").aggregate(last_on=days.on.max())
    people = tables.patients.filter(tables.patients.merged_into_id.isnull())
    day = ibis.literal(as_of)
    gone = (people.left_practice_on <= day).fill_null(False) | (
        people.is_deceased & (people.deceased_on.isnull() | (people.deceased_on <= day))
    )
    rows = people.filter(~gone).left_join(last, "patient_id")
    tier = ibis.cases(
        (rows.last_on.isnull(), "never"),
        (day < later(rows.last_on, months.slipping), "active"),
        (day < later(rows.last_on, months.dormant), "slipping"),
        (day < later(rows.last_on, months.long_lapsed), "dormant"),
        (day <= later(rows.last_on, months.lost_after), "long_lapsed"),
        else_="lost",
    )
    rows = rows.mutate(tier=tier)
    counted = rows.group_by("tier").aggregate(patients=rows.count())
    return dict(source.engine.execute(str(ibis.to_sql(counted, dialect="duckdb"))).fetchall())


def _attended(tables: SnapshotTables, to_on: date) -> ir.Table:
    """Every day on which a patient was here, once."""
    visits, booked, last = tables.visits, tables.appointments, ibis.literal(to_on)
    kept = booked.filter(booked.status.isin(ATTENDED) & (booked.starts_on <= last))
    days = visits.filter(visits.visited_on <= last).select("patient_id", on="visited_on")
    return days.union(kept.select("patient_id", on="starts_on")).distinct()


def _passages(rows: ir.Table, tier: str, entered_on: ir.DateValue, from_on: date, to_on: date) -> ir.Table:
    rows = rows.mutate(entered_on=entered_on)
    return rows.filter(
        rows.entered_on.between(ibis.literal(from_on), ibis.literal(to_on)),
        rows.next_on.isnull() | (rows.next_on > rows.entered_on),
        rows.ended_on.isnull() | (rows.ended_on > rows.entered_on),
    ).select("patient_id", tier=ibis.literal(tier), entered_on=rows.entered_on)


def _boundaries(months: TierMonths) -> list[tuple[str, int]]:
    return [
        ("slipping", months.slipping),
        ("dormant", months.dormant),
        ("long_lapsed", months.long_lapsed),
        ("lost", months.lost_after),
    ]


def _weeks(from_on: date, to_on: date) -> Iterator[date]:
    week = from_on - timedelta(days=from_on.weekday())
    while week <= to_on:
        yield week
        week += timedelta(days=7)

"""Later than usual for this patient, over all patients: ``core.gaps.rhythm`` as expressions.

Only who could be late is looked at: in good standing, nothing else open, often enough here, and long enough
ago. What is left is counted with windows over one patient and type at a time, medians by place in order:
whole days, the same in every engine.
"""

import ibis
import ibis.expr.types as ir

from rebook.core.gaps import GapSettings
from rebook.core.gaps.chart_as_of import ATTENDED
from rebook.core.gaps.rhythm import KIND, PART_OF_MEDIAN, RHYTHM_CLASS, SPREADS

from .days import later
from .operational import ABOUT_PEOPLE
from .tables import SnapshotTables
from .wide import AS_OF

GROUP = ("patient_id", "visit_type")


def rhythm_findings(
    tables: SnapshotTables, people: ir.Table, open_gaps: ir.Table, *, settings: GapSettings, is_brief: bool
) -> ir.Table | None:
    """At most one per patient, for whom nothing in ``open_gaps`` is open; None when switched off.

    ``is_brief`` leaves out at once who is not late.
    """
    if not settings.rhythm_intervals:
        return None
    about = people.select(*ABOUT_PEOPLE)
    about = about.filter(about.standing.isnull(), about.last_attended_on.notnull())
    about = about.anti_join(open_gaps, "patient_id")
    days = _days(tables, about)
    groups = days.group_by(*GROUP).aggregate(last_on=days.on.max(), days=days.count())
    groups = groups.filter(groups.days > settings.rhythm_intervals)
    if is_brief:
        least = max(settings.rhythm_series_days, 1) + settings.rhythm_late_days
        groups = groups.filter(later(groups.last_on, days=least) <= AS_OF)
    rows = _rhythms(_intervals(days.semi_join(groups, GROUP), settings), settings)
    rows = _dated(rows.inner_join(groups, GROUP), settings).inner_join(about, "patient_id")
    return rows.select(
        "patient_id",
        definition_key=ibis.literal(KIND),
        kind=ibis.literal(KIND),
        verdict=ibis.cases((rows.overdue_on > AS_OF, "not_due"), (rows.coming_any, "booked"), else_="open"),
        tier=rows.tier,
        risk_class=ibis.literal(RHYTHM_CLASS, "int16"),
        visit_type=rows.visit_type,
        is_sensitive=ibis.literal(False),
        anchor_on=rows.last_on,
        due_on=rows.due_on,
        overdue_on=rows.overdue_on,
        interval_days=rows.median_days,
        location_id=rows.home_location_id,
        follow_up_id=ibis.null("int64"),
        appointment_id=ibis.null("int64"),
        value_cents=rows.value_cents,
        outreach=ibis.literal("yes"),
    )


def _days(tables: SnapshotTables, about: ir.Table) -> ir.Table:
    """(patient, visit type, day), each day once: by type where there is one, and under "" whatever it was."""
    visits, booked = tables.visits, tables.appointments
    kept = booked.filter(booked.status.isin(ATTENDED) & (booked.starts_on <= AS_OF))
    days = visits.filter(visits.visited_on <= AS_OF).select(*GROUP, on="visited_on")
    days = days.union(kept.select(*GROUP, on="starts_on"))
    days = days.semi_join(about.select("patient_id"), "patient_id")
    typed = days.filter(days.visit_type != "")
    return typed.union(days.mutate(visit_type=ibis.literal(""))).distinct()


def _intervals(days: ir.Table, settings: GapSettings) -> ir.Table:
    """The days between one series and the next, with place and number among their group's."""
    in_time = ibis.window(group_by=[days[name] for name in GROUP], order_by=days.on)
    rows = days.mutate(before=days.on.lag().over(in_time))
    rows = rows.filter(rows.before.notnull())
    rows = rows.mutate(apart=rows.on.delta(rows.before, unit="day").cast("int64"))
    rows = rows.filter(rows.apart >= max(settings.rhythm_series_days, 1))
    group = [rows[name] for name in GROUP]
    rows = rows.mutate(
        place=ibis.row_number().over(ibis.window(group_by=group, order_by=rows.apart)),
        number=rows.apart.count().over(ibis.window(group_by=group)),
    )
    return rows.filter(rows.number >= settings.rhythm_intervals).select(*GROUP, "apart", "place", "number")


def _rhythms(rows: ir.Table, settings: GapSettings) -> ir.Table:
    """One row per group: the median and upper quartile of its intervals, the median distance from it."""
    usual = rows.group_by(*GROUP).aggregate(
        median_days=_middle(rows, rows.apart),
        upper_days=rows.apart.max(where=rows.place == 3 * (rows.number - 1) // 4),
    )
    rows = rows.drop("place").inner_join(usual, GROUP)
    rows = rows.mutate(off=(rows.apart - rows.median_days).abs())
    by_distance = ibis.window(group_by=[rows[name] for name in GROUP], order_by=rows.off)
    rows = rows.mutate(place=ibis.row_number().over(by_distance))
    return rows.group_by(*GROUP).aggregate(
        median_days=rows.median_days.max(),
        upper_days=rows.upper_days.max(),
        spread_days=_middle(rows, rows.off),
    )


def _middle(rows: ir.Table, value: ir.IntegerValue) -> ir.IntegerValue:
    """The mean of the middle two, rounded down; of an odd number both are the same one."""
    low = value.max(where=rows.place == (rows.number - 1) // 2)
    high = value.max(where=rows.place == rows.number // 2)
    return ((low + high) // 2).cast("int64")


def _dated(rows: ir.Table, settings: GapSettings) -> ir.Table:
    """When each is due and when later than usual begins; of one patient the first, a type before all."""
    own = ibis.greatest(rows.median_days // PART_OF_MEDIAN, SPREADS * rows.spread_days)
    late = ibis.greatest(own, rows.upper_days - rows.median_days, settings.rhythm_late_days)
    rows = rows.mutate(
        due_on=(rows.last_on + rows.median_days.as_interval("D")).cast("date"),
        overdue_on=(rows.last_on + (rows.median_days + late).cast("int64").as_interval("D")).cast("date"),
    )
    first = ibis.window(
        group_by=rows.patient_id, order_by=[rows.visit_type == "", rows.overdue_on, rows.visit_type]
    )
    rows = rows.mutate(place=ibis.row_number().over(first))
    return rows.filter(rows.place == 0).drop("place")

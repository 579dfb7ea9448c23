"""Gaps made by one event, and inactivity, over all patients: ``core.gaps.operational`` as expressions."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from rebook.core.gaps import GapDefinition, GapSettings
from rebook.core.gaps.definition import MAX_RISK_CLASS
from rebook.core.gaps.operational import BROKEN_CLASS, FOLLOW_UP_CLASS, INACTIVE_CLASS, inherited_risk

from .tables import SnapshotTables
from .wide import AS_OF, later

ABOUT_PEOPLE = (
    "patient_id",
    "tier",
    "standing",
    "value_cents",
    "home_location_id",
    "last_attended_on",
    "coming_any",
)


def follow_up_findings(
    tables: SnapshotTables,
    people: ir.Table,
    covered: ir.Table,
    *,
    definitions: Sequence[GapDefinition],
    settings: GapSettings,
) -> ir.Table:
    """R-C124. ``covered.follow_up_id``: recommendations that an open interval gap speaks for."""
    rows = tables.follow_ups
    rows = rows.filter(rows.recommended_on <= AS_OF)
    newest_first = ibis.window(
        group_by=[rows.patient_id, rows.visit_type],
        order_by=[rows.recommended_on.desc(), rows.follow_up_id.desc()],
    )
    rows = rows.mutate(place=ibis.row_number().over(newest_first)).rename(return_on="due_on")
    rows = rows.filter(rows.place == 0).drop("place").inner_join(people.select(*ABOUT_PEOPLE), "patient_id")
    # Kept by a later visit: the common case, left out before anything else is worked out.
    rows = rows.filter(
        rows.standing.isnull(),
        rows.last_attended_on.isnull() | (rows.last_attended_on <= rows.recommended_on),
    )
    rows = rows.anti_join(covered, rows.follow_up_id == covered.follow_up_id)
    by_booking = later(rows.recommended_on, days=settings.follow_up_book_within_days)
    by_return = later(rows.return_on, days=settings.follow_up_grace_days)
    rows = rows.mutate(
        due_on=ibis.least(rows.return_on, by_booking),
        overdue_on=ibis.least(by_return, by_booking),
    )
    return _answers(
        rows,
        definition_key=ibis.literal("follow_up_not_booked:") + rows.follow_up_id.cast("string"),
        kind=ibis.literal("follow_up_not_booked"),
        risk_class=_base_class(rows, definitions, settings, FOLLOW_UP_CLASS).cast("int16"),
        anchor_on=rows.recommended_on,
        interval_days=ibis.greatest(rows.return_on.delta(rows.recommended_on, unit="day"), 1).cast("int64"),
        location_id=rows.home_location_id,
        follow_up_id=rows.follow_up_id,
        appointment_id=ibis.null("int64"),
    )


def broken_findings(
    tables: SnapshotTables,
    people: ir.Table,
    *,
    definitions: Sequence[GapDefinition],
    settings: GapSettings,
) -> ir.Table:
    """R-C121 to R-C123: the last cancelled or missed appointment of each visit type."""
    rows = _broken(tables.appointments)
    rows = rows.inner_join(people.select(*ABOUT_PEOPLE), "patient_id")
    oldest = later(AS_OF, days=-settings.broken_window_days)
    last = rows.last_attended_on
    rows = rows.filter(
        rows.standing.isnull(),
        last.isnull() | ((last < rows.broken_on) & (rows.broken_on >= oldest)),
    )
    newest_first = ibis.window(
        group_by=[rows.patient_id, rows.visit_type],
        order_by=[rows.broken_on.desc(), rows.appointment_id.desc()],
    )
    rows = rows.mutate(place=ibis.row_number().over(newest_first))
    rows = rows.filter(rows.place == 0).drop("place")
    missed = rows.status == "noshow"
    by_clinic = ~missed & (rows.cancelled_by == "clinic")
    grace = ibis.cases(
        (missed, settings.no_show_grace_days),
        (by_clinic, settings.clinic_cancelled_grace_days),
        else_=settings.cancelled_grace_days,
    )
    base = _base_class(rows, definitions, settings, BROKEN_CLASS)
    weight = base + ((missed & (base >= 2)) | by_clinic).cast("int8")
    rows = rows.mutate(
        due_on=rows.broken_on, overdue_on=(rows.broken_on + grace.as_interval("D")).cast("date")
    )
    kind = ibis.ifelse(missed, "no_show_not_rebooked", "cancelled_not_rebooked")
    return _answers(
        rows,
        definition_key=kind + ":" + rows.appointment_id.cast("string"),
        kind=kind,
        risk_class=ibis.least(weight, MAX_RISK_CLASS).cast("int16"),
        anchor_on=rows.broken_on,
        interval_days=ibis.null("int64"),
        location_id=rows.home_location_id.coalesce(rows.location_id),
        follow_up_id=ibis.null("int64"),
        appointment_id=rows.appointment_id,
    )


def inactive_findings(people: ir.Table, open_gaps: ir.Table, *, settings: GapSettings) -> ir.Table:
    """R-C140, R-C141: away for long, and not in ``open_gaps`` for anything else."""
    rows = people.select(*ABOUT_PEOPLE)
    rows = rows.mutate(due_on=later(rows.last_attended_on, months=settings.inactive_after_months))
    rows = rows.filter(rows.standing.isnull(), rows.due_on <= AS_OF)
    rows = rows.anti_join(open_gaps, "patient_id").mutate(visit_type=ibis.literal(""))
    rows = rows.mutate(overdue_on=rows.due_on)
    return _answers(
        rows,
        definition_key=ibis.literal("inactive"),
        kind=ibis.literal("inactive"),
        risk_class=ibis.literal(INACTIVE_CLASS, "int16"),
        anchor_on=rows.last_attended_on,
        interval_days=ibis.greatest(rows.due_on.delta(rows.last_attended_on, unit="day"), 1).cast("int64"),
        location_id=rows.home_location_id,
        follow_up_id=ibis.null("int64"),
        appointment_id=ibis.null("int64"),
    )


def _broken(appointments: ir.Table) -> ir.Table:
    """Appointments that were known on ``as_of`` not to take place, with the day they broke."""
    one, day = appointments, AS_OF
    known = one.booked_on.isnull() | (one.booked_on <= day) | (one.starts_on <= day)
    rows = one.filter(one.status.isin(["noshow", "cancelled"]), known)
    broken_on = ibis.ifelse(
        rows.status == "noshow", rows.starts_on, rows.cancelled_on.coalesce(rows.starts_on)
    )
    rows = rows.mutate(broken_on=broken_on)
    return rows.filter(rows.broken_on <= day).select(
        "appointment_id", "patient_id", "visit_type", "status", "cancelled_by", "location_id", "broken_on"
    )


def _base_class(
    rows: ir.Table, definitions: Sequence[GapDefinition], settings: GapSettings, otherwise: int
) -> ir.IntegerValue:
    classes = inherited_risk(definitions, settings)
    branches = [(rows.visit_type == word, grade) for word, grade in sorted(classes.items())]
    return ibis.cases(*branches, else_=otherwise) if branches else ibis.literal(otherwise)


def _answers(rows: ir.Table, **columns: ir.Value) -> ir.Table:
    verdict = ibis.cases(
        (rows.overdue_on > AS_OF, "not_due"),
        (rows.coming_any, "booked"),
        else_="open",
    )
    return rows.select(
        "patient_id",
        definition_key=columns["definition_key"],
        kind=columns["kind"],
        verdict=verdict,
        tier=rows.tier,
        risk_class=columns["risk_class"],
        visit_type=rows.visit_type,
        is_sensitive=ibis.literal(False),
        anchor_on=columns["anchor_on"],
        due_on=rows.due_on,
        overdue_on=rows.overdue_on,
        interval_days=columns["interval_days"],
        location_id=columns["location_id"],
        follow_up_id=columns["follow_up_id"],
        appointment_id=columns["appointment_id"],
        value_cents=rows.value_cents,
        outreach=ibis.literal("yes"),
    )

"""Things begun and not finished, over all patients: ``core.gaps.operational_pending`` as expressions."""

from collections.abc import Callable, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from rebook.core.gaps import GapDefinition, GapSettings
from rebook.core.gaps.chart_as_of import ATTENDED
from rebook.core.gaps.definition import MAX_RISK_CLASS
from rebook.core.gaps.operational import inherited_risk
from rebook.core.gaps.operational_pending import REFILL, STILL_OWNED
from rebook.core.gaps.pending import PendingRule

from .days import latest
from .operational import ABOUT_PEOPLE
from .tables import SnapshotTables
from .wide import AS_OF, coming

ITEM = (
    *("patient_id", "item_key", "rule", "kind", "visit_type", "state", "opened_on", "due_on", "closed_on"),
    *("matched_on", "location_id", "units_left", "units_threshold"),
)


def pending_findings(
    tables: SnapshotTables,
    people: ir.Table,
    *,
    definitions: Sequence[GapDefinition],
    settings: GapSettings,
    is_brief: bool,
) -> ir.Table | None:
    """One finding per item and per named medication; None when there are no rules.

    ``is_brief`` leaves out at once what cannot be open or booked.
    """
    rules = settings.pending
    if not rules:
        return None
    rows = _items(tables.pending, rules)
    refills = _refills(tables.medications, rules)
    if refills is not None:
        rows = rows.union(refills)
    if is_brief:
        rows = rows.filter(~_is_done(rows), rows.state != "proposed")
    about = people.select(*ABOUT_PEOPLE).rename(patient_location_id="home_location_id")
    rows = rows.inner_join(about, "patient_id")
    rows = _with_types(rows, tables)
    pick = _picker(rows, rules)
    rows = rows.mutate(outreach=pick(lambda one: one.outreach_when(settings.signed)))
    rows = rows.filter(
        rows.standing.isnull() | (rows.standing.isin(STILL_OWNED) & (rows.outreach == "staff"))
    )
    rows = _dated(rows, rules)
    verdict = _verdict(rows, rules)
    classes = inherited_risk(definitions, settings)
    return rows.select(
        "patient_id",
        definition_key=rows.item_key,
        kind=rows.kind,
        verdict=verdict,
        tier=rows.tier,
        risk_class=_risk(rows, rules, classes),
        visit_type=rows.visit_type,
        is_sensitive=ibis.literal(False),
        anchor_on=rows.base_on,
        due_on=ibis.ifelse(rows.base_on < rows.opens_on, rows.base_on, rows.opens_on),
        overdue_on=rows.opens_on,
        interval_days=ibis.null("int64"),
        location_id=rows.patient_location_id.coalesce(rows.location_id),
        follow_up_id=ibis.null("int64"),
        appointment_id=ibis.null("int64"),
        value_cents=rows.value_cents,
        outreach=rows.outreach,
    )


def _items(table: ir.Table, rules: Sequence[PendingRule]) -> ir.Table:
    """What was open by the day and has a rule, with the number of the first that fits."""
    rows = table.filter(table.opened_on <= AS_OF)
    branches = []
    for number, one in enumerate(rules):
        if one.medications:
            continue
        fits = rows.kind == one.kind
        if one.priorities:
            fits &= rows.priority.isin(one.priorities)
        if one.weekly_at_least:
            fits &= rows.visits_per_week.coalesce(0) >= one.weekly_at_least
        branches.append((fits, number))
    rows = rows.mutate(
        rule=ibis.cases(*branches, else_=-1).cast("int64"),
        item_key=rows.kind + ":" + rows.pending_id.cast("string"),
    )
    return rows.filter(rows.rule >= 0).select(*ITEM)


def _refills(table: ir.Table, rules: Sequence[PendingRule]) -> ir.Table | None:
    """R-C63: the last known supply of every named medication that was not stopped since it was begun."""
    chosen = [
        (number, one) for number, one in enumerate(rules) if one.kind == REFILL and one.count_from == "due"
    ]
    if not chosen:
        return None
    stops = table.filter(table.ended_on <= AS_OF)
    stops = stops.group_by("patient_id", "kind").aggregate(stopped_on=stops.ended_on.max())
    stops = stops.rename(stopped_patient_id="patient_id", stopped_kind="kind")
    known = table.started_on.isnull() | (table.started_on <= AS_OF)
    rows = table.filter(table.kind != "", table.supply_until.notnull(), known)
    rows = rows.left_join(
        stops, [rows.patient_id == stops.stopped_patient_id, rows.kind == stops.stopped_kind]
    )
    rows = rows.filter(rows.stopped_on.isnull() | (rows.started_on > rows.stopped_on))
    rows = rows.group_by("patient_id", "kind").aggregate(supply_until=rows.supply_until.max())
    others = sorted({word for one in rules for word in one.medications})
    branches = [
        (rows.kind.isin(one.medications) if one.medications else rows.kind.notin(others), number)
        for number, one in chosen
        if one.medications or others
    ]
    plain = next((number for number, one in chosen if not one.medications), -1)
    number = ibis.cases(*branches, else_=plain) if branches else ibis.literal(plain)
    none_on, none_id = ibis.null("date"), ibis.null("int64")
    rows = rows.mutate(rule=number.cast("int64"))
    return rows.filter(rows.rule >= 0).select(
        "patient_id",
        item_key=ibis.literal(f"{REFILL}:") + rows.kind,
        rule=rows.rule,
        kind=ibis.literal(REFILL),
        visit_type=ibis.literal(""),
        state=ibis.literal("open"),
        opened_on=rows.supply_until,
        due_on=rows.supply_until,
        closed_on=none_on,
        matched_on=none_on,
        location_id=none_id,
        units_left=none_id,
        units_threshold=none_id,
    )


def _with_types(rows: ir.Table, tables: SnapshotTables) -> ir.Table:
    """Beside each item: the last visit of its own type, and whether one of that type is coming."""
    visits, booked = tables.visits, tables.appointments
    kept = booked.status.isin(ATTENDED) & (booked.starts_on <= AS_OF)
    seen = visits.filter(visits.visited_on <= AS_OF).select("patient_id", "visit_type", on="visited_on")
    seen = seen.union(booked.filter(kept).select("patient_id", "visit_type", on="starts_on"))
    seen = seen.semi_join(rows.select("patient_id"), "patient_id")
    seen = seen.group_by("patient_id", "visit_type").aggregate(type_seen_on=seen.on.max())
    seen = seen.rename(seen_patient_id="patient_id", seen_type="visit_type")
    ahead = booked.filter(coming(booked)).select("patient_id", "visit_type", "starts_on")
    ahead = ahead.semi_join(rows.select("patient_id"), "patient_id")
    nearest = ahead.group_by("patient_id").aggregate(
        next_on=ahead.starts_on.min(), blank_next_on=ahead.starts_on.min(where=ahead.visit_type == "")
    )
    nearest = nearest.rename(next_patient_id="patient_id")
    ahead = ahead.group_by("patient_id", "visit_type").aggregate(type_next_on=ahead.starts_on.min())
    ahead = ahead.rename(ahead_patient_id="patient_id", ahead_type="visit_type")
    rows = rows.left_join(seen, [rows.patient_id == seen.seen_patient_id, rows.visit_type == seen.seen_type])
    rows = rows.drop("seen_patient_id", "seen_type")
    rows = rows.left_join(
        ahead, [rows.patient_id == ahead.ahead_patient_id, rows.visit_type == ahead.ahead_type]
    )
    rows = rows.left_join(nearest, rows.patient_id == nearest.next_patient_id)
    any_type = rows.visit_type == ""
    return rows.mutate(
        type_seen_on=ibis.ifelse(any_type, rows.last_attended_on, rows.type_seen_on),
        type_next_on=ibis.ifelse(any_type, rows.next_on, ibis.least(rows.type_next_on, rows.blank_next_on)),
    ).drop("ahead_patient_id", "ahead_type", "next_patient_id", "blank_next_on")


def _picker(
    rows: ir.Table, rules: Sequence[PendingRule]
) -> Callable[[Callable[[PendingRule], Any]], ir.Value]:
    """A function from an attribute of the rules to an expression for that of each row's rule."""

    def pick(attribute: Callable[[PendingRule], Any]) -> ir.Value:
        values = [attribute(one) for one in rules]
        usual = max(set(values), key=values.count)
        branches = [(rows.rule == number, value) for number, value in enumerate(values) if value != usual]
        return ibis.cases(*branches, else_=usual) if branches else ibis.literal(usual)

    return pick


def _dated(rows: ir.Table, rules: Sequence[PendingRule]) -> ir.Table:
    """With ``base_on``, the day each counts from, and ``opens_on``; NULL where there is none."""
    pick = _picker(rows, rules)
    source = pick(lambda one: one.count_from)
    base = ibis.cases(
        (source == "due", rows.due_on),
        (source == "match", rows.matched_on),
        (source == "last_visit", latest([rows.opened_on, rows.type_seen_on.coalesce(rows.opened_on)])),
        else_=rows.opened_on,
    )
    rows = rows.mutate(base_on=base)
    days = pick(lambda one: -one.lead_days if one.lead_days else one.opens_after_days)
    weekday = rows.base_on.day_of_week.index().cast("int64")
    within = ibis.ifelse(weekday > 4, 4, weekday)
    weekdays = days + 2 * ((within + days) // 5) - (weekday - within)
    weekdays = ibis.ifelse(weekdays < 0, 0, weekdays)
    more = ibis.ifelse(pick(lambda one: one.business_days), weekdays, days).cast("int64")
    opens = (rows.base_on + more.as_interval("D")).cast("date")
    waits = (source == "later") & (rows.due_on > opens).fill_null(False)
    opens = ibis.ifelse(waits, rows.due_on, opens)
    usual = pick(lambda one: -1 if one.units_at_most is None else one.units_at_most)
    counts = pick(lambda one: one.units_at_most is not None)
    short = counts & (rows.units_left <= rows.units_threshold.coalesce(usual)).fill_null(False)
    before = rows.base_on.isnull() | (rows.opened_on < rows.base_on)
    return rows.mutate(
        base_on=ibis.ifelse(short & before, rows.opened_on, rows.base_on),
        opens_on=ibis.ifelse(short, rows.opened_on, opens),
        is_short=short,
    )


def _is_done(rows: ir.Table) -> ir.BooleanValue:
    undated = rows.closed_on.isnull() & rows.state.isin(["done", "cancelled"])
    return (rows.closed_on <= AS_OF).fill_null(False) | undated


def _verdict(rows: ir.Table, rules: Sequence[PendingRule]) -> ir.StringValue:
    pick = _picker(rows, rules)
    visit = pick(lambda one: _which(one, "visit"))
    booking = pick(lambda one: _which(one, "booking"))
    since = rows.base_on.coalesce(rows.opened_on)
    seen = ((visit == "any") & (rows.last_attended_on > since)) | (
        (visit == "type") & (rows.type_seen_on > since)
    )
    booked_on = ibis.cases((booking == "any", rows.next_on), (booking == "type", rows.type_next_on))
    within = pick(lambda one: one.booking_within_days).cast("int64")
    near = (booked_on - within.as_interval("D")).cast("date") <= AS_OF
    booked = booked_on.notnull() & ((within == 0) | near.fill_null(False))
    since = ibis.ifelse(rows.is_short, rows.due_on, rows.opens_on)
    lapses_on = since + pick(lambda one: one.lapses_after_days).cast("int64").as_interval("D")
    return ibis.cases(
        (rows.state == "proposed", "unsigned"),
        (_is_done(rows), "done"),
        (seen.fill_null(False), "seen_since"),
        (rows.opens_on.isnull(), "nothing_to_count_from"),
        (rows.opens_on > AS_OF, "not_due"),
        ((lapses_on.cast("date") < AS_OF).fill_null(False), "lapsed"),
        (booked, "booked"),
        else_="open",
    )


def _which(rule: PendingRule, what: str) -> str:
    """Does any of ``what`` close it, one of its own type, or none."""
    if what in rule.closed_by:
        return "any"
    return "type" if f"{what}_of_type" in rule.closed_by else ""


def _risk(rows: ir.Table, rules: Sequence[PendingRule], classes: dict[str, int]) -> ir.IntegerValue:
    pick = _picker(rows, rules)
    own, adds = pick(lambda one: one.risk_class), pick(lambda one: one.adds_to_class)
    branches = [(rows.visit_type == word, grade) for word, grade in sorted(classes.items())]
    base = ibis.cases(*branches, else_=own) if branches else own
    risk = ibis.ifelse(adds < 0, own, base + adds)
    return ibis.least(risk, MAX_RISK_CLASS).cast("int16")

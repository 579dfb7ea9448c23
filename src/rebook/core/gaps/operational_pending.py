"""Gaps of things begun and not finished: each open item by its own rule (see ``pending``)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from rebook.core.chart import Chart, MedicationRecord, PatientRecord, PendingRecord
from rebook.core.words import PENDING_KINDS

from .chart_as_of import ChartAsOf
from .contradictions import MAX_RISK_CLASS
from .dates import add_days
from .finding import GapFinding, Step
from .pending import PendingRule, after, rule_for
from .settings import GapSettings

REFILL = "refill_lapsed"
# Who is not to be recalled still has a result: what is staff's own work goes on.
STILL_OWNED = ("excluded", "no_recall")


def judge_pending(
    chart: Chart, seen: ChartAsOf, tier: str, settings: GapSettings, as_of: date, classes: Mapping[str, int]
) -> list[GapFinding]:
    """One finding per item known on ``as_of`` and per named medication whose supply is known.

    ``classes``: visit type to the gravest class of the rules that it serves.
    """
    found = []
    for item in chart.pending:
        rule = rule_for(settings.pending, item)
        if rule is not None and item.opened_on <= as_of:
            key = f"{item.kind}:{item.id}"
            found.append(_judge(key, item, rule, chart.patient, seen, tier, settings, as_of, classes))
    for rule in settings.pending:
        if rule.kind == REFILL and rule.count_from == "due":
            found += _refills(rule, chart, seen, tier, settings, as_of, classes)
    return found


def item_of(definition_key: str) -> int | None:
    """The item behind a reason of something begun ("report_missing:7" is 7); None for every other reason."""
    kind, _, number = definition_key.partition(":")
    return int(number) if kind in PENDING_KINDS and number.isascii() and number.isdecimal() else None


def _judge(
    key: str,
    item: PendingRecord,
    rule: PendingRule,
    patient: PatientRecord,
    seen: ChartAsOf,
    tier: str,
    settings: GapSettings,
    as_of: date,
    classes: Mapping[str, int],
) -> GapFinding:
    base, opens_on = _days(item, rule, seen)
    nothing = GapFinding(
        patient_id=patient.id,
        definition_key=key,
        kind=item.kind,
        verdict="open",
        tier=tier,
        risk_class=_risk(rule, item, classes),
        visit_type=item.visit_type,
        location_id=patient.home_location_id or item.location_id,
        outreach=rule.outreach_when(settings.signed),
    )
    began = Step("event", True, f"{rule.words()}: begun on {item.opened_on}, {item.priority} ({rule.source})")
    ended = _ended(item, rule, base, seen, as_of)
    if ended is not None:
        return replace(nothing, verdict=ended[0], steps=(began, Step("closed_by", False, ended[1])))
    if base is None or opens_on is None:
        missing = "no free time was found yet" if rule.count_from == "match" else "no day to count from"
        return replace(nothing, verdict="nothing_to_count_from", steps=(began, Step("due", False, missing)))
    dated = replace(nothing, anchor_on=base, due_on=min(base, opens_on), overdue_on=opens_on)
    verdict, step = _timing(item, rule, opens_on, seen, as_of)
    return replace(dated, verdict=verdict, steps=(began, step))


def _days(item: PendingRecord, rule: PendingRule, seen: ChartAsOf) -> tuple[date | None, date | None]:
    """(the day it counts from, the day it opens); None where there is none."""
    if rule.count_from == "due":
        base, opens_on = item.due_on, None if item.due_on is None else after(rule, item.due_on)
    elif rule.count_from == "match":
        base, opens_on = item.matched_on, None if item.matched_on is None else after(rule, item.matched_on)
    elif rule.count_from == "last_visit":
        last = seen.attended.get(item.visit_type) if item.visit_type else seen.last_attended_on
        base = max(item.opened_on, last) if last else item.opened_on
        opens_on = after(rule, base)
    else:
        base, opens_on = item.opened_on, after(rule, item.opened_on)
        if rule.count_from == "later" and item.due_on is not None:
            opens_on = max(opens_on, item.due_on)
    if _is_short(item, rule):
        base = item.opened_on if base is None else min(base, item.opened_on)
        opens_on = item.opened_on
    return base, opens_on


def _is_short(item: PendingRecord, rule: PendingRule) -> bool:
    if rule.units_at_most is None or item.units_left is None:
        return False
    threshold = item.units_threshold if item.units_threshold is not None else rule.units_at_most
    return item.units_left <= threshold


def _ended(
    item: PendingRecord, rule: PendingRule, base: date | None, seen: ChartAsOf, as_of: date
) -> tuple[str, str] | None:
    if item.state == "proposed":
        return "unsigned", "waits for a clinician's approval"
    if item.closed_on is not None and item.closed_on <= as_of:
        return "done", f"finished on {item.closed_on}"
    if item.closed_on is None and item.state in ("done", "cancelled"):
        return "done", "finished, on a day that nobody wrote down"
    last = None
    if "visit" in rule.closed_by:
        last = seen.last_attended_on
    elif "visit_of_type" in rule.closed_by:
        last = seen.attended.get(item.visit_type) if item.visit_type else seen.last_attended_on
    since = base or item.opened_on
    if last is not None and last > since:
        return "seen_since", f"seen since, on {last}"
    return None


def _timing(
    item: PendingRecord, rule: PendingRule, opens_on: date, seen: ChartAsOf, as_of: date
) -> tuple[str, Step]:
    if as_of < opens_on:
        return "not_due", Step("grace", False, f"not yet: waits until {opens_on}")
    # Since when few units are left is not known: that lapses with the item's own end, if it has one.
    since = item.due_on if _is_short(item, rule) else opens_on
    lapses_on = add_days(since, rule.lapses_after_days) if since is not None else None
    if lapses_on is not None and as_of > lapses_on:
        return "lapsed", Step("lapsed", False, f"waited for until {lapses_on}, no longer")
    ahead = add_days(as_of, rule.booking_within_days) if rule.booking_within_days else date.max
    types = (item.visit_type, "") if item.visit_type and "booking_of_type" in rule.closed_by else None
    booked = None
    if {"booking", "booking_of_type"} & set(rule.closed_by):
        fits = (one for one in seen.coming if types is None or one.visit_type in types)
        booked = next((one for one in fits if one.starts_on <= ahead), None)
    if booked is not None:
        detail = f"not due: booked for {booked.starts_on}"
        return "booked", Step("coming_appointment", False, detail)
    return "open", Step("coming_appointment", True, f"not finished; a gap since {opens_on}")


def _risk(rule: PendingRule, item: PendingRecord, classes: Mapping[str, int]) -> int:
    if rule.adds_to_class < 0:
        return rule.risk_class
    return min(classes.get(item.visit_type, rule.risk_class) + rule.adds_to_class, MAX_RISK_CLASS)


def _refills(
    rule: PendingRule,
    chart: Chart,
    seen: ChartAsOf,
    tier: str,
    settings: GapSettings,
    as_of: date,
    classes: Mapping[str, int],
) -> list[GapFinding]:
    """R-C63: the last known supply of every medication still taken that is this rule's.

    A rule that names no medications is for all that no other rule names. A medication without a word of
    the clinic's own says nothing: two of them cannot be told apart.
    """
    others = {word for one in settings.pending for word in one.medications}
    stopped: dict[str, date] = {}
    for one in chart.medications:
        if one.ended_on is not None and one.ended_on <= as_of:
            stopped[one.kind] = max(one.ended_on, stopped.get(one.kind, one.ended_on))
    newest: dict[str, MedicationRecord] = {}
    for one in chart.medications:
        mine = one.kind in rule.medications if rule.medications else one.kind not in others
        if not one.kind or not mine or not _is_supplied(one, stopped.get(one.kind), as_of):
            continue
        known = newest.get(one.kind)
        if known is None or _supply(one) > _supply(known):
            newest[one.kind] = one
    found = []
    for kind, one in sorted(newest.items()):
        item = PendingRecord(
            id=0,
            kind=REFILL,
            visit_type="",
            priority="routine",
            state="open",
            opened_on=_supply(one),
            due_on=_supply(one),
        )
        key = f"{REFILL}:{kind}"
        found.append(_judge(key, item, rule, chart.patient, seen, tier, settings, as_of, classes))
    return found


def _is_supplied(one: MedicationRecord, stopped_on: date | None, as_of: date) -> bool:
    """Begun by ``as_of`` and after the last day on which it was stopped, with a known supply."""
    if one.supply_until is None or (one.started_on is not None and one.started_on > as_of):
        return False
    return stopped_on is None or (one.started_on is not None and one.started_on > stopped_on)


def _supply(one: MedicationRecord) -> date:
    assert one.supply_until is not None
    return one.supply_until

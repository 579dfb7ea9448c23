"""Gaps that one event makes: a return never booked, a cancellation or a no-show never made good.

Any later visit closes them and any coming appointment, whatever its type: the patient is back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from rebook.core.chart import FollowUpRecord, PatientRecord

from .chart_as_of import Broken, ChartAsOf
from .dates import add_days, add_months
from .definition import MAX_RISK_CLASS, GapDefinition
from .finding import GapFinding, Step
from .settings import GapSettings

# R-C4: routine unless a definition says more; a return somebody asked for is follow-up care.
BROKEN_CLASS, FOLLOW_UP_CLASS, INACTIVE_CLASS = 1, 2, 0


def inherited_risk(definitions: Iterable[GapDefinition], settings: GapSettings) -> dict[str, int]:
    """Visit type to the gravest class of the rules that book it (R-C121, R-C122).

    Only of rules that run: what no clinician has signed makes nothing grave. A visit that merely counts for a
    rule, as a yearly visit may after a stay in hospital, is not grave by that.
    """
    classes: dict[str, int] = {}
    for one in definitions:
        if settings.runs(one):
            classes[one.visit_type] = max(classes.get(one.visit_type, 0), one.risk_class)
    return classes


def broken_risk(base: int, kind: str, cancelled_by: str) -> int:
    """R-C121: a no-show weighs one more from class 2; R-C123: so does a cancellation by the clinic."""
    if kind == "no_show_not_rebooked":
        return min(base + (base >= 2), MAX_RISK_CLASS)
    return min(base + (cancelled_by == "clinic"), MAX_RISK_CLASS)


def judge_follow_ups(
    patient: PatientRecord,
    seen: ChartAsOf,
    tier: str,
    settings: GapSettings,
    as_of: date,
    classes: Mapping[str, int],
    covered: frozenset[int],
) -> list[GapFinding]:
    """R-C124. ``covered``: recommendations that an open interval gap already speaks for."""
    newest: dict[str, FollowUpRecord] = {}
    for one in seen.follow_ups:
        known = newest.get(one.visit_type)
        if known is None or (one.recommended_on, one.id) > (known.recommended_on, known.id):
            newest[one.visit_type] = one
    found = []
    for one in seen.follow_ups:
        by_return = add_days(one.due_on, settings.follow_up_grace_days)
        by_booking = add_days(one.recommended_on, settings.follow_up_book_within_days)
        finding = GapFinding(
            patient_id=patient.id,
            definition_key=f"follow_up_not_booked:{one.id}",
            kind="follow_up_not_booked",
            verdict="open",
            tier=tier,
            risk_class=classes.get(one.visit_type, FOLLOW_UP_CLASS),
            visit_type=one.visit_type,
            anchor_on=one.recommended_on,
            due_on=min(one.due_on, by_booking),
            overdue_on=min(by_return, by_booking),
            interval_days=max((one.due_on - one.recommended_on).days, 1),
            location_id=patient.home_location_id,
            follow_up_id=one.id,
        )
        first = Step("event", True, f"return recommended on {one.recommended_on} for {one.due_on}")
        if newest[one.visit_type] is not one:
            found.append(_answer(finding, "replaced", first, "a later recommendation replaces this one"))
        elif seen.last_attended_on is not None and seen.last_attended_on > one.recommended_on:
            found.append(_answer(finding, "seen_since", first, f"seen since, on {seen.last_attended_on}"))
        elif one.id in covered:
            found.append(_answer(finding, "covered", first, "already listed as overdue"))
        else:
            found.append(_waiting(finding, first, seen, as_of))
    return found


def judge_broken(
    patient: PatientRecord,
    seen: ChartAsOf,
    tier: str,
    settings: GapSettings,
    as_of: date,
    classes: Mapping[str, int],
) -> list[GapFinding]:
    """R-C121 to R-C123: the last appointment of each visit type that was cancelled or missed."""
    newest: dict[str, Broken] = {}
    for one in seen.broken:
        known = newest.get(one.appointment.visit_type)
        if known is None or _order(one) > _order(known):
            newest[one.appointment.visit_type] = one
    oldest = add_days(as_of, -settings.broken_window_days)
    found = []
    for one in seen.broken:
        finding, first = _broken_finding(one, patient, tier, settings, classes)
        if newest[one.appointment.visit_type] is not one:
            found.append(_answer(finding, "replaced", first, "a later one of the same kind counts"))
        elif seen.last_attended_on is not None and seen.last_attended_on >= one.broken_on:
            found.append(_answer(finding, "seen_since", first, f"seen since, on {seen.last_attended_on}"))
        elif seen.last_attended_on is not None and one.broken_on < oldest:
            found.append(_answer(finding, "too_old", first, f"before {oldest}: time away counts instead"))
        else:
            found.append(_waiting(finding, first, seen, as_of))
    return found


def judge_inactive(
    patient: PatientRecord, seen: ChartAsOf, tier: str, settings: GapSettings, as_of: date, has_open: bool
) -> list[GapFinding]:
    """R-C140, R-C141: away for long, and nothing else would bring the patient back."""
    if seen.last_attended_on is None:
        return []
    due_on = add_months(seen.last_attended_on, settings.inactive_after_months)
    if as_of < due_on:
        return []
    finding = GapFinding(
        patient_id=patient.id,
        definition_key="inactive",
        kind="inactive",
        verdict="open",
        tier=tier,
        risk_class=INACTIVE_CLASS,
        anchor_on=seen.last_attended_on,
        due_on=due_on,
        overdue_on=due_on,
        interval_days=max((due_on - seen.last_attended_on).days, 1),
        location_id=patient.home_location_id,
    )
    first = Step("event", True, f"last seen {seen.last_attended_on}, away since {due_on}")
    if has_open:
        return [_answer(finding, "covered", first, "another reason is open")]
    return [_waiting(finding, first, seen, as_of)]


def _order(one: Broken) -> tuple[date, int]:
    return one.broken_on, one.appointment.id


def _broken_finding(
    one: Broken, patient: PatientRecord, tier: str, settings: GapSettings, classes: Mapping[str, int]
) -> tuple[GapFinding, Step]:
    appointment = one.appointment
    by_clinic = appointment.cancelled_by == "clinic"
    if one.kind == "no_show_not_rebooked":
        grace, what = settings.no_show_grace_days, "missed"
    else:
        grace = settings.clinic_cancelled_grace_days if by_clinic else settings.cancelled_grace_days
        what = "cancelled by the clinic" if by_clinic else "cancelled"
    base = classes.get(appointment.visit_type, BROKEN_CLASS)
    finding = GapFinding(
        patient_id=patient.id,
        definition_key=f"{one.kind}:{appointment.id}",
        kind=one.kind,
        verdict="open",
        tier=tier,
        risk_class=broken_risk(base, one.kind, appointment.cancelled_by),
        visit_type=appointment.visit_type,
        anchor_on=one.broken_on,
        due_on=one.broken_on,
        overdue_on=add_days(one.broken_on, grace),
        location_id=patient.home_location_id or appointment.location_id,
        appointment_id=appointment.id,
    )
    return finding, Step("event", True, f"appointment of {appointment.starts_on} {what} on {one.broken_on}")


def _waiting(finding: GapFinding, first: Step, seen: ChartAsOf, as_of: date) -> GapFinding:
    if finding.overdue_on is not None and as_of < finding.overdue_on:
        return _answer(finding, "not_due", first, f"not yet: waits until {finding.overdue_on}", "grace")
    if seen.coming:
        booked = f"not due: booked for {seen.coming[0].starts_on}"
        return _answer(finding, "booked", first, booked, "coming_appointment")
    waiting = f"not made good since {finding.overdue_on}; nothing booked"
    return _answer(finding, "open", first, waiting, "coming_appointment")


def _answer(
    finding: GapFinding, verdict: str, first: Step, detail: str, rule: str = "closed_by"
) -> GapFinding:
    return replace(finding, verdict=verdict, steps=(first, Step(rule, verdict == "open", detail)))

"""Rolling enrolment: within the day's limit, best rank first, the holdout drawn once, nobody forgotten."""

import datetime as dt

import pytest

from rebook.flow.outreach import campaigns
from rebook.records.models import (
    AutomationHold,
    Case,
    GuardDecision,
    HoldoutAssignment,
    VisitType,
)
from support.outreach import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db


def ranks():
    return sorted(Case.objects.values_list("gap__rank", flat=True))


def test_best_rank_first_within_the_daily_limit(clinic, day):
    for number in (5, 3, 1, 4, 2):
        clinic.patient(number)
    clinic.campaign(daily_limit=2)
    summary = day.enrol()
    assert (summary.opened, summary.waiting) == (2, 3)
    assert ranks() == [1, 2]
    # The same day again, whatever the hour on the practice's clock: no more.
    assert day.enrol(NOW + 3 * HOUR).opened == 0
    assert day.enrol(NOW + DAY).opened == 2
    assert ranks() == [1, 2, 3, 4]


def test_one_case_per_patient_for_the_best_of_their_gaps(clinic, day):
    patient = clinic.patient(7)
    clinic.gap(patient, rank=2, definition_key="primary_care.diabetes_visit")
    clinic.campaign()
    clinic.campaign(name="Second")
    assert day.enrol().opened == 1
    assert ranks() == [2]


@pytest.mark.parametrize("outreach", ["staff", "at_visit"])
def test_what_is_staffs_own_or_for_the_visit_is_never_enrolled(clinic, day, outreach):
    clinic.patient(1).gaps.update(outreach=outreach)
    clinic.patient(2)
    clinic.campaign()
    assert day.enrol().opened == 1
    assert ranks() == [2]


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ({"kinds": ["interval"]}, [1, 2]),
        ({"kinds": ["inactive"]}, [3]),
        ({"tiers": ["lost"]}, [2]),
        ({"definitions": ["primary_care.mammogram"]}, [2]),
        ({"visit_types": ["acute"]}, [3]),
        ({"kinds": ["interval"], "tiers": ["dormant"]}, [1]),
        ({}, [1, 2, 3]),
    ],
)
def test_the_segment_decides_who_is_meant(segment, expected, clinic, day):
    clinic.patient(1)
    clinic.gap(clinic.patient(2, gap=False), rank=2, tier="lost", definition_key="primary_care.mammogram")
    clinic.gap(clinic.patient(3, gap=False), rank=3, kind="inactive", visit_type="acute")
    clinic.campaign(segment=segment)
    day.enrol()
    assert ranks() == expected


def test_a_closed_gap_is_nobodys_case(clinic, day):
    patient = clinic.patient()
    patient.gaps.update(closed_on=dt.date(2026, 11, 1), close_reason="visited")
    clinic.campaign()
    assert day.enrol().opened == 0


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("deceased", lambda c, p: type(p).objects.filter(pk=p.pk).update(is_deceased=True)),
        ("do_not_contact", lambda c, p: type(p).objects.filter(pk=p.pk).update(do_not_contact=True)),
        ("left_practice", lambda c, p: type(p).objects.filter(pk=p.pk).update(left_practice_on=NOW.date())),
        ("excluded", lambda c, p: type(p).objects.filter(pk=p.pk).update(exclusions=["hospice"])),
        ("opted_out", lambda c, p: c.opt_out(patient=p, channel="all")),
        ("contact_missing", lambda c, p: p.contact_points.all().delete()),
        ("appointment_booked", lambda c, p: c.appointment(p, NOW + DAY)),
        (
            "hold",
            lambda c, p: AutomationHold.objects.create(
                organisation=c.organisation, patient=p, kind="snooze", from_at=NOW, until_at=NOW + DAY
            ),
        ),
    ],
)
def test_who_cannot_be_contacted_is_left_out_with_the_reason(reason, change, clinic, day):
    barred = clinic.patient(1)
    clinic.patient(2)
    change(clinic, barred)
    clinic.campaign(daily_limit=1)
    summary = day.enrol()
    assert summary.left_out == {reason: 1}
    # They take no place of those who can.
    assert ranks() == [2]
    decision = GuardDecision.objects.get(patient=barred)
    assert (decision.verdict, decision.reasons[0]["rule"], decision.attempt) == ("refuse", reason, None)


def test_the_same_refusal_is_written_once_a_month_not_every_day(clinic, day):
    clinic.opt_out(patient=clinic.patient(), channel="all")
    clinic.campaign()
    for number in range(10):
        assert day.enrol(NOW + number * DAY).left_out == {"opted_out": 1}
    assert GuardDecision.objects.count() == 1
    day.enrol(NOW + 31 * DAY)
    assert GuardDecision.objects.count() == 2


def test_after_a_case_there_is_a_rest(clinic, day):
    patient = clinic.patient()
    clinic.campaign()
    day.enrol()
    Case.objects.update(closed_at=NOW, outcome="no_response", next_step_at=None)
    clinic.gap(patient, rank=2, definition_key="primary_care.mammogram")
    assert day.enrol(NOW + 59 * DAY).opened == 0
    assert day.enrol(NOW + 61 * DAY).opened == 1


def test_the_holdout_is_never_contacted_and_can_be_compared(clinic, day):
    for number in range(1, 41):
        clinic.patient(number)
    clinic.campaign(holdout_percent=20, daily_limit=100)
    summary = day.enrol()
    assert (summary.opened, summary.holdout) == (40, 8)
    day.run()
    left_out = Case.objects.filter(arm="holdout")
    assert left_out.count() == 8
    assert not left_out.filter(attempts__isnull=False).exists()
    assert not left_out.exclude(next_step_at=None).exists()
    assert len(clinic.sms.sent) == 32


def test_an_arm_is_kept_for_the_cycle(clinic, day):
    for number in range(1, 21):
        clinic.patient(number)
    clinic.campaign(holdout_percent=50, daily_limit=100)
    day.enrol()
    before = dict(Case.objects.values_list("patient", "arm"))
    Case.objects.update(closed_at=NOW, outcome="no_response", next_step_at=None)
    for patient in {case.patient for case in Case.objects.select_related("patient")}:
        clinic.gap(patient, rank=100 + patient.pk, definition_key="primary_care.mammogram")
    # Past the rest, still in the year of the cycle.
    Case.objects.update(closed_at=NOW - 80 * DAY, opened_at=NOW - 90 * DAY)
    assert day.enrol(NOW + DAY).opened == 20
    assert dict(Case.objects.filter(closed_at=None).values_list("patient", "arm")) == before
    assert HoldoutAssignment.objects.count() == 20


def test_grave_reasons_leave_nobody_out(clinic, day):
    for number in range(1, 21):
        clinic.gap(clinic.patient(number, gap=False), rank=number, risk_class=3)
    clinic.campaign(holdout_percent=50, daily_limit=100, sequence_key="primary_care.close")
    assert day.enrol().holdout == 0
    assert not HoldoutAssignment.objects.exists()


@pytest.mark.parametrize("state", ["draft", "paused", "archived"])
def test_only_a_running_campaign_enrols(state, clinic, day):
    clinic.patient()
    campaign = clinic.campaign(launched=state != "draft")
    act = {"paused": campaigns.pause, "archived": campaigns.archive}.get(state)
    if act:
        act(organisation_id=clinic.id, campaign_id=campaign.pk, now=NOW, actor="user:1")
    assert day.enrol().opened == 0


def test_other_gaps_go_along_and_one_visit_is_offered_for_most(clinic, day):
    clinic.campaign()
    VisitType.objects.bulk_create(
        VisitType(organisation=clinic.organisation, key=key, label=key, minutes=30, is_self_bookable=True)
        for key in ("annual_visit", "well_child")
    )
    patient = clinic.patient(1, gap=False)
    lead = clinic.gap(patient, rank=1, definition_key="primary_care.well_child", visit_type="well_child")
    other = clinic.gap(patient, rank=2, definition_key="primary_care.annual_visit")
    staff = clinic.gap(patient, rank=3, definition_key="x.staff", outreach="staff")
    assert day.enrol().opened == 1
    case = Case.objects.get()
    assert (case.gap_id, case.also_gap_ids) == (lead.pk, [other.pk])
    assert staff.pk not in case.also_gap_ids
    # A yearly visit counts for the child's check-up too.
    assert case.visit_type == "annual_visit"


def test_a_gap_for_staff_or_for_the_visit_opens_no_case(clinic, day):
    for number, outreach in enumerate(("staff", "at_visit"), start=1):
        clinic.gap(clinic.patient(number, gap=False), rank=number, outreach=outreach)
    clinic.campaign()
    assert day.enrol().opened == 0


def test_a_case_with_one_gap_has_nobody_along(clinic, day):
    clinic.patient(1)
    clinic.campaign()
    day.enrol()
    case = Case.objects.get()
    assert (case.also_gap_ids, case.visit_type) == ([], "")

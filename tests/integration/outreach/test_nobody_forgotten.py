"""Every overdue patient stands in exactly one state, and an alarm names those nobody looks after."""

import datetime as dt
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.flow.attention import ALARM, attention_report, look_for_forgotten, patients_in_state
from rebook.flow.outreach import campaigns
from rebook.records.models import AutomationHold, Case, Gap, Patient, RecallPreference, Task
from support.outreach import DAY, NOW

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


def report(clinic, at=NOW):
    return attention_report(organisation_id=clinic.id, today=at.date(), now=at)


def stands(clinic, patient, at=NOW):
    """The one line in which a patient stands."""
    found = [
        (line.state, line.rule)
        for line in report(clinic, at).lines
        for one in patients_in_state(
            organisation_id=clinic.id, state=line.state, rule=line.rule, today=at.date(), now=at
        )
        if one.id == patient.pk
    ]
    assert len(found) == 1, found
    return found[0]


def hold(clinic, patient, kind, until_at):
    return AutomationHold.objects.create(
        organisation=clinic.organisation, patient=patient, kind=kind, from_at=NOW, until_at=until_at
    )


def task(clinic, patient, **values):
    return Task.objects.create(
        organisation=clinic.organisation,
        patient=patient,
        **{"kind": "call", "owner_role": "front_desk", "opened_at": NOW, "due_at": NOW + DAY, **values},
    )


def test_without_a_campaign_nobody_looks_after_an_overdue_patient(clinic):
    patient = clinic.patient(1)
    assert stands(clinic, patient) == ("nobody", "no_campaign")


def test_who_is_not_overdue_yet_is_not_counted(clinic):
    clinic.patient(1).gaps.update(overdue_on=TODAY + dt.timedelta(days=1))
    assert report(clinic).overdue == 0


def test_a_running_campaign_has_them_wait_then_takes_them_in(clinic, day):
    first, second = clinic.patient(1), clinic.patient(2)
    clinic.campaign(daily_limit=1)
    assert stands(clinic, first) == ("waiting", "capacity")
    day.run()
    assert stands(clinic, first) == ("in_case", "under_way")
    assert stands(clinic, second) == ("waiting", "capacity")


def test_a_campaign_for_others_does_not_look_after_them(clinic):
    patient = clinic.patient(1)
    clinic.campaign(segment={"kinds": ["inactive"]})
    assert stands(clinic, patient) == ("nobody", "no_campaign")


def test_a_paused_campaign_is_said(clinic):
    patient = clinic.patient(1)
    campaign = clinic.campaign()
    campaigns.pause(organisation_id=clinic.id, campaign_id=campaign.pk, now=NOW, actor="user:1")
    assert stands(clinic, patient) == ("waiting", "campaign_paused")


def test_after_a_case_they_rest_and_then_nobody_looks_after_them(clinic, day):
    patient = clinic.patient(1)
    clinic.campaign()
    day.run()
    Case.objects.update(closed_at=NOW + DAY, outcome="no_response", next_step_at=None)
    assert stands(clinic, patient, NOW + 5 * DAY) == ("resting", "rest_after_case")
    assert stands(clinic, patient, NOW + 70 * DAY) == ("nobody", "tried_before")


def test_a_case_without_a_step_is_found_when_its_time_is_over(clinic, day):
    patient = clinic.patient(1)
    clinic.campaign()
    day.enrol()
    Case.objects.update(next_step_at=None)
    assert stands(clinic, patient, NOW + 10 * DAY) == ("in_case", "awaits_answer")
    assert stands(clinic, patient, NOW + 40 * DAY) == ("nobody", "stuck")


def test_a_paused_case_needs_a_person(clinic, day):
    patient = clinic.patient(1)
    clinic.campaign()
    day.enrol()
    Case.objects.update(paused_at=NOW, pause_reason="replied")
    assert stands(clinic, patient) == ("nobody", "paused_alone")
    task(clinic, patient)
    assert stands(clinic, patient) == ("in_case", "waits_for_person")


def test_holds_and_wishes(clinic):
    clinic.campaign()
    until, for_good, asked = clinic.patient(1), clinic.patient(2), clinic.patient(3)
    hold(clinic, until, "data_quality", NOW + DAY)
    hold(clinic, for_good, "clinical_review", None)
    hold(clinic, asked, "snooze", NOW + 30 * DAY)
    wished = clinic.patient(4)
    RecallPreference.objects.create(
        organisation=clinic.organisation,
        patient=wished,
        kind="snooze",
        valid_until=TODAY + dt.timedelta(days=30),
        reason="after the holidays",
        made_on=TODAY,
        made_at=NOW,
        made_by="user:1",
    )
    assert stands(clinic, until) == ("excluded", "hold")
    assert stands(clinic, for_good) == ("nobody", "held_alone")
    assert stands(clinic, asked) == ("snoozed", "snoozed")
    assert stands(clinic, wished) == ("snoozed", "snoozed")
    assert stands(clinic, until, NOW + 2 * DAY) == ("waiting", "capacity")


def test_a_result_for_staff_needs_an_open_task(clinic):
    patient = clinic.patient(1)
    patient.gaps.update(outreach="staff")
    clinic.campaign()
    assert stands(clinic, patient) == ("nobody", "staff_gap_without_task")
    task(clinic, patient, kind="gap_review")
    assert stands(clinic, patient) == ("with_staff", "task_open")


def test_what_staff_did_may_take_two_weeks_to_show(clinic):
    patient = clinic.patient(1)
    patient.gaps.update(outreach="staff")
    task(
        clinic,
        patient,
        kind="gap_review",
        gap=patient.gaps.get(),
        state="done",
        done_at=NOW,
        done_by="user:1",
    )
    assert stands(clinic, patient, NOW + 10 * DAY) == ("with_staff", "task_done_lately")
    assert stands(clinic, patient, NOW + 20 * DAY) == ("nobody", "staff_gap_without_task")


def test_what_staff_will_look_at_again_is_looked_after_until_then(clinic):
    patient = clinic.patient(1)
    patient.gaps.update(outreach="staff")
    task(
        clinic,
        patient,
        kind="gap_review",
        gap=patient.gaps.get(),
        state="done",
        done_at=NOW,
        done_by="user:1",
        call_back_at=NOW + 30 * DAY,
    )
    assert stands(clinic, patient, NOW + 29 * DAY) == ("with_staff", "task_done_lately")
    assert stands(clinic, patient, NOW + 31 * DAY) == ("nobody", "staff_gap_without_task")


def test_a_case_that_is_paused_for_its_booking_is_looked_after(clinic, day):
    patient = clinic.patient(1)
    clinic.campaign()
    day.enrol()
    Case.objects.update(paused_at=NOW, pause_reason="booked")
    clinic.appointment(patient, NOW + 5 * DAY, visit_type="another")
    assert stands(clinic, patient) == ("in_case", "booked")
    assert stands(clinic, patient, NOW + 9 * DAY) == ("nobody", "paused_alone")


def test_whoever_cannot_be_contacted_is_excluded_with_the_reason(clinic):
    clinic.campaign()
    unreachable, dead = clinic.patient(1, phone=False), clinic.patient(2, is_deceased=True)
    booked = clinic.patient(3)
    clinic.appointment(booked, NOW + 5 * DAY)
    assert stands(clinic, unreachable) == ("excluded", "contact_missing")
    assert stands(clinic, dead) == ("excluded", "deceased")
    assert stands(clinic, booked) == ("excluded", "appointment_booked")


def test_two_campaigns_with_filters_of_their_own_do_not_mix(clinic):
    mine = clinic.patient(1)
    other = clinic.patient(2)
    other.gaps.update(tier="lost")
    clinic.campaign(segment={"tiers": ["dormant"], "kinds": ["interval"]})
    clinic.campaign(name="Second", segment={"tiers": ["long_lapsed"], "kinds": ["inactive"]})
    assert stands(clinic, mine) == ("waiting", "capacity")
    assert stands(clinic, other) == ("nobody", "no_campaign")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "deceased", "hold", "snooze", "no_phone", "booked"]),
            st.sampled_from(["yes", "staff", "at_visit"]),
            st.sampled_from(["", "case", "paused", "closed"]),
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_overdue_patient_stands_in_exactly_one_line(clinic, people):
    campaign = clinic.campaign(name=f"C{Patient.objects.count()}", segment={"kinds": ["interval"]})
    for number, (bar, outreach, case, has_task) in enumerate(people, Patient.objects.count()):
        patient = clinic.patient(number, phone=bar != "no_phone", is_deceased=bar == "deceased")
        patient.gaps.update(outreach=outreach)
        if bar in ("hold", "snooze"):
            hold(clinic, patient, "complaint" if bar == "hold" else "snooze", NOW + DAY)
        if bar == "booked":
            clinic.appointment(patient, NOW + 9 * DAY)
        if has_task:
            task(clinic, patient)
        if case:
            ended = {"closed_at": NOW, "outcome": "no_response"} if case == "closed" else {}
            Case.objects.create(
                organisation=clinic.organisation,
                campaign=campaign,
                patient=patient,
                gap=patient.gaps.get(),
                opened_at=NOW - DAY,
                paused_at=NOW if case == "paused" else None,
                **ended,
            )
    found = report(clinic)
    overdue = set(
        Gap.objects.filter(closed_on=None, overdue_on__lte=TODAY).values_list("patient_id", flat=True)
    )
    listed = [
        one.id
        for line in found.lines
        for one in patients_in_state(
            organisation_id=clinic.id, state=line.state, rule=line.rule, today=TODAY, now=NOW
        )
    ]
    assert sorted(listed) == sorted(overdue)
    assert found.overdue == sum(found.by_state.values()) == len(overdue)


def test_the_alarm_is_raised_once_and_taken_back(clinic, day):
    clinic.patient(1)
    summary = look_for_forgotten(organisation_id=clinic.id, as_of=TODAY, now=NOW)
    assert (summary.nobody, summary.alarm) == (1, "raised")
    again = look_for_forgotten(organisation_id=clinic.id, as_of=TODAY, now=NOW + DAY)
    assert again.alarm == "stands"
    assert Task.objects.filter(kind="alarm", note=ALARM, state="open").count() == 1
    clinic.campaign()
    cleared = look_for_forgotten(organisation_id=clinic.id, as_of=TODAY, now=NOW)
    assert (cleared.nobody, cleared.alarm) == (0, "taken back")
    assert not Task.objects.filter(kind="alarm", state="open").exists()


def test_the_command_says_no_while_anybody_is_forgotten(clinic):
    patient = clinic.patient(1)
    asked = ["forgotten", "--organisation", "elm", "--as-of", "2026-11-18"]
    answer = CliRunner().invoke(app, [*asked, "--list", "5", "--json"])
    assert answer.exit_code == 1
    found = json.loads(answer.stdout)
    assert (found["by_state"]["nobody"], found["listed"]) == (1, [patient.pk])
    clinic.campaign()
    assert CliRunner().invoke(app, asked).exit_code == 0


def test_a_campaign_for_one_programme_looks_only_after_its_own(clinic):
    lately, long_gone = clinic.patient(1), clinic.patient(2)
    lately.gaps.update(tier="active")
    long_gone.gaps.update(tier="long_lapsed")
    campaign = clinic.campaign()
    campaign.programme = "recall"
    campaign.save()
    assert stands(clinic, lately) == ("waiting", "capacity")
    assert stands(clinic, long_gone) == ("nobody", "no_campaign")


def test_a_campaign_that_is_over_or_waits_for_birthdays_looks_after_nobody_overdue(clinic):
    patient = clinic.patient(1)
    campaign = clinic.campaign()
    for plan in (
        {"calendar": {"ends_on": "2026-11-17"}},
        {"trigger": {"field": "birthday", "offset_days": 0}},
    ):
        campaign.plan = plan
        campaign.save()
        assert stands(clinic, patient) == ("nobody", "no_campaign")

"""A look ahead counts who is not there yet: due by the rules, brought by events, let go from a rest or hold.

Households and what other tools sent hold contacts back; a practice may plan by sequences of its own.
"""

import datetime as dt
from dataclasses import replace

import pytest

from rebook.core.lookahead.changes import CampaignChange, Changes
from rebook.core.outreach.sequence import as_json
from rebook.flow.gaps import find_gaps
from rebook.flow.lookahead.falling_due import falling_due
from rebook.flow.lookahead.simulating import simulate
from rebook.flow.snapshot import take_snapshot
from rebook.packs.outreach import sequences
from rebook.records.models import (
    AutomationHold,
    Case,
    OtherContact,
    Patient,
    SequenceVersion,
    Snapshot,
    Visit,
)
from support.outreach import DAY, NOW, make_clinic

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
YEARLY = "primary_care.annual_visit"
# Due after a year, listed after 60 days of grace.
OVERDUE_IN_TEN_DAYS = 365 + 60 - 10


@pytest.fixture
def clinic(settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path
    return make_clinic()


def look(clinic, *plans, days=30, campaign_ids=()):
    return simulate(
        organisation_id=clinic.id, start_on=TODAY, days=days, now=NOW, plans=plans or (Changes(),),
        campaign_ids=campaign_ids,
    )  # fmt: skip


def taken_in(clinic, **asked):
    """Patients expected to be taken in, by day."""
    found = look(clinic, **asked)[0].result
    return {
        (line.on - TODAY).days: line.all.figures["enrolled"].expected
        for line in found.days
        if line.all.figures["enrolled"].expected
    }


def came_last(clinic, patient, days_ago):
    Visit.objects.create(
        organisation=clinic.organisation, source=clinic.source, external_id=f"v{patient.pk}",
        fact_hash=bytes(16), patient=patient, visit_type="annual_visit", location=clinic.location,
        started_at=NOW - days_ago * DAY,
    )  # fmt: skip


def found_today(clinic):
    take_snapshot(organisation_id=clinic.id, as_of=TODAY, now=NOW)
    find_gaps(organisation_id=clinic.id, as_of=TODAY, now=NOW)


def test_who_falls_due_by_the_rules_comes_in_on_that_day_and_not_before(clinic):
    for number in range(3):
        came_last(clinic, clinic.patient(number, gap=False), OVERDUE_IN_TEN_DAYS)
    far = clinic.patient(9, gap=False)
    came_last(clinic, far, 60)
    clinic.campaign(segment={"definitions": [YEARLY]})
    found_today(clinic)
    due = falling_due(organisation_id=clinic.id, start_on=TODAY, days=30)
    yearly = [one for one in due.by_rule if one.definition_key == YEARLY]
    days = {(one.from_on - TODAY).days for one in yearly}
    assert (len({one.patient_id for one in yearly}), days) == (3, {10})
    assert far.pk not in {one.patient_id for one in yearly}
    assert due.says == ""
    expected = taken_in(clinic)
    assert sum(expected.values()) == 3
    assert min(expected) >= 10
    # A shorter look does not reach them.
    assert taken_in(clinic, days=min(days)) == {}


def test_the_rules_really_find_them_on_the_day_that_was_said(clinic):
    patient = clinic.patient(1, gap=False)
    came_last(clinic, patient, OVERDUE_IN_TEN_DAYS)
    found_today(clinic)
    coming = falling_due(organisation_id=clinic.id, start_on=TODAY, days=40).by_rule
    said = next(one for one in coming if one.definition_key == YEARLY)
    on = said.from_on
    before, then = on - DAY, on
    for day in (before, then):
        at = NOW + (day - TODAY)
        take_snapshot(organisation_id=clinic.id, as_of=day, now=at)
        find_gaps(organisation_id=clinic.id, as_of=day, now=at)
        opened = patient.gaps.filter(closed_on=None, definition_key=said.definition_key)
        assert opened.exists() is (day == then)


def test_without_a_snapshot_it_says_that_nobody_is_counted(clinic):
    clinic.campaign()
    said = look(clinic)[0].leaves_out
    assert any("there is no snapshot of late" in one for one in said)
    came_last(clinic, clinic.patient(1, gap=False), OVERDUE_IN_TEN_DAYS)
    found_today(clinic)
    assert not any("snapshot" in one for one in look(clinic)[0].leaves_out)
    Snapshot.objects.update(path="gone")
    assert any("files are gone" in one for one in look(clinic)[0].leaves_out)


def test_events_repeat_the_last_four_weeks_on_the_same_weekdays(clinic):
    for number, ago in enumerate((2, 9, 9, 27, 29)):
        patient = clinic.patient(number, gap=False)
        on = TODAY - ago * DAY
        clinic.gap(
            patient, kind="no_show_not_rebooked", definition_key=f"no_show_not_rebooked:{number}",
            due_on=on, overdue_on=on, anchor_on=on, rank=number,
        )  # fmt: skip
        # They have a case of their own: those who come stand for others.
        patient.gaps.update(closed_on=TODAY, close_reason="appointment booked")
    clinic.campaign()
    expected = taken_in(clinic, days=30)
    # 28 days after: in 1, 19 (twice) and 26 days, the first once more after another 28.
    assert expected == {1: 1, 19: 2, 26: 1, 29: 1}


def test_only_what_a_campaigns_segment_wants_falls_to_it(clinic):
    patient = clinic.patient(1, gap=False)
    on = TODAY - 9 * DAY
    clinic.gap(
        patient, kind="no_show_not_rebooked", definition_key="no_show_not_rebooked:1", due_on=on,
        overdue_on=on, closed_on=TODAY, close_reason="done",
    )  # fmt: skip
    clinic.campaign(segment={"kinds": ["interval"]})
    assert taken_in(clinic) == {}
    clinic.campaign(name="Missed", segment={"kinds": ["no_show_not_rebooked"]})
    assert taken_in(clinic) == {19: 1}


def test_a_hold_that_ends_lets_them_in_the_week_after(clinic):
    held, forever = clinic.patient(1), clinic.patient(2)
    for patient, until in ((held, NOW + 10 * DAY), (forever, None)):
        AutomationHold.objects.create(
            organisation=clinic.organisation, patient=patient, kind="snooze" if until else "clinical_review",
            until_at=until, from_at=NOW,
        )  # fmt: skip
    clinic.campaign()
    assert taken_in(clinic) == {14: 1}


def test_a_household_and_other_tools_hold_contacts_back(clinic):
    alone = [clinic.patient(number) for number in range(2)]
    clinic.campaign()

    def texts(day):
        return look(clinic)[0].result.days[day].all.figures["sms"].expected

    both = texts(0)
    assert both > 1.5
    for patient in alone:
        Patient.objects.filter(pk=patient.pk).update(household_key="same")
    # One a day for a household: the second waits for tomorrow.
    assert texts(0) == pytest.approx(both / 2)
    assert texts(1) == pytest.approx(both / 2)
    OtherContact.objects.create(
        organisation=clinic.organisation, system="reminders", patient=alone[0], channel="sms",
        at=NOW - DAY / 2, row_key="r1", recorded_at=NOW,
    )  # fmt: skip
    assert texts(0) == 0


def test_a_number_that_another_tool_wrote_to_counts_for_whose_it_is(clinic):
    clinic.patient(1)
    clinic.campaign()
    OtherContact.objects.create(
        organisation=clinic.organisation, system="reminders", to_value="+12125550001", channel="sms",
        at=NOW - DAY / 2, row_key="r1", recorded_at=NOW,
    )  # fmt: skip
    first = next(line for line in look(clinic)[0].result.days if line.all.messages)
    assert (first.on - TODAY).days == 2


def test_a_draft_may_run_by_a_sequence_of_the_practices_own(clinic):
    for number in range(3):
        clinic.patient(number, email=True)
    routine = sequences("primary_care")["primary_care.routine"]
    own = replace(routine, key="own.letters", steps=(replace(routine.steps[1], index=0, delay_days=0),))
    for state, number in (("published", 1), ("draft", 2)):
        SequenceVersion.objects.create(
            organisation=clinic.organisation, key="own.letters", state=state, number=number,
            content=as_json(own if state == "published" else routine), created_by="user:1", created_at=NOW,
            published_at=NOW if state == "published" else None,
        )  # fmt: skip
    campaign = clinic.campaign(launched=False)
    plans = (Changes(), Changes("Own", {campaign.pk: CampaignChange(sequence_key="own.letters")}))
    present, other = (one.result.total.figures for one in look(clinic, *plans, campaign_ids=[campaign.pk]))
    assert present["sms"].expected > 2
    assert (other["sms"].expected, other["phone"].expected) == (0, 0)
    assert other["email"].expected > 2
    # Looking opens nothing.
    assert not Case.objects.exists()


def test_a_practice_of_another_name_lends_nobody(clinic):
    oak = make_clinic("oak")
    on = TODAY - 9 * dt.timedelta(days=1)
    oak.gap(
        oak.patient(1, gap=False), kind="no_show_not_rebooked", definition_key="no_show_not_rebooked:1",
        due_on=on, overdue_on=on,
    )  # fmt: skip
    clinic.campaign()
    assert taken_in(clinic) == {}

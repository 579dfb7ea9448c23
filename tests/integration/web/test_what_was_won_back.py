"""Success on the pages: what is counted is named wherever a figure stands, and figures open their lists."""

import datetime as dt

import pytest

from rebook.core.outcome.success import SuccessRule, say
from rebook.records.models import Attempt, Campaign, Case, CaseSuccess, WordingAssignment
from support.step_tests import campaign_under_way, look, rule, step_test

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
VISIT = say(SuccessRule("visit"))


@pytest.fixture
def manager(clinic, signed_in):
    return signed_in(clinic, "manager")


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def succeed(case, *, days=2.0):
    CaseSuccess.objects.create(
        organisation_id=case.organisation_id,
        case=case,
        definition="visit:120:2",
        met_at=case.opened_at + days * DAY,
        judged_at=case.opened_at + 3 * DAY,
    )


def fresh_cases(clinic, campaign, count, **values):
    """Cases of people of their own, opened five days ago."""
    made = []
    for _ in range(count):
        patient = clinic.patient(300 + Case.objects.count())
        made.append(clinic.case(patient, **{"campaign": campaign, **values}))
    return made


def test_the_campaign_page_says_what_it_counts_and_what_it_won(clinic, manager):
    campaign = campaign_under_way()
    Case.objects.filter(campaign=campaign).update(closed_at=clinic.now, outcome="campaign_ended")
    before = Case.objects.filter(campaign=campaign, arm="contact").count()
    written = fresh_cases(clinic, campaign, 3, first_attempt_at=clinic.now - 4 * DAY)
    left_out = fresh_cases(clinic, campaign, 2, arm="holdout")
    succeed(written[0])
    succeed(left_out[0])
    page = read(manager, f"/campaigns/{campaign.pk}/")
    assert f"Counted: {VISIT}" in page
    assert f"1 of {before + 3}" in page
    assert "1 of 2" in page
    assert "<svg" in page, "the chart stands beside the figures"


def test_the_goal_says_what_it_counts_and_opens_its_list(clinic, manager):
    campaign = campaign_under_way()
    Campaign.objects.filter(pk=campaign.pk).update(goal_visits=40)
    won, kept = fresh_cases(clinic, campaign, 2, first_attempt_at=clinic.now - 4 * DAY)
    succeed(won)
    # Came, and is no success by this campaign's definition.
    Case.objects.filter(pk=kept.pk).update(visit_kept_at=clinic.now - DAY, booked_at=clinic.now - 3 * DAY)
    page = " ".join(read(manager, f"/campaigns/{campaign.pk}/").split())
    goal = page.partition("<dt>Goal")[2].partition("</p>")[0]
    assert ">1</a></strong> of 40 patients won back" in goal
    assert f"The goal counts {VISIT}" in goal
    behind = read(manager, f"/campaigns/{campaign.pk}/cases/?stage=won")
    assert f'data-row="{won.pk}"' in behind
    assert f'data-row="{kept.pk}"' not in behind
    assert "1 of 40 won back" in " ".join(read(manager, "/campaigns/").split())


def test_results_open_the_list_behind_what_was_won(clinic, manager):
    campaign = campaign_under_way()
    (case,) = fresh_cases(clinic, campaign, 1, first_attempt_at=clinic.now - 4 * DAY)
    succeed(case)
    page = read(manager, "/results/")
    assert VISIT in page
    assert "stage=won" in page
    behind = read(manager, "/results/list/?stage=won")
    assert "Won back" in behind
    assert f'data-row="{case.pk}"' in behind
    CaseSuccess.objects.create(
        organisation_id=case.organisation_id, case=case, definition="visit:120:2", judged_at=clinic.now
    )
    assert f'data-row="{case.pk}"' not in read(manager, "/results/list/?stage=won"), "taken back since"


def test_the_draft_lists_its_definitions_and_its_windows(clinic, manager):
    campaign = campaign_under_way()
    Campaign.objects.filter(pk=campaign.pk).update(
        plan={"success": {"interval": {"what": "visit_and_follow_up", "within_days": 45}}}, segment={}
    )
    page = read(manager, f"/campaigns/{campaign.pk}/")
    assert "the next one booked within 45 days of being taken in" in page
    assert "Booked anew, and kept within 120 days" in page


def test_ways_back_names_no_cause(clinic, manager):
    (case,) = fresh_cases(clinic, campaign_under_way(), 1, first_attempt_at=clinic.now - 4 * DAY)
    Attempt.objects.create(
        organisation=clinic.organisation, case=case, patient=case.patient, channel="sms", reference="way",
        state="delivered", planned_at=clinic.now, due_at=clinic.now, expires_at=clinic.now + DAY,
        sent_at=clinic.now - 4 * DAY,
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(booked_at=clinic.now - 3 * DAY)
    page = read(manager, "/results/ways/?by=kind")
    assert "With the practice, within two weeks of a contact" in page
    assert "Who booked after a contact might have booked without it" in page
    assert "do not say which works better" in page
    assert "too few" in page


@pytest.mark.parametrize("by", ["tier", "location", "language", "age", "mood"])
def test_every_segment_has_its_page(clinic, manager, by):
    assert "Channels, by" in read(manager, f"/results/ways/?by={by}")


def test_the_results_come_as_pdf(clinic, manager):
    answer = manager.get("/results/report.pdf?as_of=2026-01-01")
    assert answer["Content-Type"] == "application/pdf"
    assert "results-2026-01-01.pdf" in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-")


def test_a_test_says_what_its_arms_won_back_once_its_rule_has_spoken(clinic, manager):
    campaign, plan = campaign_under_way(), rule()
    test = step_test(clinic, campaign, state="running", looks=[look(plan, 1, 0.2, 0.6)], plan=plan)
    for arm in plan.arms:
        for number, case in enumerate(fresh_cases(clinic, campaign, 4, opened_at=clinic.now - 130 * DAY)):
            WordingAssignment.objects.create(
                organisation=clinic.organisation, test=test, case=case, variant=arm,
                unit=f"patient:{case.patient_id}", assigned_at=case.opened_at, step_index=0,
            )  # fmt: skip
            if number < (1 if arm == plan.arms[0] else 3):
                succeed(case)
    address = f"/wording-tests/{test.pk}/"
    assert "Won back in the end" not in read(manager, address), "nothing is shown between looks"
    test.state, test.ended_at = "found", clinic.now
    test.save()
    page = read(manager, address)
    assert "Won back in the end" in page
    assert "1 (25.0%)" in page
    assert "3 (75.0%)" in page
    assert f"Counted: {VISIT}" in page
    assert "still rising" not in page

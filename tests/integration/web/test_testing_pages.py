"""The pages of tests: stated by a form, silent between looks, and a winner that a person applies."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebook.core.outreach.sequence import as_json, from_json
from rebook.records.models import Campaign, Case, WordingAssignment, WordingTest
from support.clinic import make_clinic
from support.step_tests import campaign_under_way, look, rule, step_test

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def manager(clinic, signed_in):
    return signed_in(clinic, "manager")


@pytest.fixture
def campaign(clinic):
    return campaign_under_way()


def draw(clinic, campaign, test, sizes, *, booked=0):
    """Cases in each arm, drawn 35 days ago, so many of each booked two days after."""
    for arm, size in sizes.items():
        for number in range(size):
            patient = clinic.patient(200 + Case.objects.count())
            case = clinic.case(patient)
            Case.objects.filter(pk=case.pk).update(
                campaign=campaign, booked_at=clinic.now - 33 * DAY if number < booked else None
            )
            WordingAssignment.objects.create(
                organisation=clinic.organisation,
                test=test,
                case=case,
                variant=arm,
                unit=f"patient:{patient.pk}",
                assigned_at=clinic.now - 35 * DAY,
                step_index=0,
            )


def read(client, address, status=200, **more):
    answer = client.get(address, **more)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def test_a_step_is_put_to_the_test_by_its_form(clinic, campaign, manager):
    assert "Test a step" in read(manager, f"/campaigns/{campaign.pk}/tests/")
    address = f"/campaigns/{campaign.pk}/tests/step/"
    page = read(manager, address)
    assert "Around noon" in page
    asked = {
        "step": "1",
        "element": "day_part",
        "variant": ["evening"],
        "metric": "booked",
        "effect": "10",
        "looks": "3",
    }
    page = read(manager, address, data=asked)
    assert "This test can show 10 points or more after about" in page
    page = manager.post(address, asked, follow=True).content.decode()
    assert "The rule is stated" in page
    assert "Nothing to see yet; this test can show 10 points or more" in page
    test = WordingTest.objects.get()
    assert (test.plan["variants"], test.content["position"]) == (["evening"], 0)


def test_days_and_channels_have_their_own_fields(clinic, campaign, manager):
    address = f"/campaigns/{campaign.pk}/tests/step/"
    page = read(manager, address, data={"step": "2", "element": "delay", "days": "3, 6"})
    assert "in days" in page
    assert "This test can show" in page
    page = read(manager, address, data={"step": "1", "element": "channel"})
    assert "first</span>" in page


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "Choose what to compare"),
        ({"variant": ["evening"], "effect": "x"}, "cannot be tested"),
        ({"variant": ["evening"], "effect": "95"}, "cannot be tested"),
        ({"variant": ["evening"], "looks": "12"}, "one to 5 looks"),
        ({"element": "delay", "days": "300"}, "days apart"),
        ({"step": "99", "variant": ["fax"]}, "Choose what to compare"),
    ],
)
def test_what_cannot_be_tested_is_said_where_it_was_asked(clinic, campaign, manager, asked, says):
    given = {"step": "1", "element": "day_part", "metric": "booked", "effect": "10", "looks": "3", **asked}
    answer = manager.post(f"/campaigns/{campaign.pk}/tests/step/", given)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not WordingTest.objects.exists()


def test_a_campaign_without_a_plan_says_what_to_do(clinic, manager):
    Campaign.objects.update(sequence={})
    campaign = Campaign.objects.first()
    assert "Launch the campaign first" in read(manager, f"/campaigns/{campaign.pk}/tests/step/")


def test_between_looks_nothing_of_what_came_of_it_is_shown_or_even_asked(clinic, campaign, manager):
    test = step_test(clinic, campaign)
    draw(clinic, campaign, test, {"": 9, "evening": 9}, booked=7)
    for address in (f"/wording-tests/{test.pk}/", f"/campaigns/{campaign.pk}/tests/"):
        with CaptureQueriesContext(connection) as asked:
            page = read(manager, address)
        of_tests = [one["sql"] for one in asked if "wordingassignment" in one["sql"]]
        assert of_tests
        assert not any("booked_at" in sql or "responded_at" in sql for sql in of_tests)
        assert "until then no rates are shown" in page.lower()
        assert "77.8" not in page
        assert (
            "svg" not in page.split("How it stands")[-1].split("Drawn, and got")[0]
            or "How it stands" not in page
        )
    # Asking for a look by hand leads nowhere.
    assert manager.post(f"/wording-tests/{test.pk}/look/").status_code == 404
    assert manager.get(f"/wording-tests/{test.pk}/?look=1").content.decode().count("<h3>Look") == 0


def test_an_answer_is_shown_with_its_intervals_and_what_was_got(clinic, campaign, manager):
    plan = rule()
    test = step_test(
        clinic, campaign, state="found", looks=[look(plan, 1, 0.2, 0.25), look(plan, 2, 0.2, 0.6)]
    )
    draw(clinic, campaign, test, {"": 3, "evening": 2})
    WordingAssignment.objects.create(
        organisation=clinic.organisation,
        test=test,
        case=clinic.case(clinic.patient(300)),
        left_out="prefers",
        assigned_at=clinic.now - 30 * DAY,
    )
    page = read(manager, f"/wording-tests/{test.pk}/")
    assert "More patients booked with “In the evening”" in page
    assert "<svg" in page
    assert page.index("Look 2 of 2: one is better (In the evening)") < page.index("Look 1 of 2: go on")
    assert "points, between +" in page
    assert "Got what was drawn" in page
    assert "<strong>1</strong> asked for a channel or a time of day, and gets it" in page
    assert "As it is now</a>" in page


def test_an_uneven_split_cannot_be_overlooked(clinic, campaign, manager):
    plan = rule()
    test = step_test(clinic, campaign, state="found", looks=[look(plan, 1, 0.2, 0.6)])
    draw(clinic, campaign, test, {"": 14, "evening": 1})
    for address in (f"/wording-tests/{test.pk}/", f"/campaigns/{campaign.pk}/tests/"):
        page = read(manager, address)
        assert 'class="banner bad" role="alert">The arms came out unevenly: 14 against 1.' in page


def test_the_winner_is_applied_by_a_person_who_saw_its_effect(clinic, campaign, manager):
    plan = rule()
    test = step_test(clinic, campaign, state="found", looks=[look(plan, 1, 0.2, 0.6)])
    address = f"/wording-tests/{test.pk}/winner/"
    page = read(manager, f"{address}?variant=evening")
    assert "From now on: " in page
    assert "in the evening" in page
    assert "a sequence of your own is made from it" in page
    stamp = page.split('name="stamp" value="')[1].split('"')[0]
    page = manager.post(address, {"variant": "evening", "cases": "move", "stamp": stamp}, follow=True)
    assert "The campaign runs by the new version" in page.content.decode()
    campaign.refresh_from_db()
    assert from_json(campaign.sequence).steps[0].day_part == "evening"
    page = read(manager, f"/wording-tests/{test.pk}/")
    assert "was applied" in page
    assert "Make it the plan" not in page


def test_keeping_the_plan_and_refusals_say_what_happened(clinic, campaign, manager):
    test = step_test(clinic, campaign, state="ended")
    address = f"/wording-tests/{test.pk}/winner/"
    answer = manager.post(address, {"variant": "fax"}, follow=True)
    assert "no arm" in answer.content.decode()
    page = manager.post(address, {"variant": ""}, follow=True).content.decode()
    assert "The plan stays as it is." in page
    assert WordingTest.objects.get().state == "applied"
    answer = manager.get(f"{address}?variant=evening", follow=True)
    assert "The test is applied" in answer.content.decode()


def test_a_plan_that_changed_is_told_and_not_overwritten(clinic, campaign, manager):
    test = step_test(clinic, campaign, state="ended")
    plan = from_json(campaign.sequence)
    first = replace(plan.steps[0], delay_days=2)
    campaign.sequence = as_json(replace(plan, steps=(first, *plan.steps[1:])))
    campaign.save()
    answer = manager.get(f"/wording-tests/{test.pk}/winner/?variant=evening", follow=True)
    assert "changed since it was tested" in answer.content.decode()


def test_ending_by_hand(clinic, campaign, manager):
    test = step_test(clinic, campaign)
    page = manager.post(f"/wording-tests/{test.pk}/end/", follow=True).content.decode()
    assert "What went on before goes on." in page
    assert "Ended before its first look: it says nothing." in page


def test_the_desk_may_look_and_not_act(clinic, campaign, signed_in):
    test = step_test(clinic, campaign, state="found")
    desk = signed_in(clinic, "front_desk")
    page = read(desk, f"/wording-tests/{test.pk}/")
    assert "Make it the plan" not in page
    for address in (
        f"/wording-tests/{test.pk}/winner/",
        f"/wording-tests/{test.pk}/end/",
        f"/campaigns/{campaign.pk}/tests/step/",
    ):
        assert desk.post(address).status_code == 403


def test_another_practices_test_is_not_there(clinic, campaign, signed_in):
    test = step_test(clinic, campaign)
    other = signed_in(make_clinic("oak-street"), "manager")
    for address in (
        f"/wording-tests/{test.pk}/",
        f"/wording-tests/{test.pk}/winner/",
        f"/wording-tests/{test.pk}/end/",
        f"/campaigns/{campaign.pk}/tests/step/",
    ):
        assert other.get(address).status_code == 404, address

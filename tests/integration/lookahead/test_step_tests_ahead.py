"""A running test of a step in the look ahead: equal parts by each arm, of the days and of the channels."""

import datetime as dt

import pytest

from rebook.core.lookahead.changes import Changes
from rebook.flow.lookahead.simulating import simulate
from rebook.flow.outreach.enrol import enrol
from rebook.flow.outreach.experiment_steps import state_step_test
from rebook.records.models import Campaign, Case, WordingTest
from support.outreach import DAY, NOW, make_clinic

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def clinic():
    made = make_clinic()
    for number in range(24):
        made.patient(number, email=True)
    made.campaign(daily_limit=24)
    return made


def tried(clinic, **changes):
    asked = {"metric": "booked", "baseline": 0.3, "effect": 0.5, "looks": 1, **changes}
    return state_step_test(
        organisation_id=clinic.id,
        campaign_id=Campaign.objects.get().pk,
        now=NOW - dt.timedelta(hours=5),
        actor="user:1",
        **asked,
    )


def look(clinic, days=12):
    (found,) = simulate(organisation_id=clinic.id, start_on=TODAY, days=days, now=NOW, plans=(Changes(),))
    return found.result


def by_day(result, channel):
    return {
        (line.on - TODAY).days: round(line.all.figures[channel].expected, 1)
        for line in result.days
        if line.all.figures[channel].expected > 0.5
    }


def test_a_channel_under_test_takes_half_of_the_first_contacts(clinic):
    before = look(clinic, days=4)
    assert before.total.figures["email"].expected == 0
    tried(clinic, position=0, element="channel", variants=["email"])
    after = look(clinic, days=4)
    texts, mails = (after.total.figures[name].expected for name in ("sms", "email"))
    assert texts == pytest.approx(before.total.figures["sms"].expected / 2, rel=0.02)
    assert mails == pytest.approx(texts, rel=0.1)


def test_half_of_the_second_contacts_come_on_the_other_arms_day(clinic):
    # Day 4 is a Sunday, on which nothing goes out.
    assert set(by_day(look(clinic), "email")) == {5}
    tried(clinic, position=1, element="delay", variants=["7"])
    after = by_day(look(clinic), "email")
    # In the look ahead a contact that waited for the Monday moves the next ones, and a holiday lies there.
    assert (min(after), len(after)) == (5, 2)
    assert 7 <= max(after) <= 9
    assert after[5] == pytest.approx(after[max(after)], rel=0.1)


def test_cases_under_way_behind_the_step_are_not_sent_it_again(clinic):
    enrol(organisation_id=clinic.id, as_of=TODAY, now=NOW)
    test_id = tried(clinic, position=1, element="delay", variants=["7"])
    Case.objects.update(step_index=5, next_step_at=NOW + 2 * DAY)
    after = look(clinic, days=6)
    assert after.total.figures["email"].expected == 0
    assert after.total.figures["phone"].expected > 15
    WordingTest.objects.filter(pk=test_id).update(state="ended", ended_at=NOW)
    assert look(clinic, days=6).total.figures["phone"] == after.total.figures["phone"]

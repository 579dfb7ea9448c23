"""R-C8: a rule from class 3 on that nobody looked at in time holds new campaigns back."""

import datetime as dt

import pytest

from rebook.flow.outreach.reviews import past_their_date
from rebook.flow.sign_off import sign_definition, withdraw_signature
from rebook.packs.gaps import gap_definitions
from rebook.records.read import campaigns as read
from support.outreach import DAY, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def grave():
    return next(
        one
        for one in gap_definitions(("primary_care",))
        if one.blocks_unsigned and one.valid_until and one.outreach == "yes"
    )


def reasons(clinic, campaign, at):
    view = read.campaign(organisation_id=clinic.id, campaign_id=campaign.pk)
    return list(past_their_date(organisation_id=clinic.id, campaign=view, now=at))


def late(rule):
    return dt.datetime.combine(rule.valid_until, dt.time(16), tzinfo=dt.UTC) + 2 * DAY


def named(found, rule):
    return [one for one in found if f"'{rule.words()}'" in one.detail]


def test_a_rule_past_its_date_stands_against_a_launch(clinic, grave):
    campaign = clinic.campaign(launched=False)
    assert reasons(clinic, campaign, NOW) == []
    found = named(reasons(clinic, campaign, late(grave)), grave)
    assert [one.rule for one in found] == ["rule_expired"]
    assert str(grave.valid_until) in found[0].detail


def test_a_campaign_that_does_not_touch_the_rule_may_start(clinic, grave):
    other = clinic.campaign(launched=False, segment={"definitions": ["primary_care.annual_visit"]})
    assert named(reasons(clinic, other, late(grave)), grave) == []


def test_a_signature_after_the_date_is_the_review(clinic, grave):
    campaign = clinic.campaign(launched=False)
    at = late(grave)
    signature = {
        "organisation_id": clinic.id,
        "definition_key": grave.key,
        "now": at,
        "actor": "user:1",
    }
    assert sign_definition(**signature, content_hash=grave.content_hash)
    assert named(reasons(clinic, campaign, at), grave) == []
    assert withdraw_signature(**signature, reason="not after all")
    assert named(reasons(clinic, campaign, at), grave) != []
    assert not withdraw_signature(**signature, reason="again")

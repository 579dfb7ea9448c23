"""Campaigns: made, launched only when safe, paused and resumed without a heap, ended."""

import pytest
from django.db import IntegrityError

from rebook.accounts.models import AuditEvent, Membership
from rebook.core.outcome.success import USUAL, success_json
from rebook.flow.outreach import approvals, campaigns, stops
from rebook.packs.outreach import templates
from rebook.records.models import Attempt, Campaign, Case, TemplateApproval
from support.outreach import DAY, HOUR, NOW, make_clinic

pytestmark = pytest.mark.django_db


def launch(clinic, campaign, at=NOW):
    campaigns.launch(organisation_id=clinic.id, campaign_id=campaign.pk, now=at, actor="user:1")


def refused(act, *arguments):
    with pytest.raises(campaigns.UnableToChange) as caught:
        act(*arguments)
    return {reason.rule for reason in caught.value.reasons}


def test_a_launch_freezes_the_sequence_and_leaves_a_trail(clinic):
    campaign = clinic.campaign(launched=False)
    assert (campaign.state, campaign.sequence) == ("draft", {})
    launch(clinic, campaign)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.launched_at) == ("active", NOW)
    assert [step["channel"] for step in campaign.sequence["steps"]][:3] == ["sms", "email", "phone"]
    # What counts as success is written out with the launch, and the calmer steps of a second try.
    assert campaign.plan["success"] == success_json(USUAL)
    assert len(campaign.plan["gentle"]["steps"]) == 2
    actions = list(AuditEvent.objects.filter(subject_kind="campaign").values_list("action", flat=True))
    assert actions == ["campaign.created", "campaign.approved", "campaign.launched"]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"name": "  "}, "needs a name"),
        ({"sequence_key": "nowhere.plan"}, "no sequence"),
        ({"daily_limit": 0}, "daily limit"),
        ({"holdout_percent": 51}, "holdout"),
        ({"owner_id": 10_000}, "does not work"),
        ({"purpose": "spam"}, "spam"),
        ({"segment": {"tiers": ["churned"]}}, "churned"),
        ({"segment": {"locations": [10_000]}}, "no site"),
    ],
)
def test_what_makes_no_sense_is_not_made(changed, problem, clinic):
    with pytest.raises(campaigns.UnableToCreate, match=problem):
        clinic.campaign(launched=False, **changed)
    assert not Campaign.objects.exists()


def test_two_campaigns_cannot_share_a_name(clinic):
    clinic.campaign(launched=False)
    with pytest.raises(campaigns.UnableToCreate, match="already"):
        clinic.campaign(launched=False)


def test_a_launch_names_everything_that_stands_against_it(db):
    clinic = make_clinic(approved=False)
    clinic.patient(language="es")
    campaign = clinic.campaign(launched=False, owner_id=None)
    Membership.objects.update(role="analyst")
    stops.stop_all(organisation_id=clinic.id, now=NOW, actor="user:1")
    with pytest.raises(campaigns.UnableToChange) as caught:
        launch(clinic, campaign)
    rules = {reason.rule for reason in caught.value.reasons}
    assert rules == {"no_owner", "no_task_owner", "stopped", "not_approved", "safety_unapproved"}
    said = str(caught.value)
    assert "(en)" in said
    assert "(es)" in said
    campaign.refresh_from_db()
    assert campaign.state == "draft"


def test_only_texts_in_use_have_to_be_signed_off(db):
    clinic = make_clinic(approved=False)
    campaign = clinic.campaign(launched=False, segment={"kinds": ["interval"]})
    for key, channel, against in (
        ("due_visit", "sms", {"not_approved", "safety_unapproved"}),
        ("due_visit", "email", {"not_approved", "safety_unapproved"}),
        ("due_visit", "phone", {"not_approved", "safety_unapproved"}),
        ("safety", "sms", {"safety_unapproved"}),
        ("safety_crisis", "sms", {"safety_unapproved"}),
    ):
        assert refused(launch, clinic, campaign) == against
        approvals.approve_template(
            organisation_id=clinic.id,
            template_key=key,
            channel=channel,
            language="en",
            now=NOW,
            actor=f"user:{clinic.manager.pk}",
        )
    launch(clinic, campaign)


def test_an_owner_who_left_cannot_own_a_launch(clinic):
    campaign = clinic.campaign(launched=False)
    Membership.objects.all().delete()
    assert "owner_left" in refused(launch, clinic, campaign)


def test_a_channel_that_is_switched_off_stands_against_a_launch(clinic):
    clinic.organisation.settings = {"channels": {"sms": "", "email": "", "phone": ""}}
    clinic.organisation.save()
    assert "no_channel" in refused(launch, clinic, clinic.campaign(launched=False))


def test_acts_out_of_order_are_refused(clinic):
    campaign = clinic.campaign(launched=False)
    of = {"organisation_id": clinic.id, "campaign_id": campaign.pk, "now": NOW, "actor": "user:1"}
    assert refused(lambda: campaigns.pause(**of)) == {"wrong_state"}
    assert refused(lambda: campaigns.resume(**of)) == {"wrong_state"}
    launch(clinic, campaign)
    assert refused(launch, clinic, campaign) == {"wrong_state"}
    campaigns.archive(**of)
    assert refused(lambda: campaigns.archive(**of)) == {"wrong_state"}


def test_another_organisations_campaign_is_not_there(clinic):
    campaign = clinic.campaign()
    oak = make_clinic("oak")
    of = {"organisation_id": oak.id, "campaign_id": campaign.pk, "now": NOW, "actor": "user:1"}
    assert refused(lambda: campaigns.pause(**of)) == {"no_campaign"}
    campaign.refresh_from_db()
    assert campaign.state == "active"


def test_a_pause_moves_everything_by_its_length(clinic, day):
    """Neither repeated nor caught up in a heap: what lay a day ahead lies a day ahead again."""
    campaign = clinic.campaign(daily_limit=10)
    for number in range(1, 31):
        clinic.patient(number, email=True)
    for number in range(3):
        day.run(NOW + number * DAY)
    sent_before = len(clinic.sms.sent) + len(clinic.email.sent)
    of = {"organisation_id": clinic.id, "campaign_id": campaign.pk, "actor": "user:1"}
    paused_at = NOW + 2 * DAY + HOUR
    ahead = dict(Case.objects.values_list("pk", "next_step_at"))
    campaigns.pause(**of, now=paused_at)
    for number in range(3, 20):
        day.run(NOW + number * DAY)
    assert len(clinic.sms.sent) + len(clinic.email.sent) == sent_before
    resumed_at = paused_at + 18 * DAY
    campaigns.resume(**of, now=resumed_at)
    after = dict(Case.objects.values_list("pk", "next_step_at"))
    assert {pk: at - ahead[pk] for pk, at in after.items()} == dict.fromkeys(after, 18 * DAY)
    day.run(resumed_at)
    # Nobody's next step had come due when it was paused, so nobody's is when it goes on.
    assert len(clinic.sms.sent) + len(clinic.email.sent) == sent_before
    references = [message.reference for message in [*clinic.sms.sent, *clinic.email.sent]]
    assert len(references) == len(set(references))


def test_what_waited_in_a_pause_still_goes_out_once(clinic, day):
    patient = clinic.patient()
    campaign = clinic.campaign()
    day.enrol()
    day.plan()
    of = {"organisation_id": clinic.id, "campaign_id": campaign.pk, "actor": "user:1"}
    campaigns.pause(**of, now=NOW)
    later = NOW + 9 * DAY
    assert day.send(later).looked_at == 0
    campaigns.resume(**of, now=later)
    day.run(later)
    # What waited was taken back and planned anew, with the words and the guard's answer of the day.
    assert clinic.attempts(patient) == [(0, "sms", "expired"), (0, "sms", "accepted")]
    assert len(clinic.sms.sent) == 1


def test_an_ended_campaign_sends_nothing_more(clinic, day):
    patient = clinic.patient()
    campaign = clinic.campaign()
    day.enrol()
    day.plan()
    campaigns.archive(organisation_id=clinic.id, campaign_id=campaign.pk, now=NOW, actor="user:1")
    day.run()
    assert clinic.attempts(patient) == [(0, "sms", "refused")]
    assert clinic.first_rule(patient) == "campaign_ended"
    assert clinic.sms.sent == []


def test_a_sign_off_is_bound_to_the_text_as_shown(clinic):
    text = templates()["due_visit", "sms", "en"]
    asked = {"organisation_id": clinic.id, "template_key": "due_visit", "channel": "sms", "language": "en"}
    with pytest.raises(approvals.UnableToApprove, match="changed"):
        approvals.approve_template(**asked, now=NOW, actor="user:1", content_hash="0" * 64)
    with pytest.raises(approvals.UnableToApprove, match="no sms text"):
        approvals.approve_template(**{**asked, "language": "vi"}, now=NOW, actor="user:1")
    assert TemplateApproval.objects.filter(content_hash=text.content_hash).exists()


def test_a_withdrawn_sign_off_can_be_given_again(clinic):
    asked = {"organisation_id": clinic.id, "template_key": "due_visit", "language": "en"}
    texts = [place for place in templates() if (place[0], place[2]) == ("due_visit", "en")]
    assert approvals.withdraw_template(**asked, now=NOW, actor="user:1") == len(texts) > 3
    assert approvals.withdraw_template(**asked, now=NOW, actor="user:1") == 0
    assert approvals.approve_template(**asked, channel="sms", now=NOW + HOUR, actor="user:2")
    assert not approvals.approve_template(**asked, channel="sms", now=NOW + HOUR, actor="user:2")
    row = TemplateApproval.objects.get(revoked_at=None, template_key="due_visit", language="en")
    assert (row.approved_by, row.approved_at) == ("user:2", NOW + HOUR)


@pytest.mark.parametrize(("scope", "key"), [("organisation", "x"), ("campaign", ""), ("planet", "earth")])
def test_a_stop_has_to_name_something(scope, key, clinic):
    with pytest.raises(stops.UnableToStop):
        stops.stop(organisation_id=clinic.id, scope=scope, key=key, now=NOW, actor="user:1")


def test_pressing_the_button_twice_stops_once(clinic):
    assert stops.stop_all(organisation_id=clinic.id, now=NOW, actor="user:1")
    assert not stops.stop_all(organisation_id=clinic.id, now=NOW, actor="user:2")
    assert stops.end_stop(organisation_id=clinic.id, now=NOW, actor="user:1")
    assert not stops.end_stop(organisation_id=clinic.id, now=NOW, actor="user:1")
    stopping = AuditEvent.objects.filter(subject_kind="organisation", action__startswith="stop.")
    actions = list(stopping.values_list("action", flat=True))
    assert actions == ["stop.started", "stop.ended"]


def test_the_ledger_itself_refuses_a_second_attempt_of_one_step(clinic, day):
    clinic.patient()
    clinic.campaign()
    day.run()
    row = Attempt.objects.get()
    row.pk, row.reference = None, "another"
    with pytest.raises(IntegrityError):
        row.save(force_insert=True)

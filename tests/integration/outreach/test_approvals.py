"""Signatures under texts and campaigns: who, until when, and what voids them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rebook.accounts.models import AuditEvent, Membership, User
from rebook.core.outreach.approval import BadRules
from rebook.flow.outreach import approvals, campaigns, texts
from rebook.flow.outreach.approval_queue import approval_queue
from rebook.flow.outreach.text_approvals import class_problem
from rebook.packs.drafting import Draft
from rebook.packs.outreach import templates
from rebook.records.models import Approval, Campaign, TemplateApproval, TextClass
from rebook.records.read.guard_subjects import subject_facts
from support.outreach import NOW, make_clinic

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def clinic():
    return make_clinic(approved=False)


def member(clinic, role):
    user = User.objects.create(email=f"{role}@{clinic.organisation.slug}.test", name=role)
    Membership.objects.create(organisation=clinic.organisation, user=user, role=role)
    return f"user:{user.pk}"


def sign(clinic, actor, *, now=NOW, **more):
    asked = {"template_key": "due_visit", "channel": "sms", "language": "en", **more}
    return approvals.approve_template(organisation_id=clinic.id, now=now, actor=actor, **asked)


def may_go_out(clinic, *, now=NOW):
    text = templates()["due_visit", "sms", "en"]
    answer = approvals.text_is_approved(
        organisation_id=clinic.id,
        template_key="due_visit",
        language="en",
        content_hash=text.content_hash,
        now=now,
    )
    facts = subject_facts(organisation_id=clinic.id, contacts=[], now=now)
    # What the guard is told is the same answer.
    assert (("due_visit", "en", text.content_hash) in facts.approvals) == answer
    return answer


def set_rules(clinic, **rules):
    return approvals.set_approval_rules(
        organisation_id=clinic.id, rules=rules, now=NOW, actor=f"user:{clinic.manager.pk}"
    )


def test_one_signature_of_whoever_may_sign_is_enough_unless_the_practice_asks_for_more(clinic):
    assert not may_go_out(clinic)
    assert sign(clinic, member(clinic, "compliance"))
    assert may_go_out(clinic)
    set_rules(clinic, template={"ordinary": ["clinical", "compliance"]})
    assert not may_go_out(clinic)
    assert sign(clinic, member(clinic, "clinician"))
    assert may_go_out(clinic)


def test_a_signature_runs_out_and_is_given_again(clinic):
    compliance = member(clinic, "compliance")
    set_rules(clinic, days=30)
    sign(clinic, compliance)
    assert may_go_out(clinic, now=NOW + 29 * DAY)
    assert not may_go_out(clinic, now=NOW + 30 * DAY)
    assert sign(clinic, compliance, now=NOW + 31 * DAY)
    assert may_go_out(clinic, now=NOW + 40 * DAY)
    assert Approval.objects.count() == 2


@pytest.mark.parametrize("role", ["front_desk", "writer", "analyst", "coordinator"])
def test_who_has_no_say_signs_nothing(role, clinic):
    with pytest.raises(approvals.UnableToApprove, match="only a clinician"):
        sign(clinic, member(clinic, role))
    assert not Approval.objects.exists()


def test_what_is_said_to_be_something_else_than_it_is_sent_as_is_refused(clinic):
    with pytest.raises(approvals.UnableToApprove, match="is sent as treatment recall"):
        sign(clinic, member(clinic, "compliance"), purpose="marketing", reason="it sells")
    assert not TemplateApproval.objects.exists()


def test_setting_up_signs_everything_once_in_the_roles_one_person_holds(clinic):
    manager = f"user:{clinic.manager.pk}"
    count = approvals.approve_all_in_use(organisation_id=clinic.id, now=NOW, actor=manager)
    assert count == len({text.content_hash for text in templates().values()})
    assert approvals.approve_all_in_use(organisation_id=clinic.id, now=NOW, actor=manager) == 0
    assert set(Approval.objects.values_list("role", flat=True)) == {"manager"}
    assert may_go_out(clinic)
    assert AuditEvent.objects.filter(action="templates.approved").count() == 1


@pytest.mark.parametrize(
    "rules",
    [
        {"days": 0},
        {"days": True},
        {"template": {"ordinary": []}},
        {"template": {"ordinary": ["the cat"]}},
        {"campaign": {"huge": ["any"]}},
        {"four_eyes": "yes"},
        {"phrases": {"en": ["Get it free today"]}},
        {"phrases": {"en": "Book here"}},
        {"surprise": 1},
    ],
)
def test_rules_that_make_no_sense_change_nothing(rules, clinic):
    sign(clinic, member(clinic, "compliance"))
    with pytest.raises(BadRules, match="approvals"):
        set_rules(clinic, **rules)
    assert may_go_out(clinic)


def draft(clinic):
    """A campaign that nobody signed."""
    made = campaigns.create_campaign(
        organisation_id=clinic.id,
        name="Due",
        segment={},
        sequence_key="primary_care.routine",
        owner_id=clinic.manager.pk,
        daily_limit=50,
        holdout_percent=0,
        now=NOW,
        actor=f"user:{clinic.manager.pk}",
    )
    return Campaign.objects.get(pk=made)


def standing(clinic, campaign, *, now=NOW):
    return approvals.campaign_approval(organisation_id=clinic.id, campaign_id=campaign.pk, now=now)


def sign_campaign(clinic, campaign, actor, *, now=NOW, content_hash=""):
    return approvals.approve_campaign(
        organisation_id=clinic.id, campaign_id=campaign.pk, now=now, actor=actor, content_hash=content_hash
    )


def change(campaign, **values):
    Campaign.objects.filter(pk=campaign.pk).update(**values)


def test_a_campaign_is_signed_as_it_was_shown_and_stays_so_through_its_launch(clinic):
    approvals.approve_all_in_use(organisation_id=clinic.id, now=NOW, actor="user:0")
    campaign = draft(clinic)
    before = standing(clinic, campaign)
    assert (before.state, [one.rule for one in before.missing]) == ("missing", ["needs_any"])
    with pytest.raises(approvals.UnableToApprove, match="has changed"):
        sign_campaign(clinic, campaign, f"user:{clinic.manager.pk}", content_hash="0" * 64)
    signed = sign_campaign(clinic, campaign, f"user:{clinic.manager.pk}", content_hash=before.content_hash)
    assert (signed.state, signed.missing) == ("approved", ())
    assert signed.expires_at == NOW + 365 * DAY
    campaigns.launch(organisation_id=clinic.id, campaign_id=campaign.pk, now=NOW, actor="user:1")
    assert standing(clinic, campaign).content_hash == before.content_hash
    assert standing(clinic, campaign).state == "approved"
    assert standing(clinic, campaign, now=NOW + 365 * DAY).state == "expired"


CHANGES = {
    "who": {"segment": {"who": "due", "filters": [{"field": "tier", "any_of": ["dormant"]}]}},
    "how many": {"daily_limit": 51},
    "the holdout": {"holdout_percent": 1},
    "the steps": {"sequence_key": "primary_care.check_in"},
    "the rest": {"rest_days": 3},
    "the purpose": {"purpose": "informational"},
    "the goal": {"goal_visits": 12},
    "the calendar": {"plan": {"success": {"interval": "visit_and_follow_up"}}},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_voids_what_was_signed_and_is_laid_beside_it(what, clinic):
    campaign = draft(clinic)
    sign_campaign(clinic, campaign, f"user:{clinic.manager.pk}")
    change(campaign, **CHANGES[what])
    found = standing(clinic, campaign)
    assert found.state == "changed"
    assert found.signed_before_at == NOW
    assert found.changes
    assert sign_campaign(clinic, campaign, f"user:{clinic.manager.pk}", now=NOW + DAY).is_approved
    # Going back to what was signed before needs nobody: that signature stands.
    change(campaign, segment=campaign.segment, daily_limit=50, holdout_percent=0, rest_days=None)
    change(
        campaign, sequence_key=campaign.sequence_key, purpose="treatment_recall", goal_visits=None, plan={}
    )
    assert standing(clinic, campaign).is_approved


def test_what_is_no_content_voids_nothing(clinic):
    campaign = draft(clinic)
    sign_campaign(clinic, campaign, f"user:{clinic.manager.pk}")
    change(campaign, name="Another name", owner=None)
    assert standing(clinic, campaign).is_approved


def test_offers_and_sensitive_lists_need_the_roles_that_answer_for_them(clinic):
    campaign = draft(clinic)
    change(campaign, purpose="marketing")
    manager, compliance = f"user:{clinic.manager.pk}", member(clinic, "compliance")
    assert [one.rule for one in sign_campaign(clinic, campaign, manager).missing] == ["needs_compliance"]
    assert sign_campaign(clinic, campaign, compliance).is_approved


def test_who_made_it_is_not_the_only_one_to_sign_where_the_practice_asks_so(clinic):
    set_rules(clinic, four_eyes=True)
    campaign = draft(clinic)
    mine = sign_campaign(clinic, campaign, f"user:{clinic.manager.pk}")
    assert [one.rule for one in mine.missing] == ["four_eyes"]
    assert sign_campaign(clinic, campaign, member(clinic, "clinician")).is_approved


def test_a_campaign_s_signatures_are_taken_back(clinic):
    campaign = draft(clinic)
    sign_campaign(clinic, campaign, f"user:{clinic.manager.pk}")
    taken = approvals.withdraw_campaign(
        organisation_id=clinic.id, campaign_id=campaign.pk, now=NOW, actor="user:1"
    )
    assert (taken, standing(clinic, campaign).state) == (1, "withdrawn")
    actions = AuditEvent.objects.filter(subject_kind="campaign").values_list("action", flat=True)
    assert {"campaign.approved", "campaign.approval_withdrawn"} <= set(actions)


def test_a_practice_that_asks_nobody_is_told_so(clinic):
    set_rules(clinic, campaign={"ordinary": []})
    assert standing(clinic, draft(clinic)).state == "not_needed"


def test_another_practice_s_signature_counts_for_nothing(clinic):
    other = make_clinic("ash", approved=True)
    assert not may_go_out(clinic)
    with pytest.raises(approvals.UnableToApprove, match="no campaign"):
        standing(other, draft(clinic))


def write_own(clinic, author, *, body=None):
    """The practice's own words for a visit that is due, published."""
    shipped = templates()["due_visit", "sms", "en"]
    draft = Draft(key="due_visit", channel="sms", language="en", body=body or shipped.body)
    texts.save_draft(organisation_id=clinic.id, draft=draft, now=NOW, actor=author)
    place = texts.Place("due_visit", "sms", "en")
    return texts.publish(organisation_id=clinic.id, place=place, now=NOW, actor=author)


def goes_out(clinic, text, *, now=NOW):
    return approvals.text_is_approved(
        organisation_id=clinic.id,
        template_key=text.key,
        language=text.language,
        content_hash=text.content_hash,
        now=now,
    )


def test_an_own_text_is_signed_anew_and_not_by_its_writer_alone_where_the_practice_asks_so(clinic):
    set_rules(clinic, four_eyes=True)
    writer = member(clinic, "compliance")
    sign(clinic, writer)
    assert may_go_out(clinic)
    body = templates()["due_visit", "sms", "en"].body
    mine = write_own(clinic, writer, body=body.replace("Pick a time", "Look at times"))
    assert not goes_out(clinic, mine)
    sign(clinic, writer)
    assert not goes_out(clinic, mine)
    sign(clinic, member(clinic, "clinician"))
    assert goes_out(clinic, mine)


def test_pre_approved_phrases_take_each_other_s_place_and_nothing_else_does(clinic):
    compliance = member(clinic, "compliance")
    set_rules(clinic, phrases={"en": ["Pick a time", "See open times"]})
    sign(clinic, compliance)
    body = templates()["due_visit", "sms", "en"].body
    assert "Pick a time" in body
    swapped = write_own(clinic, compliance, body=body.replace("Pick a time", "See open times"))
    assert goes_out(clinic, swapped)
    # It lasts no longer than what was signed.
    assert not goes_out(clinic, swapped, now=NOW + 365 * DAY)
    assert AuditEvent.objects.filter(action="template.approval_carried").count() == 1
    other = write_own(clinic, compliance, body=body.replace("Pick a time", "Look at times"))
    assert not goes_out(clinic, other)


def test_an_offer_in_a_recall_cannot_be_signed_by_anybody(clinic):
    text = templates()["due_visit", "email", "en"]
    mixed = replace(text, body=text.body + "\n20% off this week.")
    assert class_problem(mixed, "treatment_recall", ["compliance"], "it is fine").rule == "mixed"
    sells = replace(text, subject="News", body="20% off this week.", role="recall")
    assert class_problem(sells, "treatment_recall", ["clinical"], "it is fine").rule == "words_say_marketing"
    assert class_problem(sells, "treatment_recall", ["compliance"], " ").rule == "words_say_marketing"
    assert class_problem(sells, "treatment_recall", ["compliance"], "the word is a name") is None
    assert class_problem(replace(sells, purpose="marketing"), "marketing", ["manager"], "") is None


def test_an_own_text_that_was_withdrawn_leaves_the_shipped_one_signed(clinic):
    sign(clinic, member(clinic, "compliance"))
    approvals.withdraw_template(
        organisation_id=clinic.id, template_key="due_visit", language="en", now=NOW, actor="user:1"
    )
    assert not may_go_out(clinic)
    assert {one.revoked_by for one in Approval.objects.all()} == {"user:1"}


def test_the_queue_has_what_waits_first_and_tells_what_changed(clinic):
    compliance = member(clinic, "compliance")
    sign(clinic, compliance)
    body = templates()["due_visit", "sms", "en"].body
    write_own(clinic, compliance, body=body.replace("Pick a time", "Look at times"))
    waiting = approval_queue(organisation_id=clinic.id, now=NOW, language="en", page=1)
    every = [
        line
        for page in range(1, 20)
        for line in approval_queue(organisation_id=clinic.id, now=NOW, language="en", page=page).lines
    ]
    assert len(every) == waiting.waiting
    (changed,) = (line for line in every if line.changes)
    assert changed.key == "due_visit/sms/en"
    assert changed.standing.standing.state == "changed"
    words = [piece.text for one in changed.changes for piece in one.after if piece.kind == "new"]
    assert "Look" in " ".join(words)
    sign(clinic, compliance)
    after = approval_queue(organisation_id=clinic.id, now=NOW, show="signed", language="en")
    assert [line.key for line in after.lines] == ["due_visit/sms/en"]


def test_the_class_is_confirmed_apart_by_whoever_signs_and_completes_what_lacks_only_it(clinic):
    asked = {"template_key": "due_visit", "channel": "sms", "language": "en", "purpose": "treatment_recall"}
    with pytest.raises(approvals.UnableToApprove, match="says what a text is"):
        approvals.confirm_class(
            organisation_id=clinic.id, **asked, now=NOW, actor=member(clinic, "front_desk")
        )
    sign(clinic, member(clinic, "compliance"))
    TextClass.objects.all().delete()
    approvals.set_approval_rules(organisation_id=clinic.id, rules={}, now=NOW, actor="user:1")
    assert not may_go_out(clinic)
    approvals.confirm_class(organisation_id=clinic.id, **asked, now=NOW, actor=f"user:{clinic.manager.pk}")
    assert may_go_out(clinic)
    assert TextClass.objects.get().suggested == "treatment_recall"


SELLS = "{{ practice_name }}: 20% off frames in May. {{ link }} Reply STOP to end"
MIXED = "{{ practice_name }}: You are due for a visit. 20% off! {{ link }} Reply STOP to end"


def publish_as_marketing(clinic, body):
    draft = Draft(key="check_in", channel="sms", language="en", body=body, purpose="marketing")
    texts.save_draft(organisation_id=clinic.id, draft=draft, now=NOW, actor="user:1")
    place = texts.Place("check_in", "sms", "en")
    return texts.publish(organisation_id=clinic.id, place=place, now=NOW, actor="user:1")


def test_an_offer_goes_out_as_marketing_once_compliance_has_signed_and_never_with_a_recall(clinic):
    place = {"template_key": "check_in", "purpose": "marketing"}
    text = publish_as_marketing(clinic, SELLS)
    sign(clinic, f"user:{clinic.manager.pk}", **place)
    assert not goes_out(clinic, text)
    with pytest.raises(approvals.UnableToApprove, match="is sent as marketing"):
        sign(clinic, f"user:{clinic.manager.pk}", template_key="check_in", purpose="treatment_recall")
    sign(clinic, member(clinic, "compliance"), **place)
    assert goes_out(clinic, text)
    mixed = publish_as_marketing(clinic, MIXED)
    with pytest.raises(approvals.UnableToApprove, match="write two"):
        sign(clinic, member(clinic, "clinician"), **place)
    approvals.approve_all_in_use(organisation_id=clinic.id, now=NOW, actor="user:0")
    assert not goes_out(clinic, mixed)

"""Signatures under texts and campaigns: who, until when, and what voids them."""

from datetime import timedelta

import pytest

from rebook.accounts.models import AuditEvent, Membership, User
from rebook.core.outreach.approval import BadRules
from rebook.flow.outreach import approvals
from rebook.packs.outreach import templates
from rebook.records.models import Approval, Campaign, TemplateApproval
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


@pytest.fixture
def campaign(clinic):
    return clinic.campaign()


def standing(clinic, campaign, *, now=NOW):
    return approvals.campaign_approval(organisation_id=clinic.id, campaign_id=campaign.pk, now=now)


def sign_campaign(clinic, campaign, actor, *, now=NOW, content_hash=""):
    return approvals.approve_campaign(
        organisation_id=clinic.id, campaign_id=campaign.pk, now=now, actor=actor, content_hash=content_hash
    )


def change(campaign, **values):
    Campaign.objects.filter(pk=campaign.pk).update(**values)

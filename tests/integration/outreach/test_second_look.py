"""What reads like pressure, blame, an offer or health is signed with a named person's word, or not at all."""

import pytest

from rebook.accounts.models import AuditEvent, Membership, User
from rebook.flow.outreach import approvals, texts
from rebook.flow.outreach.approval_queue import approval_queue
from rebook.flow.outreach.second_looks import checked, is_shipped
from rebook.packs.drafting import Draft
from rebook.packs.outreach import templates
from rebook.records.models import Approval
from support.outreach import NOW, make_clinic

pytestmark = pytest.mark.django_db
CALM = "{{ practice_name }}: your yearly visit is due. {{ link }} Reply STOP to end"
PRESSES = "{{ practice_name }}: your seat stayed empty twice. A visit is due. {{ link }} Reply STOP to end"
FORBIDDEN = "{{ practice_name }}: last chance to book your visit. {{ link }} Reply STOP to end"


@pytest.fixture
def clinic():
    return make_clinic(approved=False)


def compliance(clinic):
    user = User.objects.create(email=f"compliance@{clinic.organisation.slug}.test", name="Cora")
    Membership.objects.create(organisation=clinic.organisation, user=user, role="compliance")
    return f"user:{user.pk}"


def publish(clinic, body):
    place = texts.Place("due_visit", "sms", "en")
    draft = Draft(key="due_visit", channel="sms", language="en", body=body)
    texts.save_draft(organisation_id=clinic.id, draft=draft, now=NOW, actor="user:1")
    return texts.publish(organisation_id=clinic.id, place=place, now=NOW, actor="user:1")


def sign(clinic, actor, **more):
    asked = {"template_key": "due_visit", "channel": "sms", "language": "en", **more}
    return approvals.approve_template(organisation_id=clinic.id, now=NOW, actor=actor, **asked)


def may_go_out(clinic, text):
    return ("due_visit", "en", text.content_hash) in approvals.approved_texts(
        organisation_id=clinic.id, now=NOW
    )


def test_a_calm_text_of_ones_own_is_signed_without_a_question(clinic):
    text = publish(clinic, CALM)
    assert not is_shipped(text)
    assert sign(clinic, compliance(clinic))
    assert may_go_out(clinic, text)
    assert not AuditEvent.objects.filter(action="template.second_look").exists()


@pytest.mark.parametrize("answer", ["", "   "])
def test_what_wants_a_second_look_is_not_signed_without_an_answer(answer, clinic):
    text = publish(clinic, PRESSES)
    with pytest.raises(approvals.UnableToApprove, match="read it again and say why it may stay"):
        sign(clinic, compliance(clinic), second_look=answer)
    assert not Approval.objects.exists()
    assert not may_go_out(clinic, text)


def test_the_answer_is_kept_with_who_gave_it_and_without_the_words(clinic):
    text = publish(clinic, PRESSES)
    actor = compliance(clinic)
    assert sign(clinic, actor, second_look="It is about the seats in our new room. " + "x" * 400)
    assert may_go_out(clinic, text)
    kept = AuditEvent.objects.get(action="template.second_look")
    assert (kept.actor, kept.detail["hash"]) == (actor, text.content_hash)
    assert kept.detail["answer"].startswith("It is about the seats")
    assert len(kept.detail["answer"]) == 300
    assert all(rule.startswith("look_") for rule in kept.detail["rules"])
    assert "stayed empty" not in str(kept.detail)


def test_it_is_asked_once_and_a_new_wording_is_asked_again(clinic):
    publish(clinic, PRESSES)
    actor = compliance(clinic)
    assert sign(clinic, actor, second_look="fine here")
    assert not sign(clinic, actor, second_look="fine here")
    assert AuditEvent.objects.filter(action="template.second_look").count() == 1
    publish(clinic, PRESSES.replace("twice", "three times"))
    with pytest.raises(approvals.UnableToApprove, match="read it again"):
        sign(clinic, actor)


def test_an_answer_does_not_open_what_a_list_forbids(clinic):
    with pytest.raises(texts.UnableToChangeText, match="no urgency or pressure"):
        publish(clinic, FORBIDDEN)


def test_signing_everything_at_once_leaves_it_for_a_person(clinic):
    text = publish(clinic, PRESSES)
    actor = compliance(clinic)
    approvals.approve_all_in_use(organisation_id=clinic.id, now=NOW, actor=actor)
    assert not may_go_out(clinic, text)
    shipped = templates()["due_visit", "sms", "es"]
    assert ("due_visit", "es", shipped.content_hash) in approvals.approved_texts(
        organisation_id=clinic.id, now=NOW
    )


def test_the_queue_shows_the_place_and_a_shipped_text_has_none(clinic):
    publish(clinic, PRESSES)
    pages = [
        approval_queue(organisation_id=clinic.id, now=NOW, language="en", page=number)
        for number in range(1, 9)
    ]
    by_key = {line.key: line.report for queue in pages for line in queue.lines}
    (look,) = by_key["due_visit/sms/en"].looks
    assert look.words == "your seat stayed empty twice"
    assert not by_key["due_visit/sms/en"].problems
    others = [one for key, one in by_key.items() if key != "due_visit/sms/en"]
    assert others
    assert not [one.looks for one in others if one.looks]
    assert checked(templates()["due_visit", "sms", "en"]).looks == ()

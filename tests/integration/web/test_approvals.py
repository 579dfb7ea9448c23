"""The pages on which texts and campaigns are signed."""

import re

import pytest

from rebook.accounts.models import AuditEvent
from rebook.flow.outreach import approvals, texts
from rebook.flow.outreach.library import template_library
from rebook.packs.drafting import Draft
from rebook.packs.outreach import sequences, templates
from rebook.records.models import Approval, Campaign, TemplateApproval

pytestmark = pytest.mark.django_db


@pytest.fixture
def compliance(clinic, signed_in):
    return signed_in(clinic, "compliance")


def form(text, **more):
    return {
        "key": text.key,
        "channel": text.place,
        "language": text.language,
        "variant": text.variant,
        "content_hash": text.content_hash,
        "purpose": text.purpose,
        **more,
    }


def shipped(clinic, key="due_visit", channel="sms", language="en"):
    return template_library(organisation_id=clinic.organisation.pk).find(key, channel, language)


def test_the_queue_shows_each_text_with_its_checks_and_a_signature_takes_it_off(compliance, clinic):
    page = compliance.get("/setup/approvals/?language=en").content.decode()
    assert "Nothing to say, with long values and with few." in page
    assert "sign as compliance" in page
    text = shipped(clinic)
    answer = compliance.post("/setup/approvals/sign/", form(text, of_language="en"), follow=True)
    assert answer.redirect_chain == [("/setup/approvals/?language=en", 302)]
    assert "Signed. The next one is open." in answer.content.decode()
    assert Approval.objects.get().role == "compliance"
    signed = compliance.get("/setup/approvals/?show=signed").content.decode()
    assert "Compliance: Compliance officer" in signed
    assert "Confirmed as care that is due by Compliance officer" in signed
    assert TemplateApproval.objects.filter(revoked_at=None).count() == 1
    taken = compliance.post(
        "/setup/approvals/withdraw/", {"key": text.key, "language": text.language}, follow=True
    )
    assert "Withdrawn: 1 texts no longer go out." in taken.content.decode()
    assert not TemplateApproval.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"content_hash": "1" * 64}, "has changed since it was shown"),
        ({"purpose": "marketing"}, "It is sent as treatment recall"),
        ({"purpose": "nonsense"}, "is none of"),
        ({"key": "no_such"}, "There is no sms text"),
    ],
)
def test_what_cannot_be_signed_is_said_on_the_queue(changed, says, compliance, clinic):
    answer = compliance.post("/setup/approvals/sign/", form(shipped(clinic), **changed), follow=True)
    assert says in answer.content.decode()
    assert not Approval.objects.exists()


@pytest.mark.parametrize("role", ["front_desk", "writer", "analyst", "coordinator"])
def test_others_look_and_do_not_sign(role, clinic, signed_in):
    client = signed_in(clinic, role)
    page = client.get("/setup/approvals/").content.decode()
    assert "I have read it" not in page
    assert client.post("/setup/approvals/sign/", form(shipped(clinic))).status_code == 403
    campaign = Campaign.objects.first()
    assert client.post(f"/campaigns/{campaign.pk}/approval/sign/").status_code == 403


def test_pages_that_make_no_sense_show_the_first(compliance):
    for query in ("page=0", "page=x", "page=99999999", "show=everything&language=xx"):
        assert compliance.get(f"/setup/approvals/?{query}").status_code == 200


def test_a_campaign_is_signed_on_its_page_and_a_change_is_laid_beside_it(clinic, signed_in):
    manager = signed_in(clinic, "manager")
    campaign = Campaign.objects.first()
    here = f"/campaigns/{campaign.pk}/approval/"
    page = manager.get(here).content.decode()
    assert "Not signed yet" in page
    assert "a clinician, compliance or the manager has not signed it" in page.lower()
    found = approvals.campaign_approval(
        organisation_id=clinic.organisation.pk, campaign_id=campaign.pk, now=clinic.now
    )
    stale = manager.post(f"{here}sign/", {"content_hash": "0" * 64}, follow=True).content.decode()
    assert "has changed since it was shown" in stale
    signed = manager.post(f"{here}sign/", {"content_hash": found.content_hash}, follow=True)
    assert "Signed. It can be launched." in signed.content.decode()
    Campaign.objects.filter(pk=campaign.pk).update(daily_limit=campaign.daily_limit + 7)
    page = manager.get(here).content.decode()
    assert "Changed since it was signed" in page
    assert "What changed since it was signed on" in page
    assert f"<ins>{campaign.daily_limit + 7}</ins>" in page
    assert f"<del>{campaign.daily_limit}</del>" in page
    manager.post(f"{here}sign/", follow=True)
    gone = manager.post(f"{here}withdraw/", follow=True).content.decode()
    assert "The signature was withdrawn" in gone
    assert manager.get("/campaigns/999999/approval/").status_code == 404


def test_who_signs_what_is_set_by_the_manager_and_counts_at_once(clinic, signed_in):
    manager = signed_in(clinic, "manager")
    text = shipped(clinic)
    manager.post("/setup/approvals/sign/", form(text))
    here = "/setup/approvals/rules/"
    good = {
        "template-ordinary": ["clinical", "manager"],
        "template-clinical": ["any"],
        "template-marketing": ["compliance"],
        "campaign-ordinary": ["any"],
        "days": "90",
        "four_eyes": "1",
        "phrases-en": "Pick a time\nSee open times",
    }
    assert "Saved." in manager.post(here, good, follow=True).content.decode()
    assert not TemplateApproval.objects.filter(revoked_at=None).exists()
    clinic.organisation.refresh_from_db()
    kept = clinic.organisation.settings["approvals"]
    assert (kept["days"], kept["four_eyes"], kept["campaign"]["marketing"]) == (90, True, [])
    assert kept["phrases"] == {"en": ["Pick a time", "See open times"]}
    for bad, says in (
        ({"days": "soon"}, "wants 1 to"),
        ({"template-ordinary": []}, "a text needs one signature"),
        ({"phrases-en": "Get 20% off"}, "phrase 1"),
    ):
        answer = manager.post(here, {**good, **bad})
        assert (answer.status_code, says in answer.content.decode()) == (422, True)
    desk = signed_in(clinic, "front_desk")
    page = desk.post(here, good).content.decode()
    assert "The manager or compliance sets this." in page


PRESSES = "{{ practice_name }}: your seat stayed empty twice. A visit is due. {{ link }} Reply STOP to end"


# What is said on the telephone is read by staff; only what is left on a machine is checked word by word.
SCRIPT = """## Open
Hello, this is {{ practice_name }}. There is complimentary tea for you.

## Voicemail
This is {{ practice_name }}. Please call us at {{ practice_phone }}.
"""


def published(clinic, body, key="due_visit", channel="sms"):
    of = {"organisation_id": clinic.organisation.pk, "now": clinic.now, "actor": "user:1"}
    texts.save_draft(draft=Draft(key=key, channel=channel, language="en", body=body), **of)
    return texts.publish(place=texts.Place(key, channel, "en"), **of)


def made_campaign(clinic, manager):
    """A draft, and the address of its texts."""
    manager.post(
        "/campaigns/new/",
        {
            "name": "Yearly visits",
            "gap_kind": ["interval"],
            "sequence_key": next(iter(sequences("dental"))),
            "owner_id": str(clinic.member("manager").pk),
            "daily_limit": "20",
            "holdout_percent": "5",
        },
    )
    made = Campaign.objects.get(name="Yearly visits")
    return f"/campaigns/{made.pk}/texts/"


def used_by(address, client, place="sms"):
    """A shipped text that the page asks to be signed."""
    page = client.get(address).content.decode()
    hashes = re.findall(r'name="content_hash" value="(\w+)"', page)
    return next(one for one in templates().values() if one.content_hash in hashes and one.place == place)


def test_a_campaigns_texts_are_signed_with_the_answers_that_to_approve_asks_for(clinic, signed_in):
    manager = signed_in(clinic, "manager")
    address = made_campaign(clinic, manager)
    text = published(clinic, PRESSES, key=used_by(address, manager).key)
    page = manager.get(address).content.decode()
    assert "A second look" in page
    assert "not forbidden" in page
    assert f'name="second_look-{text.content_hash}"' in page
    hashes = re.findall(r'name="content_hash" value="(\w+)"', page)
    said = manager.post(address, {"content_hash": hashes}, follow=True).content.decode()
    assert f"{len(hashes) - 1} signed; 1 could not be signed: read it again and say why it may stay" in said
    assert not TemplateApproval.objects.filter(content_hash=text.content_hash, revoked_at=None).exists()
    answers = {f"second_look-{text.content_hash}": "It is about our new chairs."}
    said = manager.post(address, {"content_hash": text.content_hash, **answers}, follow=True).content.decode()
    assert "The texts are signed." in said
    assert AuditEvent.objects.get(action="template.second_look").detail["answer"] == answers.popitem()[1]
    assert "A second look" not in manager.get(address).content.decode()


def test_a_campaigns_texts_ask_why_words_that_sell_are_no_marketing(clinic, signed_in):
    """Only compliance says so, with a reason; the manager may not (R-A5)."""
    manager, compliance = signed_in(clinic, "manager"), signed_in(clinic, "compliance")
    address = made_campaign(clinic, manager)
    text = published(clinic, SCRIPT, key=used_by(address, manager, place="phone").key, channel="phone")
    field = f"reason-{text.content_hash}"
    assert f'name="{field}"' in compliance.get(address).content.decode()
    posted = {"content_hash": text.content_hash, field: "It is tea, and no patient pays for tea here."}
    refused = manager.post(address, posted, follow=True).content.decode()
    assert "only compliance, with a reason, says otherwise" in refused
    without = compliance.post(address, {"content_hash": text.content_hash}, follow=True).content.decode()
    assert "0 signed; 1 could not be signed" in without
    compliance.post(address, posted)
    kept = TemplateApproval.objects.get(content_hash=text.content_hash, revoked_at=None)
    assert kept.template_key == text.key

"""Links in messages lead to the practice's own addresses, as Setup says, on every path (R-A91)."""

import pytest

from rebook.accounts import read as accounts
from rebook.accounts.models import AuditEvent
from rebook.flow.common.web_hosts import chosen_hosts, practice_hosts
from rebook.flow.outreach import approvals, texts
from rebook.flow.outreach.approval_queue import approval_queue
from rebook.flow.outreach.library import template_library
from rebook.flow.outreach.manual import send_manual
from rebook.flow.outreach.texts import Place, UnableToChangeText
from rebook.flow.outreach.web_hosts import MOST_HOSTS, UnableToChooseWebHosts, choose_web_hosts
from rebook.packs.drafting import Draft
from support.outreach import NOW, make_clinic

pytestmark = pytest.mark.django_db
OURS = "www.elmstreet.example"
BODY = f"{{{{ practice_name }}}}: time to come in. Pick a time: https://{OURS}/visit Reply STOP to end"
SMS = Place("due_visit", "sms", "en")


def choose(clinic, addresses):
    return choose_web_hosts(organisation_id=clinic.id, addresses=addresses, now=NOW, actor="user:1")


def publish(clinic):
    draft = Draft(SMS.key, SMS.channel, SMS.language, body=BODY)
    texts.save_draft(organisation_id=clinic.id, draft=draft, now=NOW, actor="user:1")
    return texts.publish(organisation_id=clinic.id, place=SMS, now=NOW, actor="user:1")


def write(clinic, patient, body):
    return send_manual(
        organisation_id=clinic.id, patient_id=patient.pk, channel="sms", body=body, now=NOW,
        actor="user:7", channels=clinic.channels,
    )  # fmt: skip


def problems_in_the_queue(clinic):
    """Rules that speak against the text where it is signed."""
    pages = (
        approval_queue(organisation_id=clinic.id, now=NOW, show="all", language="en", page=page)
        for page in range(1, 20)
    )
    lines = (line for page in pages for line in page.lines)
    line = next(one for one in lines if one.key.startswith("due_visit/sms"))
    return [one.rule for one in line.report.problems]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("elmstreet.example", ("elmstreet.example",)),
        (f"https://{OURS}/visit?x=1", (OURS,)),
        (f"  {OURS.upper()},\n{OURS} ", (OURS,)),
        ("arzt-müller.example", ("xn--arzt-mller-feb.example",)),
        ("a.example; b.example c.example", ("a.example", "b.example", "c.example")),
        ("", ()),
    ],
)
def test_addresses_are_kept_as_hosts(clinic, written, kept):
    assert choose(clinic, written) == kept
    organisation = accounts.organisation(organisation_id=clinic.id)
    assert chosen_hosts(organisation) == kept
    assert set(kept) <= practice_hosts(organisation)


@pytest.mark.parametrize(
    "written",
    ["bit.ly", "http://127.0.0.1/", "10.0.0.7", "localhost", "me@elm.example", "https://u:p@elm.example",
     "https://[bad", "two words.example!", "-elm.example", "x" * 300 + ".example",
     " ".join(f"p{number}.example" for number in range(MOST_HOSTS + 1))],
)  # fmt: skip
def test_what_is_nobodys_own_address_is_refused_and_changes_nothing(clinic, written):
    choose(clinic, OURS)
    with pytest.raises(UnableToChooseWebHosts):
        choose(clinic, written)
    assert chosen_hosts(accounts.organisation(organisation_id=clinic.id)) == (OURS,)


def test_a_text_may_lead_to_the_practices_own_page_once_setup_says_which(clinic):
    with pytest.raises(UnableToChangeText, match="somebody else's address"):
        publish(clinic)
    choose(clinic, "elmstreet.example")
    text = publish(clinic)
    assert approvals.approve_template(
        organisation_id=clinic.id, template_key="due_visit", channel="sms", language="en",
        content_hash=text.content_hash, now=NOW, actor=f"user:{clinic.manager.pk}",
    )  # fmt: skip
    library = template_library(organisation_id=clinic.id)
    assert library.find("due_visit", "sms", "en").content_hash == text.content_hash
    assert problems_in_the_queue(clinic) == []
    assert AuditEvent.objects.get(action="web_hosts.chosen").detail == {"hosts": ["elmstreet.example"]}


def test_taken_out_of_setup_the_text_no_longer_goes_out(clinic):
    choose(clinic, OURS)
    text = publish(clinic)
    choose(clinic, "")
    found = texts.check(
        organisation_id=clinic.id, draft=Draft(SMS.key, SMS.channel, SMS.language, body=text.body)
    )
    assert [one.partition(":")[0] for one in found.problems] == ["foreign_link"]
    assert "foreign_link" in problems_in_the_queue(clinic)


def test_one_practices_addresses_are_not_anothers(clinic):
    choose(clinic, OURS)
    other = make_clinic("oak")
    assert practice_hosts(accounts.organisation(organisation_id=other.id)) == frozenset()
    with pytest.raises(UnableToChangeText, match="somebody else's address"):
        publish(other)


def test_what_staff_type_leads_to_no_strange_address(clinic):
    patient = clinic.patient()
    words = "Elm Street Practice: the way to us is on {}. Reply to tell us."
    decision = write(clinic, patient, words.format("https://maps.elsewhere.example/x"))
    assert [(one.rule, "somebody else" in one.detail) for one in decision.reasons] == [
        ("message_problem", True)
    ]
    assert clinic.sms.sent == []
    choose(clinic, OURS)
    assert write(clinic, patient, words.format(f"https://{OURS}/way")).verdict == "allow"
    assert len(clinic.sms.sent) == 1

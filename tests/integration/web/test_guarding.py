"""Pages of the guard: what would be decided, requests for confidence, limits; who may do what."""

import pytest

from rebook.accounts.models import Organisation
from rebook.records.models import Campaign, ConfidentialRequest, NumberMark, SpecialApproval

pytestmark = pytest.mark.django_db
LIMITS = "/setup/limits/"


@pytest.fixture
def patient(clinic):
    return clinic.patients[0]


def says(client, answer):
    """What the next page says about the act."""
    assert answer.status_code == 302, answer.content[:300]
    return client.get(answer.url).content.decode()


def test_the_guard_page_answers_for_any_moment(clinic, signed_in, patient):
    client = signed_in(clinic)
    page = client.get(f"/patients/{patient.pk}/guard/?channel=sms&on=2026-12-25&at=20:00").content.decode()
    assert "Text message on Friday 25 December 2026, 8:00 pm" in page
    assert "Outside calling hours where the patient may be" in page
    assert "House rules" in page
    assert "The coming seven days" in page


@pytest.mark.parametrize(
    "query",
    ["?on=tomorrow", "?on=2026-13-45&at=99", "?channel=pigeon&purpose=fun&campaign=999999", "?campaign=x"],
)
def test_nonsense_in_the_question_is_answered_all_the_same(query, clinic, signed_in, patient):
    answer = signed_in(clinic).get(f"/patients/{patient.pk}/guard/{query}")
    assert answer.status_code == 200
    assert "May we contact them?" in answer.content.decode()


def test_another_practices_patient_has_no_such_page(clinic, signed_in, patient):
    client = signed_in(clinic)
    assert client.get("/patients/999999/guard/").status_code == 404
    assert client.get("/patients/999999/confidential/").status_code == 404
    assert client.post("/patients/999999/confidential/", {"channels": "sms"}).status_code == 404
    assert client.post("/patients/999999/confidential/end/").status_code == 404


def test_a_request_is_kept_changed_and_ended(clinic, signed_in, patient):
    client, here = signed_in(clinic), f"/patients/{patient.pk}/confidential/"
    asked = {
        "channels": ["letter", "email"],
        "opens": "17:00",
        "weekdays": ["1", "9"],
        "needs": ["large_print"],
    }
    assert "Kept. It binds every message" in says(client, client.post(here, asked))
    row = ConfidentialRequest.objects.get(ended_at__isnull=True)
    assert (row.channels, row.weekdays, row.needs) == (["email", "letter"], [1], ["large_print"])
    assert "Kept." in says(client, client.post(here, {"channels": ["sms"], "code_word": "bluebird"}))
    assert ConfidentialRequest.objects.filter(ended_at__isnull=True).get().code_word == "bluebird"
    assert ConfidentialRequest.objects.count() == 2
    assert "The ordinary rules count again" in says(client, client.post(here + "end/"))
    assert "Nothing was asked for" in says(client, client.post(here + "end/"))


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({}, "nothing was asked for"),
        ({"opens": "late"}, "a time could not be read"),
        ({"phone": "12"}, "number cannot be used"),
    ],
)
def test_a_request_that_cannot_be_kept_says_why(asked, problem, clinic, signed_in, patient):
    client = signed_in(clinic)
    assert problem in says(client, client.post(f"/patients/{patient.pk}/confidential/", asked))
    assert not ConfidentialRequest.objects.exists()


def test_who_only_reads_does_not_record_a_request(clinic, signed_in, patient):
    client = signed_in(clinic, "compliance")
    answer = client.post(f"/patients/{patient.pk}/confidential/", {"channels": ["letter"]})
    assert "Your role does not record this" in says(client, answer)
    assert not ConfidentialRequest.objects.exists()


def test_numbers_never_to_contact(clinic, signed_in):
    client = signed_in(clinic)
    asked = {"number": "(312) 555-0142", "kind": "blocked", "note": "ward 3"}
    page = says(client, client.post(LIMITS + "mark/", asked))
    assert "ward 3" in page
    mark = NumberMark.objects.get()
    assert mark.value == "+13125550142"
    assert "counts like any other" in says(client, client.post(f"{LIMITS}mark/{mark.pk}/end/"))
    assert "taken away already" in says(client, client.post(f"{LIMITS}mark/{mark.pk}/end/"))
    assert "Choose what is known" in says(client, client.post(LIMITS + "mark/", {"number": "1", "kind": "x"}))
    assert "Not kept" in says(client, client.post(LIMITS + "mark/", {"number": "12", "kind": "same"}))


def test_only_the_role_named_signs(clinic, signed_in):
    text = {"text": "due_visit|email|en"}
    manager = signed_in(clinic, "manager")
    assert "only compliance signs this" in says(
        manager, manager.post(LIMITS + "sign/", text | {"kind": "offer"})
    )
    compliance = signed_in(clinic, "compliance")
    for asked, problem in (
        (text | {"kind": "offer", "worth": "much"}, "could not be read"),
        (text | {"kind": "offer", "worth": "12.50"}, "no marketing text"),
        ({"kind": "offer"}, "Choose the text"),
        ({"kind": "offer", "text": "a|b|c"}, "no such text"),
    ):
        assert problem in says(compliance, compliance.post(LIMITS + "sign/", asked))
    assert not SpecialApproval.objects.exists()
    asked = text | {"kind": "sensitive_privacy"}
    assert "Signed." in says(compliance, compliance.post(LIMITS + "sign/", asked))
    signed = SpecialApproval.objects.get()
    assert (signed.kind, signed.template_key, signed.channel) == ("sensitive_privacy", "due_visit", "email")
    assert "Taken back" in says(compliance, compliance.post(f"{LIMITS}sign/{signed.pk}/end/"))
    assert "taken back already" in says(compliance, compliance.post(f"{LIMITS}sign/{signed.pk}/end/"))


def test_an_empty_practice_is_told_how_to_read_other_tools(quiet_clinic, signed_in):
    page = signed_in(quiet_clinic, "manager").get(LIMITS).content.decode()
    assert "rebook import contacts FILE.csv" in page
    assert "Nobody has signed anything." in page


def test_who_else_pays_and_what_the_name_tells(clinic, signed_in):
    client = signed_in(clinic, "manager")
    campaign = Campaign.objects.filter(organisation=clinic.organisation).first()
    asked = {"campaign": str(campaign.pk), "payer": "Acme Pharma"}
    assert "paid for by Acme Pharma" in says(client, client.post(LIMITS + "payer/", asked))
    assert "Nobody else pays" in says(client, client.post(LIMITS + "payer/", {"campaign": str(campaign.pk)}))
    for payer, problem in (("?", "name who pays"), (clinic.organisation.name.upper(), "the practice itself")):
        asked = {"campaign": str(campaign.pk), "payer": payer}
        assert problem in says(client, client.post(LIMITS + "payer/", asked))
    assert "no such campaign" in says(
        client, client.post(LIMITS + "payer/", {"campaign": "9999", "payer": "x"})
    )
    assert "says nothing about the kind" in says(client, client.post(LIMITS + "name/", {"is_neutral": "yes"}))
    kept = Organisation.objects.get(pk=clinic.organisation.pk)
    assert kept.settings["sender_is_neutral"] == kept.name
    assert signed_in(clinic).post(LIMITS + "name/", {"is_neutral": "no"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Hope Recovery Center", "Recovery"),
        ("x" * 61, "60 letters at most"),
        ("12345", "that is no name"),
        ("Elm www.elm.example", "no address, link"),
    ],
)
def test_a_shown_name_that_cannot_be_kept_says_why(name, problem, clinic, signed_in):
    client = signed_in(clinic, "manager")
    before = Organisation.objects.get(pk=clinic.organisation.pk).neutral_name
    page = says(client, client.post(LIMITS + "name/", {"name": name, "is_neutral": "yes"}))
    assert "Not kept" in page
    assert problem in page
    assert Organisation.objects.get(pk=clinic.organisation.pk).neutral_name == before


def test_a_neutral_name_is_shown_and_is_said_anew_for_another(clinic, signed_in):
    client = signed_in(clinic, "manager")
    Organisation.objects.filter(pk=clinic.organisation.pk).update(name="Riverside Addiction Clinic")
    assert '"Addiction" tells it' in client.get(LIMITS).content.decode()
    page = says(client, client.post(LIMITS + "name/", {"is_neutral": "yes"}))
    assert "tells what care this is" in page
    kept = client.post(LIMITS + "name/", {"name": "Riverside Health", "is_neutral": "yes"})
    page = says(client, kept)
    assert "<strong>Riverside Health</strong>. It says nothing about the kind of care." in page
    # The same yes does not stand for the next name.
    Organisation.objects.filter(pk=clinic.organisation.pk).update(neutral_name="Riverside Group")
    assert "It may tell what kind of care this is." in client.get(LIMITS).content.decode()

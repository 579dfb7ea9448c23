"""Setup, Numbers, and how a number came on the patient's page: what they show, keep, and refuse."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebook.records.models import ContactPoint, NumberMark, Visit

pytestmark = pytest.mark.django_db
HERE = "/setup/numbers/"


@pytest.fixture
def patient(clinic):
    return clinic.patients[0]


@pytest.fixture
def number(patient):
    return ContactPoint.objects.filter(patient=patient, system="phone").first()


def says(client, answer):
    assert answer.status_code == 302, answer.content[:300]
    return client.get(answer.url).content.decode()


def answers(text):
    return {"answers": SimpleUploadedFile("answers.csv", text.encode(), content_type="text/csv")}


def long_unseen(clinic, number):
    """Last seen 400 days ago, by nobody's verification."""
    Visit.objects.filter(patient=number.patient).delete()
    ContactPoint.objects.filter(pk=number.pk).update(state="unverified")
    Visit.objects.create(
        organisation=clinic.organisation,
        source=clinic.practice.source,
        external_id="long-ago",
        fact_hash=bytes(16),
        patient=number.patient,
        started_at=clinic.now - timedelta(days=400),
        visit_type="hygiene",
    )


def test_the_desk_writes_down_how_a_number_came(clinic, signed_in, patient, number):
    client = signed_in(clinic)
    page = client.get(f"/patients/{patient.pk}/").content.decode()
    assert "Nobody wrote down how it came" in page
    asked = {"source": "insurer", "given_on": "2026-03-17", "given_for": "appointments"}
    page = says(client, client.post(f"/contacts/{number.pk}/source/", asked))
    assert "An insurer or payer, Mar 17, 2026. For appointments only" in page
    number.refresh_from_db()
    assert (number.number_source, number.given_for) == ("insurer", ["appointments"])
    # And the guard says so on the same page.
    assert "not given by the patient" in page


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"source": "gossip"}, "choose how the number came"),
        ({"source": "insurer", "given_on": "soon"}, "the day could not be read"),
        ({"source": "insurer", "given_on": "2999-01-01"}, "lies in the future"),
        ({"source": "insurer", "given_for": "tea"}, "nobody knows one of the words"),
    ],
)
def test_nonsense_is_refused_with_its_reason(asked, problem, clinic, signed_in, number):
    client = signed_in(clinic)
    back = f"/patients/{number.patient_id}/"
    page = says(client, client.post(f"/contacts/{number.pk}/source/", asked | {"back": back}))
    assert problem in page
    assert "How to reach them" in page
    number.refresh_from_db()
    assert number.number_source == ""


def test_another_practices_number_is_not_there_and_readers_write_nothing(clinic, signed_in, number):
    assert signed_in(clinic).post("/contacts/999999/source/", {"source": "insurer"}).status_code == 404
    refused = signed_in(clinic, "compliance").post(f"/contacts/{number.pk}/source/", {"source": "insurer"})
    assert refused.status_code == 403


def test_the_page_counts_and_the_manager_says_it_of_all(clinic, signed_in, number):
    manager = signed_in(clinic, "manager")
    page = manager.get(HERE).content.decode()
    assert "taken as the patient&#39;s" in page
    key = clinic.practice.source.key
    page = says(manager, manager.post(HERE + "unknown/", {"system": key, "source": "patient_form"}))
    assert "Kept for" in page
    number.refresh_from_db()
    assert number.number_source == "patient_form"
    assert "Kept for 0" in says(
        manager, manager.post(HERE + "unknown/", {"system": key, "source": "insurer"})
    )
    assert "choose how" in says(manager, manager.post(HERE + "unknown/", {"system": key, "source": ""}))
    assert signed_in(clinic).post(HERE + "unknown/", {"system": key, "source": "other"}).status_code == 403


def test_the_rules_are_kept_and_nonsense_is_not(clinic, signed_in):
    manager = signed_in(clinic, "manager")
    asked = {"check_after_days": "45", "refuses_unknown_source": "yes"}
    page = says(manager, manager.post(HERE + "rules/", asked))
    assert "Without a sign of the patient for 45 days" in page
    assert "held back" in page
    assert "could not be read" in says(manager, manager.post(HERE + "rules/", {"check_after_days": "often"}))
    assert "14 to 730" in says(manager, manager.post(HERE + "rules/", {"check_after_days": "3"}))
    clinic.organisation.refresh_from_db()
    assert clinic.organisation.settings["guard"]["unchecked_number_days"] == 45
    assert "Old numbers are used unchecked" in says(manager, manager.post(HERE + "rules/", {}))


def test_the_file_goes_out_and_the_answers_come_in(clinic, signed_in, number):
    manager = signed_in(clinic, "manager")
    ContactPoint.objects.filter(pk=number.pk).update(value="+13125550142")
    number.refresh_from_db()
    long_unseen(clinic, number)
    file = manager.post(HERE + "file/", {"everything": "yes"})
    assert file.headers["Content-Disposition"].startswith('attachment; filename="numbers-')
    lines = file.content.decode().split()
    assert lines[0] == "tn,date"
    assert any(line.startswith("3125550142,") for line in lines)
    page = says(manager, manager.post(HERE + "answers/", answers("3125550142,2025-10-14,yes\n911,,no\n")))
    assert "Answers read: 2. 1 somebody else&#39;s" in page
    assert "1 turned away" in page
    assert NumberMark.objects.get().kind == "reassigned"
    assert "held back" in page


def test_a_bad_upload_is_told(clinic, signed_in):
    manager = signed_in(clinic, "manager")
    assert "Choose the file" in says(manager, manager.post(HERE + "answers/", {}))
    assert "Choose the file" in says(manager, manager.post(HERE + "answers/", answers("")))
    assert "no patient" not in says(manager, manager.post(HERE + "answers/", answers("a,b\nc,d\n")))
    assert not NumberMark.objects.exists()
    assert signed_in(clinic).post(HERE + "file/", {}).status_code == 403


def test_an_empty_practice_is_told_where_numbers_come_from(quiet_clinic, signed_in):
    page = signed_in(quiet_clinic, "manager").get(HERE).content.decode()
    assert "No number is in use" in page
    manager = signed_in(quiet_clinic, "manager")
    assert "No number is due" in says(manager, manager.post(HERE + "file/", {}))

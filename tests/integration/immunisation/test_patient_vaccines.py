"""From the ledger to the page: doses by source, coded conditions, the practice's choice."""

import datetime as dt
import shutil

import pytest
from django.test import Client

from rebook.accounts.models import AuditEvent
from rebook.core.immunisation.choices import ChoiceInvalid
from rebook.flow import immunisation as flow
from rebook.records.models import Condition
from support.clinic import make_clinic
from support.practice import NOW

pytestmark = pytest.mark.django_db

TODAY = dt.date(2025, 8, 1)


def condition(practice, patient, code, **values):
    return Condition.objects.create(
        organisation=practice.organisation,
        source=practice.source,
        external_id=f"c-{code}-{values.get('abated_on', '')}",
        fact_hash=bytes(16),
        patient=patient,
        system="http://snomed.info/sct",
        code=code,
        **values,
    )


def look(practice, patient, as_of=TODAY):
    return flow.patient_vaccines(organisation_id=practice.organisation.pk, patient_id=patient.pk, as_of=as_of)


def alpha(found):
    return next(one for one in found.review.gaps if one.group == "Alpha")


def test_nothing_is_judged_before_the_choice(practice, child):
    found = look(practice, child)
    assert (found.review.gaps, found.review.not_chosen) == ((), ("Alpha",))


def test_the_choice_is_kept_and_audited(practice, child, choose):
    choose(grace_days=10)
    kept = flow.choices(organisation_id=practice.organisation.pk)
    assert (kept.authorities["Alpha"], kept.registry_source, kept.grace_days) == ("CDC", "iis", 10)
    line = AuditEvent.objects.get(action="immunisation.chosen")
    assert (line.actor, line.detail["authorities"]) == ("user:7", {"Alpha": "CDC", "Beta": "CDC"})


def test_a_bad_choice_changes_nothing(practice, choose):
    with pytest.raises(ChoiceInvalid):
        choose(loaded="WHO")
    assert flow.choices(organisation_id=practice.organisation.pk).authorities == {}
    assert not AuditEvent.objects.filter(action="immunisation.chosen").exists()


def test_without_the_registry_somebody_looks_first(practice, child, choose, registry):
    registry(read=False)
    choose()
    found = look(practice, child)
    assert (alpha(found).state, alpha(found).contact) == ("overdue", "staff check")
    assert found.registry_read_at is None


def test_chart_and_registry_agree(practice, child, choose, registry):
    registry()
    choose()
    found = look(practice, child)
    assert (alpha(found).contact, alpha(found).risk_class) == ("outreach", 2)
    assert (found.schedule_version, found.registry_read_at) == ("", NOW)


def test_a_dose_that_only_the_registry_knows_counts(practice, child, choose, registry, dose):
    iis = registry()
    choose()
    dose(child, "2025-07-20", source=iis, code="3")
    found = look(practice, child)
    assert (alpha(found).dose_number, alpha(found).state) == (2, "later")


def test_a_vaccine_without_a_cvx_code_is_looked_at(practice, child, choose, registry, dose):
    registry()
    choose()
    dose(child, "2025-07-20", system="http://hl7.org/fhir/sid/ndc", code="49281-0510-05")
    found = look(practice, child)
    assert alpha(found).contact == "staff check"
    assert found.review.notes == (
        "vaccine code http://hl7.org/fhir/sid/ndc 49281-0510-05 is not in the schedule",
    )


def test_other_procedures_are_no_vaccines(practice, child, choose, registry, dose):
    registry()
    choose()
    dose(child, "2025-07-20", system="http://snomed.info/sct", code="73761001", name="p-1")
    assert look(practice, child).review.notes == ()
    dose(child, "2025-07-21", system="urn:oid:2.16.840.1.113883.12.292", code="999", name="p-2")
    assert look(practice, child).review.notes == ("vaccine code 999 is not in the schedule",)


def test_active_conditions_become_observations(practice, choose):
    choose()
    person = practice.patient(2, birth_on=dt.date(2020, 1, 1), sex="male")
    assert look(practice, person).review.gaps == ()
    condition(practice, person, "111", abated_on=dt.date(2024, 1, 1))
    assert look(practice, person).review.gaps == ()
    condition(practice, person, "111")
    assert alpha(look(practice, person)).contact == "clinician decides"


def test_doses_of_a_joined_record_belong_to_the_survivor(practice, child, choose, registry, dose):
    iis = registry()
    choose()
    double = practice.patient(5, birth_on=child.birth_on, merged_into=child)
    dose(double, "2025-07-20", source=iis)
    assert alpha(look(practice, child)).steps[0].startswith("2025-07-20 Alpha vaccine")


def test_without_a_birth_date_or_a_schedule_it_says_so(practice, child, schedule):
    nobody = practice.patient(3, birth_on=None)
    assert look(practice, nobody).why_not == "no_birth_date"
    mistyped = practice.patient(4, birth_on=dt.date(9205, 1, 1))
    assert look(practice, mistyped).why_not == "no_birth_date"
    general = schedule / "ScheduleSupportingData.xml"
    general.write_text(general.read_text().replace("24 days", "some days"))
    assert look(practice, child).why_not == "bad_schedule"
    assert "minConflictEndInterval: 'some days' is no span" in flow.loaded_schedule().problem
    shutil.rmtree(schedule)
    assert look(practice, child).why_not == "no_schedule"
    schedule.mkdir()
    assert look(practice, child).why_not == "no_schedule"


def test_nobody_sees_another_practices_patient(practice, child):
    other = make_clinic("other-street")
    assert (
        flow.patient_vaccines(organisation_id=other.organisation.pk, patient_id=child.pk, as_of=TODAY) is None
    )


@pytest.fixture
def signed_in():
    def sign_in(clinic, role):
        client = Client()
        client.force_login(clinic.member(role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def baby(clinic):
    return clinic.practice.patient(9, birth_on=clinic.today - dt.timedelta(days=200), sex="female")


FORM = {"authority:Alpha": "CDC", "loaded": "CDC", "registry_source": "", "grace_days": "28"}


def test_a_clinician_chooses_on_the_page_and_the_patients_page_answers(clinic, baby, signed_in):
    client = signed_in(clinic, "clinician")
    address = f"/patients/{baby.pk}/vaccines/"
    assert "until a clinician has chosen" in client.get(address).content.decode()
    answer = client.post("/setup/vaccines/choose/", FORM, follow=True)
    assert "Recorded." in answer.content.decode()
    page = client.get(address).content.decode()
    assert "Due now" in page
    assert "Check the record first" in page
    assert "The immunisation registry was not asked" in page
    assert "not before the age of 6 weeks" in page
    assert AuditEvent.objects.filter(action="patient.viewed").count() >= 1


def test_others_see_the_choice_and_cannot_change_it(clinic, signed_in):
    client = signed_in(clinic, "manager")
    assert "Only a clinician can choose" in client.get("/setup/vaccines/").content.decode()
    assert client.post("/setup/vaccines/choose/", FORM).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"grace_days": "many"}, "Days of grace: a whole number from 0 to 365 is wanted"),
        ({"authority:Alpha": "WHO"}, "an authority is one of AAP, CDC, state"),
        ({"loaded": ""}, "an authority is one of AAP, CDC, state"),
    ],
)
def test_a_wrong_form_is_refused_in_words(wrong, words, clinic, signed_in):
    client = signed_in(clinic, "clinician")
    answer = client.post("/setup/vaccines/choose/", {**FORM, **wrong}, follow=True)
    assert words in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/setup/vaccines/"
    assert flow.choices(organisation_id=clinic.organisation.pk).authorities == {}


def test_pages_without_a_schedule(clinic, baby, signed_in, schedule):
    shutil.rmtree(schedule)
    client = signed_in(clinic, "clinician")
    assert "No schedule yet" in client.get("/setup/vaccines/").content.decode()
    assert "No vaccine schedule is installed" in client.get(f"/patients/{baby.pk}/vaccines/").content.decode()
    answer = client.post("/setup/vaccines/choose/", FORM, follow=True)
    assert "no schedule to choose for" in answer.content.decode()


def test_a_schedule_gone_wrong_is_shown_with_its_place(clinic, baby, signed_in, schedule):
    general = schedule / "ScheduleSupportingData.xml"
    general.write_text(general.read_text().replace("24 days", "some days"))
    client = signed_in(clinic, "clinician")
    assert "ScheduleSupportingData.xml: liveVirusConflicts" in client.get("/setup/vaccines/").content.decode()
    assert "cannot be read" in client.get(f"/patients/{baby.pk}/vaccines/").content.decode()

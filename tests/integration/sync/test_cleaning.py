"""What the clean stage finds, marks and leaves alone; a second run changes nothing."""

from datetime import UTC, date, datetime

import pytest

from rebook.accounts.models import Organisation
from rebook.flow.clean import clean_records
from rebook.records.models import Appointment, ContactPoint, Patient, Source, Task, Visit

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 16, 13, tzinfo=UTC)
PHONE, OTHER = "+13125550123", "+13125550199"


@pytest.fixture
def practice(organisation: Organisation):
    source = Source.objects.create(organisation=organisation, key="ehr", kind="csv")

    class Practice:
        id = organisation.pk

        def person(self, number: int, *contacts: str, **values) -> Patient:
            given = {"given_name": f"Name{number}", "family_name": "Test", "birth_on": date(1980, 5, 17)}
            patient = Patient.objects.create(
                organisation=organisation,
                source=source,
                external_id=f"p{number}",
                fact_hash=bytes(16),
                **given | values,
            )
            for value in contacts:
                system = "email" if "@" in value else "phone"
                ContactPoint.objects.create(
                    organisation=organisation, patient=patient, system=system, value=value
                )
            return patient

        def row(self, model, patient: Patient, **values):
            return model.objects.create(
                organisation=organisation,
                source=source,
                external_id=f"x{patient.pk}",
                fact_hash=bytes(16),
                patient=patient,
                **values,
            )

        def clean(self):
            return clean_records(organisation_id=organisation.pk, now=NOW)

        def homes(self) -> list[set[str]]:
            """Who lives together, by external id."""
            found: dict[str, set[str]] = {}
            for key, who in Patient.objects.exclude(household_key="").values_list(
                "household_key", "external_id"
            ):
                found.setdefault(key, set()).add(who)
            return sorted(found.values(), key=sorted)

    return Practice()


def test_people_who_share_a_number_or_an_adult_are_one_household(practice):
    mother = practice.person(1, PHONE)
    practice.person(2, responsible_patient=mother)
    practice.person(3, PHONE, "home@example.org")
    practice.person(4, "home@example.org")
    practice.person(5, OTHER)
    assert practice.clean().households_changed == 4
    assert practice.homes() == [{"p1", "p2", "p3", "p4"}]
    assert practice.clean().changed == 0


def test_a_household_ends_when_nothing_is_shared_any_more(practice):
    practice.person(1, PHONE)
    practice.person(2, PHONE)
    practice.clean()
    ContactPoint.objects.filter(patient__external_id="p2").update(is_current=False)
    assert practice.clean().households_changed == 2
    assert practice.homes() == []


@pytest.mark.parametrize("state", ["invalid", "wrong_person"])
def test_a_number_that_does_not_reach_them_makes_no_household(practice, state):
    practice.person(1, PHONE)
    practice.person(2, PHONE)
    ContactPoint.objects.filter(patient__external_id="p2").update(state=state)
    practice.clean()
    assert practice.homes() == []


def test_a_switchboard_is_no_home(practice):
    for number in range(9):
        practice.person(number, PHONE)
    practice.clean()
    assert practice.homes() == []


def test_another_organisation_is_another_world(practice):
    elsewhere = Organisation.objects.create(slug="south", name="South", time_zone="America/Chicago")
    source = Source.objects.create(organisation=elsewhere, key="ehr", kind="csv")
    practice.person(1, PHONE)
    stranger = Patient.objects.create(
        organisation=elsewhere, source=source, external_id="p1", fact_hash=bytes(16), household_key="kept"
    )
    ContactPoint.objects.create(organisation=elsewhere, patient=stranger, system="phone", value=PHONE)
    assert practice.clean().changed == 0
    stranger.refresh_from_db()
    assert stranger.household_key == "kept"


ROSA = {"given_name": "Rosa", "family_name": "Núñez-Lopez"}
HOME = {"address_line": "12 Main St.", "postal_code": "60601"}
PAIRS = [
    # (older, younger, are they possibly one person)
    (ROSA | {"contacts": [PHONE]}, ROSA | {"contacts": [PHONE]}, True),
    (ROSA | HOME, {"given_name": "ROSA M", "family_name": "Núñez Lopez", "address_line": "12 MAIN ST"}
     | {"postal_code": "60601"}, True),
    # twins
    (ROSA | {"contacts": [PHONE]}, ROSA | {"given_name": "Ana", "contacts": [PHONE]}, False),
    # a junior
    (ROSA | {"contacts": [PHONE]}, ROSA | {"birth_on": date(2010, 5, 17), "contacts": [PHONE]}, False),
    # namesakes
    (ROSA | {"contacts": [PHONE]}, ROSA | {"contacts": [OTHER]}, False),
    (ROSA, ROSA, False),
    # no birth date, no claim
    (ROSA | HOME | {"birth_on": None}, ROSA | HOME | {"birth_on": None}, False),
]  # fmt: skip


@pytest.mark.parametrize(("older", "younger", "is_double"), PAIRS)
def test_possible_doubles(practice, older, younger, is_double):
    first, second = (
        practice.person(number, *values.get("contacts", []), **_without_contacts(values))
        for number, values in enumerate((older, younger))
    )
    summary = practice.clean()
    assert summary.possible_duplicates_marked == summary.duplicate_tasks_opened == int(is_double)
    second.refresh_from_db()
    first.refresh_from_db()
    assert second.exclusions == (["possible_duplicate"] if is_double else [])
    assert (first.exclusions, second.merged_into) == ([], None)
    assert practice.clean().changed == 0


def _without_contacts(values):
    return {name: value for name, value in values.items() if name != "contacts"}


def test_a_person_decides_about_a_double(practice):
    first = practice.person(1, PHONE, **ROSA)
    second = practice.person(2, PHONE, **ROSA)
    practice.clean()
    task = Task.objects.get()
    assert (task.kind, task.patient, task.owner_role) == ("data_quality", second, "front_desk")
    assert task.note == f"possible duplicate of patient {first.pk}"
    Task.objects.update(state="done", done_at=NOW, done_by="user:1")
    assert practice.clean().possible_duplicates_cleared == 1
    second.refresh_from_db()
    assert second.exclusions == []
    assert practice.clean().changed == 0
    assert Task.objects.count() == 1


def test_a_double_that_was_a_typing_error_settles_itself(practice):
    practice.person(1, PHONE, **ROSA)
    second = practice.person(2, PHONE, **ROSA)
    practice.clean()
    Patient.objects.filter(pk=second.pk).update(birth_on=date(1990, 1, 1))
    summary = practice.clean()
    assert (summary.possible_duplicates_cleared, summary.duplicate_tasks_settled) == (1, 1)
    assert Task.objects.get().state == "cancelled"


def test_the_dead_who_were_seen_or_are_booked_need_a_person(practice):
    dead = {"is_deceased": True, "deceased_on": date(2025, 1, 1)}
    seen = practice.person(1, **dead)
    practice.row(Visit, seen, started_at=datetime(2025, 6, 1, tzinfo=UTC))
    booked = practice.person(2, is_deceased=True)
    practice.row(Appointment, booked, status="booked", starts_at=datetime(2026, 6, 1, tzinfo=UTC))
    at_rest = practice.person(3, **dead)
    practice.row(Visit, at_rest, started_at=datetime(2025, 1, 20, tzinfo=UTC))
    assert practice.clean().deceased_seen_later == 2
    assert set(Task.objects.values_list("patient_id", flat=True)) == {seen.pk, booked.pk}
    assert Patient.objects.filter(is_deceased=True).count() == 3
    assert practice.clean().changed == 0


JUNK = [
    ("+15551234567", True), ("+13125551212", True), ("911", True), ("+1988", True), ("+10000000000", True),
    ("3333333333", True), (PHONE, False), ("+442079460018", False), ("+13129110000", False),
    ("none@none.com", True), ("noemail@example.org", False), ("no-mail@noemail.com", True),
    ("declined@test.com", True), ("rosa.test@example.org", False), ("nora@example.org", False),
]  # fmt: skip


@pytest.mark.parametrize(("value", "is_junk"), JUNK)
def test_contact_points_that_reach_nobody(practice, value, is_junk):
    practice.person(1, value)
    assert practice.clean().contact_points_junk == int(is_junk)
    point = ContactPoint.objects.get()
    assert (point.state, bool(point.state_reason)) == ("invalid" if is_junk else "unverified", is_junk)
    assert practice.clean().changed == 0


def test_a_number_that_somebody_verified_is_left_alone(practice):
    practice.person(1, "3333333333")
    ContactPoint.objects.update(state="verified")
    assert practice.clean().contact_points_junk == 0


def test_children_without_an_adult_are_counted(practice):
    child, grown = {"birth_on": date(2015, 1, 1)}, {"birth_on": date(2008, 3, 16)}
    mother = practice.person(1)
    practice.person(2, **child)
    practice.person(3, **child, responsible_patient=mother)
    practice.person(4, **grown)
    practice.person(5, **child, responsible_patient=practice.person(6, **child, is_deceased=True))
    assert practice.clean().minors_without_adult == 2

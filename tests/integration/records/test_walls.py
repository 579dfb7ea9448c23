"""The database itself keeps organisations apart and history unchanged (promises 3, 9)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from rebook.accounts import write as accounts
from rebook.accounts.scope import organisation_scope
from rebook.records.models import (
    Appointment,
    Consent,
    ContactPoint,
    Gap,
    Patient,
    Practitioner,
    SlotClaim,
    Source,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class House:
    """One organisation with one of everything that others could point at."""

    def __init__(self, slug: str) -> None:
        self.id = accounts.add_organisation(slug=slug, name=slug, time_zone="America/Chicago", pack_keys=[])
        self.location_id = accounts.add_location(
            organisation_id=self.id, external_id="one", name="One", time_zone="America/Chicago"
        )
        self.source = Source.objects.create(organisation_id=self.id, key="practice", kind="csv")
        told = {"organisation_id": self.id, "source": self.source, "fact_hash": b"0" * 16}
        self.practitioner = Practitioner.objects.create(**told, external_id="d1", name="Dr One")
        self.patient = Patient.objects.create(**told, external_id="p1", given_name="Ann", family_name="Lee")
        self.told = told


@pytest.fixture
def ours() -> House:
    return House("ours")


@pytest.fixture
def theirs() -> House:
    return House("theirs")


def gap(house: House, patient: Patient) -> Gap:
    return Gap.objects.create(
        organisation_id=house.id,
        patient=patient,
        definition_key="dental.hygiene",
        kind="interval",
        risk_class=1,
        due_on=date(2026, 1, 1),
        overdue_on=date(2026, 2, 1),
        tier="slipping",
        opened_on=date(2026, 3, 2),
    )


POINTING_ACROSS: list[tuple[str, Callable[[House, House], Any]]] = [
    ("gap to patient", lambda a, b: gap(a, b.patient)),
    (
        "contact point to patient",
        lambda a, b: ContactPoint.objects.create(
            organisation_id=a.id, patient=b.patient, system="phone", value="+18125550100"
        ),
    ),
    (
        "appointment to patient",
        lambda a, b: Appointment.objects.create(
            **a.told, external_id="a1", patient=b.patient, status="booked", starts_at=NOW
        ),
    ),
    (
        "patient to location",
        lambda a, b: Patient.objects.create(**a.told, external_id="p2", home_location_id=b.location_id),
    ),
    (
        "patient to responsible patient",
        lambda a, b: Patient.objects.create(**a.told, external_id="p3", responsible_patient=b.patient),
    ),
    (
        "patient to source",
        lambda a, b: Patient.objects.create(
            organisation_id=a.id, source=b.source, fact_hash=b"0" * 16, external_id="p4"
        ),
    ),
]


@pytest.mark.parametrize(("what", "write"), POINTING_ACROSS, ids=[what for what, _ in POINTING_ACROSS])
def test_no_row_points_into_another_organisation(
    ours: House, theirs: House, what: str, write: Callable[[House, House], Any]
) -> None:
    def write_and_check() -> None:
        with transaction.atomic():
            write(ours, theirs)
            connection.check_constraints()

    with pytest.raises(IntegrityError, match="same_organisation"):
        write_and_check()


def test_every_table_that_names_a_patient_has_the_wall() -> None:
    named = {
        model._meta.db_table
        for model in apps.get_app_config("records").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Patient and field.name == "patient"
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'records_patient'::regclass AND cardinality(conkey) = 2"
        )
        walled = {row[0] for row in cursor.fetchall()}
    assert named <= walled


def test_a_consent_line_is_never_changed_nor_deleted(ours: House) -> None:
    line = Consent.objects.create(
        organisation_id=ours.id, patient=ours.patient, channel="sms", state="revoked", origin="sms_reply",
        recorded_by="patient", at=NOW,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Consent.objects.filter(pk=line.pk).update(state="granted")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Consent.objects.filter(pk=line.pk).delete()


def claim(house: House, *, minutes: int, seat: int = 0, released: bool = False) -> SlotClaim:
    start = NOW + timedelta(minutes=minutes)
    return SlotClaim.objects.create(
        organisation_id=house.id,
        practitioner=house.practitioner,
        location_id=house.location_id,
        patient=house.patient,
        visit_type="hygiene",
        seat=seat,
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        held_at=NOW,
        released_at=NOW if released else None,
    )


def test_one_seat_is_claimed_once(ours: House) -> None:
    claim(ours, minutes=0)
    with pytest.raises(IntegrityError, match="slot_claimed_once"), transaction.atomic():
        claim(ours, minutes=29)


def test_what_does_not_overlap_may_stand_beside_it(ours: House) -> None:
    claim(ours, minutes=0)
    claim(ours, minutes=30)
    claim(ours, minutes=0, seat=1)
    claim(ours, minutes=0, released=True)
    assert SlotClaim.objects.count() == 4


def test_one_open_gap_per_definition(ours: House) -> None:
    gap(ours, ours.patient)
    with pytest.raises(IntegrityError, match="gap_open_once"), transaction.atomic():
        gap(ours, ours.patient)


class TestScope:
    """Inside a scope the database shows and takes one organisation's rows, whatever the code asks for."""

    def test_rows_of_others_are_not_there(self, ours: House, theirs: House) -> None:
        with organisation_scope(ours.id):
            assert set(Patient.objects.values_list("organisation_id", flat=True)) == {ours.id}
            assert not Patient.objects.filter(pk=theirs.patient.pk).exists()
        assert Patient.objects.filter(pk=theirs.patient.pk).exists()

    def test_rows_of_others_cannot_be_written(self, ours: House, theirs: House) -> None:
        def write_theirs() -> None:
            with organisation_scope(ours.id), transaction.atomic():
                gap(theirs, theirs.patient)

        with pytest.raises(ProgrammingError, match="row-level security"):
            write_theirs()

    def test_rows_of_others_cannot_be_changed(self, ours: House, theirs: House) -> None:
        with organisation_scope(ours.id):
            assert Patient.objects.filter(pk=theirs.patient.pk).update(city="Elsewhere") == 0

    def test_every_table_with_an_organisation_has_the_policy(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
                " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id'"
                " WHERE c.relkind = 'r' AND c.relname ~ '^(records|accounts)_'"
            )
            without = [table for table, is_forced in cursor.fetchall() if not is_forced]
        assert without == []

"""A practice in the ledger whose patients are written as in the spec tables."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "spec" / "gaps"))

from spec_tables import read_chart

from rebook.accounts.models import Location, Organisation
from rebook.records import models

NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)


class Practice:
    """Writes charts into the ledger; ``put`` answers with the patient's id there."""

    def __init__(self, *, slug="spec", pack_keys=("dental",), time_zone="UTC"):
        self.organisation = Organisation.objects.create(
            slug=slug, name="A practice", time_zone=time_zone, pack_keys=list(pack_keys)
        )
        self.id = self.organisation.pk
        self.source = models.Source.objects.create(organisation_id=self.id, key="spec", kind="csv")
        self.of = {"organisation_id": self.id, "source": self.source, "fact_hash": b"0"}
        self.count = 0

    def location(self, time_zone):
        return Location.objects.create(
            organisation_id=self.id, external_id=time_zone, name=time_zone, time_zone=time_zone
        )

    def put(self, text, **more):
        return self.put_chart(read_chart(text, patient_id=1), **more)

    def put_chart(self, chart, **more):
        one = chart.patient
        row = models.Patient.objects.create(
            **self.of,
            external_id=self._next("p"),
            given_name="Ana",
            family_name="Secret",
            birth_on=one.birth_on,
            sex=one.sex,
            is_deceased=one.is_deceased,
            deceased_on=one.deceased_on,
            left_practice_on=one.left_practice_on,
            value_cents=one.value_cents,
            exclusions=list(one.exclusions),
            **more,
        )
        self.add(row.pk, chart)
        return row.pk

    def add(self, patient_id, chart):
        """Add the facts of ``chart`` (or of its lines) to a patient who is there."""
        if isinstance(chart, str):
            chart = read_chart(chart, patient_id=1)
        of = {**self.of, "patient_id": patient_id}
        for one in chart.appointments:
            models.Appointment.objects.create(
                **of,
                external_id=self._next("a"),
                visit_type=one.visit_type,
                status=one.status,
                starts_at=one.starts_at,
                booked_at=one.booked_at,
                cancelled_at=one.cancelled_at,
                cancelled_by=one.cancelled_by,
            )
        for one in chart.visits:
            models.Visit.objects.create(
                **of, external_id=self._next("v"), visit_type=one.visit_type, started_at=one.started_at
            )
        for one in chart.procedures:
            models.Procedure.objects.create(
                **of,
                external_id=self._next("c"),
                kind=one.kind,
                performed_on=one.performed_on,
                system=one.system,
                code=one.code,
            )
        for one in chart.conditions:
            models.Condition.objects.create(
                **of,
                external_id=self._next("d"),
                kind=one.kind,
                onset_on=one.onset_on,
                abated_on=one.abated_on,
                system=one.system,
                code=one.code,
            )
        for one in chart.follow_ups:
            models.FollowUp.objects.create(
                **of,
                external_id=self._next("f"),
                visit_type=one.visit_type,
                recommended_on=one.recommended_on,
                due_on=one.due_on,
            )
        for one in chart.medications:
            names = ("kind", "started_on", "ended_on", "supply_until", "system", "code")
            values = {name: getattr(one, name) for name in names}
            models.Medication.objects.create(**of, external_id=self._next("m"), **values)
        for one in chart.pending:
            values = {field: value for field, value in asdict(one).items() if field != "id"}
            models.PendingItem.objects.create(**of, external_id=self._next("i"), **values)

    def _next(self, letter):
        self.count += 1
        return f"{letter}{self.count}"


@pytest.fixture(autouse=True)
def snapshots(settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path / "snapshots"
    return settings.SNAPSHOT_DIRECTORY


@pytest.fixture
def practice(db):
    return Practice()


@pytest.fixture
def make_practice(db):
    return Practice

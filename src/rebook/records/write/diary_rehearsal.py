"""An invented practice with a diary and patients to fill it: for benches and drills only."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rebook.records.models import (
    Campaign,
    Case,
    Gap,
    Patient,
    Practitioner,
    PractitionerHours,
    Source,
    VisitType,
)

VISIT_TYPE = "follow_up"
MINUTES = 30
TIMES_A_DAY = 10


@dataclass(frozen=True, slots=True)
class InventedCase:
    """A patient who was written to."""

    patient_id: int
    case_id: int
    birth_on: date


def add_diary(*, organisation_id: int, location_id: int, slots: int, today: date, now: datetime) -> None:
    """One practitioner with exactly ``slots`` free times, ten a day from the day after tomorrow on."""
    source, _ = Source.objects.get_or_create(
        organisation_id=organisation_id, key="rehearsal", defaults={"kind": "csv", "last_synced_at": now}
    )
    practitioner = Practitioner.objects.create(
        organisation_id=organisation_id,
        source=source,
        external_id="1",
        fact_hash=bytes(16),
        name="Test Practitioner",
        location_id=location_id,
    )
    VisitType.objects.create(
        organisation_id=organisation_id,
        key=VISIT_TYPE,
        label="Follow-up",
        minutes=MINUTES,
        is_self_bookable=True,
    )
    opens = datetime.combine(today, time(9))
    for number, first in enumerate(range(0, slots, TIMES_A_DAY)):
        day = today + timedelta(days=2 + number)
        times = min(TIMES_A_DAY, slots - first)
        PractitionerHours.objects.create(
            organisation_id=organisation_id,
            practitioner=practitioner,
            location_id=location_id,
            weekday=day.weekday(),
            starts=opens.time(),
            ends=(opens + timedelta(minutes=MINUTES * times)).time(),
            from_on=day,
            until_on=day,
        )


def add_cases(*, organisation_id: int, patients: int, today: date, now: datetime) -> list[InventedCase]:
    """Patients with an open gap and a case each."""
    source = Source.objects.get(organisation_id=organisation_id, key="rehearsal")
    people = Patient.objects.bulk_create(
        Patient(
            organisation_id=organisation_id,
            source=source,
            external_id=f"p{number}",
            fact_hash=bytes(16),
            given_name="Test",
            family_name=f"Person{number}",
            birth_on=date(1950, 1, 1) + timedelta(days=97 * number % 18_000),
            postal_code="60601",
        )
        for number in range(patients)
    )
    gaps = Gap.objects.bulk_create(
        Gap(
            organisation_id=organisation_id,
            patient=person,
            definition_key="rehearsal.visit",
            kind="interval",
            visit_type=VISIT_TYPE,
            risk_class=1,
            due_on=today,
            overdue_on=today,
            tier="dormant",
            opened_on=today,
        )
        for person in people
    )
    campaign = Campaign.objects.create(
        organisation_id=organisation_id,
        name="Rehearsal",
        state="active",
        sequence_key="rehearsal",
        launched_at=now,
    )
    cases = Case.objects.bulk_create(
        Case(organisation_id=organisation_id, campaign=campaign, patient=gap.patient, gap=gap, opened_at=now)
        for gap in gaps
    )
    return [
        InventedCase(one.patient_id, one.pk, one.patient.birth_on) for one in cases if one.patient.birth_on
    ]

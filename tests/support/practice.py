"""A small practice with a diary: one location in Chicago, one hygienist, mornings from nine to noon."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rebook.accounts.models import Location, Organisation
from rebook.core.booking import SlotChoice
from rebook.records.models import (
    Appointment,
    Campaign,
    Case,
    Gap,
    Patient,
    Practitioner,
    PractitionerHours,
    Source,
    VisitType,
)
from rebook.records.read.links import link_by_token
from rebook.records.write.links import add_link

CHICAGO = ZoneInfo("America/Chicago")
# A Monday, eight in the morning in Chicago.
NOW = dt.datetime(2026, 3, 16, 13, 0, tzinfo=dt.UTC)


@dataclass
class Practice:
    organisation: Organisation
    location: Location
    practitioner: Practitioner
    source: Source

    def at(self, day: int, hour: int, minute: int = 0) -> dt.datetime:
        """An instant in March 2026 on the practice's clock."""
        return dt.datetime(2026, 3, day, hour, minute, tzinfo=CHICAGO).astimezone(dt.UTC)

    def choice(self, day: int, hour: int, minute: int = 0) -> SlotChoice:
        return SlotChoice(self.practitioner.pk, self.location.pk, self.at(day, hour, minute))

    def patient(self, number: int = 1, **values) -> Patient:
        defaults = {
            "given_name": "Rosa",
            "family_name": f"Test{number}",
            "birth_on": dt.date(1980, 5, 17),
            "postal_code": "60601",
        }
        return Patient.objects.create(
            organisation=self.organisation,
            source=self.source,
            external_id=f"p{number}",
            fact_hash=bytes(16),
            **{**defaults, **values},
        )

    def case(self, patient: Patient, **values) -> Case:
        gap = Gap.objects.create(
            organisation=self.organisation,
            patient=patient,
            definition_key="dental.hygiene",
            kind="interval",
            visit_type="hygiene",
            risk_class=1,
            anchor_on=dt.date(2025, 3, 3),
            due_on=dt.date(2025, 9, 3),
            overdue_on=dt.date(2025, 10, 3),
            tier="slipping",
            opened_on=dt.date(2026, 3, 1),
        )
        campaign, _ = Campaign.objects.get_or_create(
            organisation=self.organisation, name="Cleaning", sequence_key="standard"
        )
        return Case.objects.create(
            organisation=self.organisation,
            campaign=campaign,
            patient=patient,
            gap=gap,
            opened_at=NOW,
            next_step_at=NOW,
            **values,
        )

    def token(self, patient: Patient, case: Case | None = None, *, now: dt.datetime = NOW) -> str:
        return add_link(
            organisation_id=self.organisation.pk,
            patient_id=patient.pk,
            case_id=case.pk if case else None,
            attempt_id=None,
            now=now,
            expires_at=now + dt.timedelta(days=60),
        )

    def link(self, patient: Patient, case: Case | None = None):
        return link_by_token(token=self.token(patient, case), now=NOW)

    def outside_appointment(self, patient: Patient, starts_at: dt.datetime, **values) -> Appointment:
        defaults = {"status": "booked", "ends_at": starts_at + dt.timedelta(minutes=30)}
        return Appointment.objects.create(
            organisation=self.organisation,
            source=self.source,
            external_id=f"a{Appointment.objects.count()}",
            fact_hash=bytes(16),
            patient=patient,
            practitioner=self.practitioner,
            location=self.location,
            visit_type="hygiene",
            starts_at=starts_at,
            **{**defaults, **values},
        )


def make_practice(slug: str = "elm-street", *, capacity: int = 1, **hours) -> Practice:
    organisation = Organisation.objects.create(
        slug=slug, name="Elm Street Dental", time_zone="America/Chicago", phone="+13125550100"
    )
    location = Location.objects.create(
        organisation=organisation,
        external_id="main",
        name="Main office",
        time_zone="America/Chicago",
        phone="+13125550100",
        address_line="12 Elm Street",
        city="Chicago",
        state="IL",
        postal_code="60601",
    )
    source = Source.objects.create(organisation=organisation, key="csv", kind="csv")
    practitioner = Practitioner.objects.create(
        organisation=organisation,
        source=source,
        external_id="h1",
        fact_hash=bytes(16),
        name="Kim Hygienist",
        location=location,
    )
    VisitType.objects.create(
        organisation=organisation, key="hygiene", label="Cleaning", minutes=30, is_self_bookable=True
    )
    for weekday in range(7):
        PractitionerHours.objects.create(
            organisation=organisation,
            practitioner=practitioner,
            location=location,
            weekday=weekday,
            starts=hours.get("starts", dt.time(9)),
            ends=hours.get("ends", dt.time(12)),
            capacity=capacity,
        )
    return Practice(organisation, location, practitioner, source)

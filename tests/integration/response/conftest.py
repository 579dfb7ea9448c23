import datetime as dt
from dataclasses import dataclass, field
from itertools import count

import pytest

from rebook.core.channel import InboundMessage
from rebook.flow import response
from rebook.records.models import Attempt, Case, ContactPoint, Patient
from support.clinic import Clinic
from support.practice import make_practice

# A Wednesday, eleven in the morning in Chicago.
NOW = dt.datetime(2026, 11, 18, 17, 0, tzinfo=dt.UTC)
_numbers = count(1)


@dataclass
class Thread:
    """A clinic that has texted one patient and waits for an answer."""

    clinic: Clinic
    patient: Patient
    case: Case
    attempt: Attempt
    now: dt.datetime = NOW
    received: list = field(default_factory=list)

    @property
    def organisation_id(self):
        return self.clinic.organisation.pk

    @property
    def phone(self):
        return self.patient.contact_points.get(system="phone")

    def says(self, body, *, of=None, channel="sandbox", now=None, provider_id="", has_attachment=False):
        message = InboundMessage(
            provider_message_id=provider_id or f"in-{next(_numbers)}",
            from_value=of or (self.phone.value if channel == "sandbox" else self.email.value),
            to_value="+13125550100",
            body=body,
            received_at=now or self.now,
            has_attachment=has_attachment,
        )
        return response.receive(
            organisation_id=self.organisation_id, channel=channel, message=message, now=now or self.now
        )

    @property
    def email(self):
        return self.patient.contact_points.get(system="email")

    def queue(self, point, *, channel, state="planned", patient=None, case=None, **values):
        """One more contact that waits to go out to a contact point."""
        return Attempt.objects.create(
            organisation=self.clinic.organisation,
            case=case,
            patient=patient or point.patient,
            channel=channel,
            contact_point=point,
            to_value=point.value,
            reference=f"queued-{next(_numbers)}",
            origin="manual" if case is None else "campaign",
            step_index=next(_numbers),
            state=state,
            planned_at=self.now,
            due_at=self.now,
            expires_at=self.now + dt.timedelta(days=2),
            # As staff typed it: no template to be signed off.
            purpose="operations",
            language="en",
            body="Elm Street: please call us about your records.",
            **values,
        )

    def fresh(self):
        self.case.refresh_from_db()
        return self.case


def make_thread(slug="elm-street", number=1, **patient):
    clinic = Clinic(make_practice(slug), now=NOW)
    clinic.organisation.phone = "+13125550100"
    clinic.organisation.save()
    person = clinic.patient(number, **patient)
    case = clinic.case(person, next_step_at=NOW + dt.timedelta(days=3))
    point = person.contact_points.get(system="phone")
    attempt = clinic.attempt(
        case,
        channel="sms",
        state="delivered",
        contact_point=point,
        to_value=point.value,
        sent_at=NOW - dt.timedelta(days=3),
        claimed_at=NOW - dt.timedelta(days=3),
        claimed_by="worker",
        reference=f"first-{next(_numbers)}",
    )
    return Thread(clinic, person, case, attempt)


@pytest.fixture
def thread(db):
    return make_thread()


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def share_number():
    """Give another patient the number of the thread's patient."""

    def share(thread, number=3, **values):
        other = thread.clinic.patient(number, **values)
        ContactPoint.objects.filter(patient=other, system="phone").update(value=thread.phone.value)
        return other

    return share

"""A small dental practice on an ordinary day: staff of every role, patients to call, messages to answer."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from rebook.accounts.models import Membership, Organisation, Role, User
from rebook.records.models import (
    Appointment,
    Attempt,
    Campaign,
    Case,
    ContactPoint,
    Gap,
    Patient,
    Reply,
    Task,
    Visit,
)
from support.practice import Practice, make_practice
from support.ready import be_ready

PASSWORD = "cleaning-window-harbour"
NAMES = (
    ("Rosa", "Delgado"), ("Marcus", "Bell"), ("Mei", "Tanaka"), ("Aisha", "Rahman"), ("Tom", "Whitfield"),
    ("Ines", "Ferreira"), ("Dana", "Kowalski"), ("Omar", "Haddad"),
)  # fmt: skip


@cache
def _hashed() -> str:
    """Hashing is slow on purpose; once is enough for a test run."""
    return make_password(PASSWORD)


@dataclass
class Clinic:
    practice: Practice
    now: dt.datetime
    staff: dict[str, User] = field(default_factory=dict)
    patients: list[Patient] = field(default_factory=list)

    @property
    def organisation(self) -> Organisation:
        return self.practice.organisation

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(ZoneInfo(self.organisation.time_zone)).date()

    def member(self, role: str, *, email: str = "") -> User:
        if role not in self.staff:
            user = User.objects.create(
                email=email or f"{role}@{self.organisation.slug}.example.org",
                password=_hashed(),
                name=Role(role).label,
            )
            Membership.objects.create(organisation=self.organisation, user=user, role=role)
            self.staff[role] = user
        return self.staff[role]

    def patient(self, number: int, **values) -> Patient:
        given, family = NAMES[number % len(NAMES)]
        defaults = {"given_name": given, "family_name": family, "language": "en", "external_id": f"c{number}"}
        patient = Patient.objects.create(
            organisation=self.organisation,
            source=self.practice.source,
            fact_hash=bytes(16),
            birth_on=dt.date(1950 + 5 * number, 4, 12),
            sex="female",
            home_location=self.practice.location,
            practitioner=self.practice.practitioner,
            postal_code="60601",
            **{**defaults, **values},
        )
        ContactPoint.objects.create(
            organisation=self.organisation,
            patient=patient,
            system="phone",
            value=f"+1312555{1200 + number}",
            line_type="mobile",
            state="verified",
        )
        ContactPoint.objects.create(
            organisation=self.organisation,
            patient=patient,
            system="email",
            value=f"person{number}@example.org",
        )
        last = self.now - dt.timedelta(days=420 + 10 * number)
        Visit.objects.create(
            organisation=self.organisation,
            source=self.practice.source,
            external_id=f"v{patient.pk}",
            fact_hash=bytes(16),
            patient=patient,
            visit_type="hygiene",
            started_at=last,
            location=self.practice.location,
        )
        self.patients.append(patient)
        return patient

    def somebody_who_comes(self) -> Patient:
        """Records like those of a practice that runs: seen yesterday and booked, due for nothing."""
        patient = Patient.objects.create(
            organisation=self.organisation,
            source=self.practice.source,
            external_id="regular",
            fact_hash=bytes(16),
            given_name="Rita",
            family_name="Regular",
            birth_on=dt.date(1979, 3, 2),
            language="en",
        )
        for number, days, status in ((1, -1, "fulfilled"), (2, 250, "booked")):
            Appointment.objects.create(
                organisation=self.organisation,
                source=self.practice.source,
                external_id=f"regular{number}",
                fact_hash=bytes(16),
                patient=patient,
                visit_type="hygiene",
                status=status,
                starts_at=self.now + dt.timedelta(days=days),
            )
        return patient

    def gap(self, patient: Patient, **values) -> Gap:
        last = self.today - dt.timedelta(days=420)
        defaults = {
            "definition_key": "dental.hygiene",
            "kind": "interval",
            "visit_type": "hygiene",
            "risk_class": 1,
            "anchor_on": last,
            "due_on": last + dt.timedelta(days=183),
            "overdue_on": last + dt.timedelta(days=213),
            "interval_days": 183,
            "tier": "dormant",
            "location": self.practice.location,
            "evidence": [
                {"rule": "anchor", "passed": None, "detail": f"last cleaning on {last}"},
                {"rule": "due", "passed": True, "detail": f"due since {last + dt.timedelta(days=183)}"},
            ],
            "rank": patient.pk,
            "rank_reasons": [{"rule": "overdue", "detail": "overdue for more than one interval"}],
            "opened_on": self.today - dt.timedelta(days=7),
        }
        return Gap.objects.create(organisation=self.organisation, patient=patient, **{**defaults, **values})

    def campaign(self, **values) -> Campaign:
        defaults = {
            "name": "Cleanings that are overdue",
            "state": "active",
            "sequence_key": "dental.routine",
            "sequence": {
                "steps": [{"channel": "sms", "delay_days": 0}, {"channel": "phone", "delay_days": 5}]
            },
            "owner": self.member("manager"),
            "launched_at": self.now - dt.timedelta(days=6),
        }
        found = Campaign.objects.filter(
            organisation=self.organisation, name=values.get("name", defaults["name"])
        )
        return found.first() or Campaign.objects.create(
            organisation=self.organisation, **{**defaults, **values}
        )

    def case(self, patient: Patient, **values) -> Case:
        gap = patient.gaps.filter(closed_on=None).first() or self.gap(patient)
        defaults = {"campaign": self.campaign(), "opened_at": self.now - dt.timedelta(days=5)}
        return Case.objects.create(
            organisation=self.organisation, patient=patient, gap=gap, **{**defaults, **values}
        )

    def attempt(
        self, case: Case, *, channel: str = "phone_task", state: str = "accepted", **values
    ) -> Attempt:
        defaults = {
            "reference": f"ref-{case.pk}-{channel}",
            "body": "Hello, this is Elm Street Dental. We would like to find a time for your next visit. "
            "Would you like to book one now?",
            "planned_at": self.now,
            "due_at": self.now,
            "expires_at": self.now + dt.timedelta(days=2),
            "template_key": "due_visit",
            "language": "en",
            "sent_at": self.now,
        }
        return Attempt.objects.create(
            organisation=self.organisation,
            case=case,
            patient=case.patient,
            channel=channel,
            state=state,
            **{**defaults, **values},
        )

    def call(self, patient: Patient, **values) -> Task:
        """A call to make, with its case and its script."""
        case = self.case(patient)
        attempt = self.attempt(case)
        defaults = {"urgency": 3, "due_at": self.now + dt.timedelta(hours=2)}
        return Task.objects.create(
            organisation=self.organisation,
            kind="call",
            patient=patient,
            case=case,
            attempt=attempt,
            owner_role="front_desk",
            opened_at=self.now,
            **{**defaults, **values},
        )

    def reply(
        self, patient: Patient | None, body: str, intent: str, *, minutes_ago: int = 30, **values
    ) -> Reply:
        return Reply.objects.create(
            organisation=self.organisation,
            channel="sandbox",
            provider_message_id=f"m{Reply.objects.count()}",
            from_value="+13125551200",
            body=body,
            received_at=self.now - dt.timedelta(minutes=minutes_ago),
            patient=patient,
            intents=[{"intent": intent, "level": 3, "matched": f"en.{intent}"}],
            intent=intent,
            **values,
        )

    def reply_task(self, reply: Reply, kind: str, **values) -> Task:
        defaults = {"urgency": 2, "due_at": self.now + dt.timedelta(hours=1), "owner_role": "front_desk"}
        return Task.objects.create(
            organisation=self.organisation,
            kind=kind,
            patient=reply.patient,
            reply=reply,
            opened_at=reply.received_at,
            **{**defaults, **values},
        )


def make_clinic(slug: str = "elm-street") -> Clinic:
    """An empty clinic with its diary and nobody to call."""
    practice = make_practice(slug)
    practice.organisation.pack_keys = ["dental"]
    practice.organisation.postal_address = "12 Elm Street, Chicago, IL 60601"
    practice.organisation.save()
    practice.source.last_synced_at = timezone.now() - dt.timedelta(hours=5)
    practice.source.save()
    be_ready(practice.organisation.pk, now=timezone.now())
    return Clinic(practice, now=timezone.now())


def make_busy_clinic() -> Clinic:
    """The clinic with five calls, a question, a red flag, and one put off to tomorrow."""
    clinic = make_clinic()
    clinic.somebody_who_comes()
    for number in range(5):
        clinic.call(clinic.patient(number), due_at=clinic.now + dt.timedelta(hours=number))
    Task.objects.filter(patient=clinic.patients[4]).update(call_back_at=clinic.now + dt.timedelta(days=1))
    asking = clinic.patient(5, language="es")
    clinic.case(asking)
    question = clinic.reply(asking, "¿Cuánto cuesta la limpieza?", "cost", minutes_ago=95)
    clinic.reply_task(question, "answer_reply")
    urgent = clinic.patient(6)
    flag = clinic.reply(urgent, "My jaw is swollen and I cannot swallow", "emergency", minutes_ago=3)
    clinic.reply_task(flag, "safety", urgency=0, owner_role="clinician", due_at=clinic.now)
    clinic.gap(clinic.patient(7), risk_class=3, visit_type="periodontal_maintenance")
    return clinic

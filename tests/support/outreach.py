"""A practice with patients to win back: one site in New York, a manager, approved texts."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field

from rebook.accounts.models import Location, Membership, Organisation, User
from rebook.channels.phone_task import PhoneTask
from rebook.core.channel import BadSignature, Capabilities, InboundBatch, SendResult
from rebook.flow.outreach import approvals, campaigns
from rebook.flow.outreach.dispatch import send_due
from rebook.flow.outreach.enrol import enrol
from rebook.flow.outreach.plan import plan_attempts
from rebook.flow.outreach.texts import Place, begin, publish, save_draft, text_file
from rebook.records.models import (
    Appointment,
    Attempt,
    Campaign,
    Case,
    Consent,
    ContactPoint,
    Gap,
    Patient,
    Source,
)
from support.ready import be_ready, sign_campaign

# A Wednesday, noon in New York.
NOW = dt.datetime(2026, 11, 18, 17, 0, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


class Vendor:
    """A channel that answers as it is told and remembers what it was given."""

    def __init__(self, kind="sms", *, key="", can_look_up=False):
        self.key = key or f"vendor_{kind}"
        self.capabilities = Capabilities(kind=kind, can_look_up=can_look_up)
        self.sent = []
        self.answers = {}
        self.known = {}
        self.before_answer = lambda message: None

    def send(self, message, *, now):
        self.sent.append(message)
        self.before_answer(message)
        answer = self.answers.get(
            message.to, SendResult(state="accepted", provider_message_id=f"v{len(self.sent)}")
        )
        if isinstance(answer, Exception):
            raise answer
        return answer

    def look_up(self, reference):
        return self.known.get(reference)

    def verify_signature(self, request):
        raise BadSignature("no webhooks")

    def parse_inbound(self, request, *, now):
        return InboundBatch()

    @property
    def numbers(self):
        return [message.to for message in self.sent]


@dataclass
class Clinic:
    organisation: Organisation
    location: Location
    source: Source
    manager: User
    sms: Vendor = field(default_factory=Vendor)
    email: Vendor = field(default_factory=lambda: Vendor("email"))

    @property
    def id(self):
        return self.organisation.pk

    @property
    def channels(self):
        return {"sms": self.sms, "email": self.email, "phone": PhoneTask()}

    def patient(self, number=1, *, phone=True, email=False, gap=True, **values):
        """Patient ``number`` with +1212555xxxx, perhaps an e-mail, and an open gap of that rank."""
        defaults = {
            "given_name": "Ana",
            "family_name": f"Test{number}",
            "birth_on": dt.date(1980, 5, 17),
            "language": "en",
            "time_zone": "America/New_York",
            "state": "NY",
            "home_location": self.location,
        }
        patient = Patient.objects.create(
            organisation=self.organisation,
            source=self.source,
            external_id=f"p{number}",
            fact_hash=bytes(16),
            **{**defaults, **values},
        )
        if phone:
            self.contact(patient, f"+1212555{number:04d}")
        if email:
            self.contact(patient, f"p{number}@example.org", system="email", line_type="")
        if gap:
            self.gap(patient, rank=number)
        return patient

    def contact(self, patient, value, *, system="phone", line_type="mobile", **values):
        return ContactPoint.objects.create(
            organisation=self.organisation,
            patient=patient,
            system=system,
            value=value,
            line_type=line_type,
            **{"state": "verified", **values},
        )

    def gap(self, patient, *, rank=1, **values):
        defaults = {
            "definition_key": "primary_care.annual_visit",
            "kind": "interval",
            "visit_type": "annual_visit",
            "risk_class": 1,
            "due_on": dt.date(2026, 5, 1),
            "overdue_on": dt.date(2026, 6, 1),
            "tier": "dormant",
            "opened_on": dt.date(2026, 6, 1),
        }
        return Gap.objects.create(
            organisation=self.organisation,
            patient=patient,
            location=self.location,
            rank=rank,
            **{**defaults, **values},
        )

    def campaign(self, *, launched=True, name="Due", holdout_percent=0, **values):
        asked = {
            "segment": {},
            "sequence_key": "primary_care.routine",
            "owner_id": self.manager.pk,
            "daily_limit": 50,
            **values,
        }
        campaign_id = campaigns.create_campaign(
            organisation_id=self.id,
            name=name,
            holdout_percent=holdout_percent,
            now=NOW,
            actor="user:1",
            **asked,
        )
        sign_campaign(self.id, campaign_id, now=NOW, actor=f"user:{self.manager.pk}")
        if launched:
            campaigns.launch(organisation_id=self.id, campaign_id=campaign_id, now=NOW, actor="user:1")
        return Campaign.objects.get(pk=campaign_id)

    def appointment(self, patient, starts_at, *, visit_type="annual_visit", status="booked"):
        return Appointment.objects.create(
            organisation=self.organisation,
            source=self.source,
            external_id=f"a{Appointment.objects.count()}",
            fact_hash=bytes(16),
            patient=patient,
            visit_type=visit_type,
            status=status,
            starts_at=starts_at,
        )

    def opt_out(self, *, patient=None, value="", channel="sms", at=NOW):
        return Consent.objects.create(
            organisation=self.organisation,
            patient=patient,
            contact_value=value,
            channel=channel,
            state="revoked",
            origin="sms_reply",
            wording="stop",
            recorded_by="patient",
            at=at,
        )

    def synced(self, at):
        """The practice's system was read to the end at this instant."""
        self.source.last_synced_at = at
        self.source.save()

    def case(self, patient):
        return Case.objects.get(patient=patient)

    def attempts(self, patient):
        """(step, channel, state) of each attempt to reach a patient, in order of planning."""
        rows = Attempt.objects.filter(patient=patient).order_by("pk")
        return [(row.step_index, row.channel, row.state) for row in rows]

    def first_rule(self, patient):
        """The first reason of the newest attempt."""
        return Attempt.objects.filter(patient=patient).order_by("-pk").first().reasons[0]["rule"]


def make_clinic(slug="elm", *, approved=True):
    organisation = Organisation.objects.create(
        slug=slug,
        name="Elm Street Practice",
        time_zone="America/New_York",
        phone="+12125550100",
        postal_address="1 Elm Street, New York, NY 10001",
        pack_keys=["primary_care"],
    )
    location = Location.objects.create(
        organisation=organisation,
        external_id="main",
        name="Elm Street",
        time_zone="America/New_York",
        state="NY",
    )
    source = Source.objects.create(organisation=organisation, key="pms", kind="csv", last_synced_at=NOW)
    manager = User.objects.create(email=f"manager@{slug}.example", name="Mo Manager")
    Membership.objects.create(organisation=organisation, user=manager, role="manager")
    if approved:
        approvals.approve_all_in_use(organisation_id=organisation.pk, now=NOW, actor="user:1")
    made = Clinic(organisation, location, source, manager)
    be_ready(organisation.pk, now=NOW)
    somebody_who_comes(made)
    return made


def somebody_who_comes(clinic):
    """Records like those of a practice that runs: seen yesterday and booked, due for nothing."""
    regular = clinic.patient(9000, phone=False, gap=False)
    clinic.appointment(regular, NOW - DAY, status="fulfilled")
    clinic.appointment(regular, NOW + 300 * DAY)


def second_wording_of(organisation, *, manager, change=None, language="en", approve=True):
    """Another way into the text message about a visit that is due, as wording "b"; its place."""
    change = change or (lambda body: body.replace("Pick a time:", "Choose your time:"))
    place = Place("due_visit", "sms", language, "b")
    main = begin(text_file(organisation_id=organisation.pk, place=Place("due_visit", "sms", language)))
    draft = dataclasses.replace(main, variant="b", body=change(main.body), review="human_reviewed")
    save_draft(organisation_id=organisation.pk, draft=draft, now=NOW, actor="user:1")
    publish(organisation_id=organisation.pk, place=place, now=NOW, actor="user:1")
    if approve:
        approvals.approve_all_in_use(organisation_id=organisation.pk, now=NOW, actor=f"user:{manager.pk}")
    return place


class Day:
    """The stages of a day at a clinic, at an instant of one's choice."""

    def __init__(self, clinic):
        self.clinic = clinic

    def enrol(self, at=NOW):
        return enrol(organisation_id=self.clinic.id, as_of=at.date(), now=at)

    def plan(self, at=NOW):
        return plan_attempts(organisation_id=self.clinic.id, now=at, channels=self.clinic.channels)

    def send(self, at=NOW, **more):
        return send_due(
            organisation_id=self.clinic.id, now=at, worker="w1", channels=self.clinic.channels, **more
        )

    def run(self, at=NOW):
        self.clinic.synced(at)
        self.enrol(at)
        self.plan(at)
        return self.send(at)

"""A story told twice: imagined by the replay, and lived through by the planner and the dispatcher."""

from dataclasses import dataclass, field

from django.db.models import Q

from rebook.channels.phone_task import PhoneTask
from rebook.core.channel import DeliveryReport, InboundMessage, SendResult
from rebook.core.outreach.replay_script import read_script
from rebook.core.outreach.sequence import as_json, next_step_at
from rebook.flow.outcome import close_cases
from rebook.flow.outreach.dispatch import record_reports, send_due
from rebook.flow.outreach.plan import plan_attempts
from rebook.flow.outreach.replay import replay
from rebook.flow.outreach.sequences_running import days_off
from rebook.flow.outreach.subject import House
from rebook.flow.response.receiving import receive
from rebook.records.models import (
    Attempt,
    AutomationHold,
    Campaign,
    Case,
    PassedStep,
    Patient,
    PatientLink,
    Visit,
)
from rebook.records.write.response import note_response, resume_case
from support.outreach import DAY, NOW, Vendor


class Post(Vendor):
    """A vendor with ids of its own; ``bouncing`` is shared, and the next message of any of them fails."""

    def __init__(self, kind, bouncing):
        super().__init__(kind)
        self.bouncing = bouncing

    def send(self, message, *, now):
        self.sent.append(message)
        if self.bouncing:
            self.bouncing.pop()
            return SendResult(state="failed", code="dead", failure="permanent_number")
        return SendResult(state="accepted", provider_message_id=f"{self.key}-{len(self.sent)}")


@dataclass
class Lived:
    """One case under a real planner and dispatcher, the clock moved from one due instant to the next."""

    clinic: object
    patient: object
    plan: object
    zone: str = "America/New_York"
    messages_arrive: bool = True
    channels: dict = field(default_factory=dict)

    def __post_init__(self):
        self.bouncing = []
        self.channels = {
            "sms": Post("sms", self.bouncing),
            "email": Post("email", self.bouncing),
            "phone": PhoneTask(),
        }

    @property
    def org(self):
        return self.clinic.id

    def open(self):
        campaign = Campaign.objects.create(
            organisation=self.clinic.organisation,
            name="Story",
            state="active",
            sequence_key=self.plan.key,
            sequence=as_json(self.plan),
            owner=self.clinic.manager,
            launched_at=NOW,
        )
        off = days_off(House(organisation_id=self.org), self.clinic.location.pk, now=NOW)
        return Case.objects.create(
            organisation=self.clinic.organisation,
            campaign=campaign,
            patient=self.patient,
            gap=self.patient.gaps.get(),
            opened_at=NOW,
            next_step_at=next_step_at(self.plan, step_index=0, anchor_at=NOW, zone=self.zone, holidays=off),
        )

    @property
    def case(self):
        return Case.objects.get(patient=self.patient)

    def live(self, script, *, days):
        events = list(read_script(script, starts_at=NOW, zone=self.zone))
        self.open()
        now, tick = NOW, NOW + DAY
        while True:
            now = max(min([tick, *self._due(), *(one.at for one in events[:1])]), now)
            if now > NOW + days * DAY or (self.case.outcome and not events):
                return
            self.clinic.synced(now)
            while events and events[0].at <= now:
                self._happen(events.pop(0), now)
            if now >= tick:
                close_cases(organisation_id=self.org, as_of=now.date(), now=now)
                tick += DAY
            # Until nothing moves any more at this instant: a bounce goes to the next way at once.
            for _ in range(8):
                if not self._work(now):
                    break

    def _due(self):
        case = self.case
        waiting = Attempt.objects.filter(case=case, origin="campaign", state__in=("planned", "deferred"))
        if case.closed_at is None and case.paused_at is None:
            yield from waiting.values_list("due_at", flat=True)
            if case.next_step_at and case.booked_at is None and not waiting.exists():
                yield case.next_step_at

    def _work(self, now):
        planned = plan_attempts(organisation_id=self.org, now=now, channels=self.channels)
        sent = send_due(organisation_id=self.org, now=now, worker="w1", channels=self.channels)
        if self.messages_arrive:
            fresh = Attempt.objects.filter(case=self.case, origin="campaign", state="accepted", sent_at=now)
            for one in fresh.exclude(provider_message_id="").exclude(channel="phone"):
                report = DeliveryReport(one.provider_message_id, "delivered", now)
                record_reports(organisation_id=self.org, channel=one.channel, reports=[report], now=now)
        return sent.looked_at or planned.planned or planned.passed_over or planned.refused

    def _happen(self, event, now):
        if self.case.outcome:
            return
        getattr(self, "_" + event.word.replace(" ", "_"))(event.argument, now)

    def _reply(self, words, now):
        phone = self.patient.contact_points.filter(system="phone").first()
        email = self.patient.contact_points.filter(system="email").first()
        point = phone or email
        message = InboundMessage(f"in-{now:%s}-{words[:9]}", point.value, "+12125550100", words, now)
        receive(
            organisation_id=self.org,
            channel="sandbox" if phone else "sandbox_email",
            message=message,
            now=now,
        )

    def _clicks(self, _, now):
        link = PatientLink.objects.filter(case=self.case).first()
        if link is None:
            link = PatientLink.objects.create(
                organisation=self.clinic.organisation, patient=self.patient, case=self.case,
                token_hash=f"hash-{self.patient.pk}", created_at=now, expires_at=now + 60 * DAY,
            )  # fmt: skip
        PatientLink.objects.filter(pk=link.pk).update(opened_at=now)

    def _reads(self, _, now):
        last = Attempt.objects.filter(case=self.case, origin="campaign", sent_at__isnull=False)
        last = last.exclude(provider_message_id="").order_by("-sent_at").first()
        if last and last.channel != "phone":
            report = DeliveryReport(last.provider_message_id, "read", now)
            record_reports(organisation_id=self.org, channel=last.channel, reports=[report], now=now)

    def _barrier(self, barrier, now):
        note_response(
            organisation_id=self.org, case_id=self.case.pk, barrier=barrier, is_reached=True, now=now
        )
        self._goes_on("", now)

    def _books(self, _, now):
        visit = self.clinic.appointment(self.patient, now + 14 * DAY)
        visit.booked_at = now
        visit.save()
        case = self.case
        case.appointment, case.booked_at, case.responded_at = visit, now, case.responded_at or now
        if case.paused_at is None:
            case.paused_at, case.pause_reason = now, "booked"
        case.save()

    def _comes(self, _, now):
        Visit.objects.create(
            organisation=self.clinic.organisation, source=self.clinic.source, external_id="came",
            fact_hash=bytes(16), patient=self.patient, visit_type="annual_visit", started_at=now,
            location=self.clinic.location,
        )  # fmt: skip

    def _bounces(self, _, now):
        self.bouncing[:] = ["next"]

    def _nothing_arrives(self, _, now):
        self.messages_arrive = False

    def _goes_on(self, _, now):
        AutomationHold.objects.filter(patient=self.patient).update(released_at=now)
        resume_case(organisation_id=self.org, case_id=self.case.pk)

    def _dies(self, _, now):
        Patient.objects.filter(pk=self.patient.pk).update(is_deceased=True)

    def told(self):
        """What there is to compare: sent, refused, passed over, how it ended."""
        rows = Attempt.objects.filter(case=self.case, origin="campaign").order_by("pk")
        gone = rows.filter(Q(sent_at__isnull=False) & ~Q(state="failed"))
        stopped = rows.filter(state__in=("refused", "expired", "failed"))
        passed = PassedStep.objects.filter(case=self.case).order_by("step_index")
        return {
            "sent": sorted((one.sent_at, one.step_index, one.channel) for one in gone),
            "stopped": sorted((one.step_index, one.channel, one.state) for one in stopped),
            "passed": [(one.step_index, one.reasons[0]["rule"]) for one in passed],
            "outcome": self.case.outcome,
        }


def imagined(lived, script, *, days):
    """The same story from the replay, in the same words."""
    told = replay(
        organisation_id=lived.org,
        patient_id=lived.patient.pk,
        sequence=lived.plan,
        events=read_script(script, starts_at=NOW, zone=lived.zone),
        starts_at=NOW,
        days=days,
        channels=lived.channels,
    )
    stopped = [line for line in told.lines if line.kind in ("refused", "expired", "failed")]
    return {
        "sent": sorted((line.at, line.step, line.channel) for line in told.sent),
        "stopped": sorted((line.step, line.channel, line.kind) for line in stopped),
        "passed": [(line.step, line.reasons[0].rule) for line in told.lines if line.kind == "passed_over"],
        "outcome": told.outcome,
    }, told

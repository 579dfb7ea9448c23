"""A case that is only imagined: one patient's real facts, changed in memory as the story goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from rebook.core.channel import Channel
from rebook.core.outcome import CaseAppointment, CaseFacts, CaseVisit
from rebook.core.outreach.guard import decide
from rebook.core.outreach.replay import ImaginedAttempt, LineKind, ReplayLine
from rebook.core.outreach.sequence import Sequence
from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason
from rebook.records.read.guard_subjects import (
    CaseRow,
    Contemplated,
    PastRow,
    SubjectFacts,
    subject_facts,
)
from rebook.records.read.replay import ReplayedCampaign, ReplayedPatient
from rebook.records.write.planning import DueCase, ReachableBy, reachable_by

from .details import details_of
from .experiment_arms import Arms
from .postal import postal_contacts, with_postal
from .subject import House, PlannedContact, subject_of

# No case of the ledger has it.
CASE = -1
PURPOSE = "treatment_recall"


@dataclass(slots=True)
class Imagined:
    """Everything that changes in a replay. Nothing of it is ever written."""

    house: House
    plan: Sequence
    channels: Mapping[str, Channel]
    arms: Arms
    zone: str
    case: DueCase
    facts: SubjectFacts
    reachable: dict[int, list[ReachableBy]]
    opened_at: datetime
    details: Mapping[str, str]
    # The running campaign that the story is told in: its tests of steps are gone through.
    campaign: ReplayedCampaign | None
    next_step_at: datetime | None
    pause_reason: str = ""
    outcome: str = ""
    has_booked: bool = False
    first_attempt_at: datetime | None = None
    last_attempt_at: datetime | None = None
    reached_at: datetime | None = None
    messages_arrive: bool = True
    next_bounces: bool = False
    # As if every text were signed off: to see a plan before its texts are.
    texts_are_signed: bool = False
    attempts: list[ImaginedAttempt] = field(default_factory=list)
    contacts: dict[int, PlannedContact] = field(default_factory=dict)
    tried: dict[int, set[str]] = field(default_factory=dict)
    appointments: list[CaseAppointment] = field(default_factory=list)
    visits: list[CaseVisit] = field(default_factory=list)
    lines: list[ReplayLine] = field(default_factory=list)

    @property
    def waiting(self) -> ImaginedAttempt | None:
        return next((one for one in self.attempts if one.waits), None)

    def tell(
        self,
        kind: LineKind,
        now: datetime,
        *,
        attempt: ImaginedAttempt | None = None,
        reasons: tuple[Reason, ...] = (),
        says: str = "",
        step: int | None = None,
    ) -> None:
        """Write one line of the story."""
        due = attempt.due_at if attempt and kind in ("planned", "deferred") else None
        place = attempt.place if attempt else step
        channel = attempt.channel if attempt else ""
        self.lines.append(ReplayLine(now, kind, place, channel, reasons, says, due))

    def judge(self, contact: PlannedContact, *, now: datetime) -> Decision:
        """The real guard on the facts as they stand in the story; the practice's records stay as fresh."""
        (asked,), addresses = postal_contacts(
            [contact], organisation_id=self.house.organisation.id, country=self.house.country
        )
        self.facts.contacts.update(addresses)
        subject = subject_of(self.house, asked, self.facts, now=now)
        age = self.opened_at - subject.data_as_of if subject.data_as_of else None
        if age is not None:
            subject = replace(subject, data_as_of=now - age)
        if self.texts_are_signed:
            subject = replace(subject, template_is_approved=True)
        policy = self.house.policy(frozenset(subject.jurisdictions), now=now)
        return decide(subject, policy, now=now)

    def remember(self, attempt: ImaginedAttempt, *, now: datetime) -> None:
        """A contact went out: it counts against the caps from now on."""
        asked = self.contacts[attempt.id].contemplated
        row = PastRow(
            id=attempt.id,
            patient_id=self.case.patient_id,
            household_key=self.case.household_key,
            to_value=asked.to_value,
            case_id=CASE,
            channel=attempt.channel,
            purpose=PURPOSE,
            origin="campaign",
            at=now,
        )
        self.facts.past_of.setdefault(self.case.patient_id, []).append(row)
        if self.case.household_key:
            self.facts.past_in.setdefault(self.case.household_key, []).append(row)
        if asked.to_value:
            self.facts.past_on.setdefault(asked.to_value, []).append(row)
        self.first_attempt_at = self.first_attempt_at or now
        self.last_attempt_at = now

    def case_facts(self) -> CaseFacts:
        """As the daily closing sees the case."""
        row = self.facts.cases[CASE]
        return CaseFacts(
            case_id=CASE,
            arm="contact",
            opened_at=self.opened_at,
            first_attempt_at=self.first_attempt_at,
            last_attempt_at=self.last_attempt_at,
            reached_at=self.reached_at,
            sequence_exhausted=self.next_step_at is None and not self.pause_reason and not self.waiting,
            is_paused=bool(self.pause_reason),
            risk_class=row.risk_class,
            satisfying=frozenset(self.house.satisfying(row)),
            patient_is_deceased=self.facts.people[self.case.patient_id].is_deceased,
            patient_has_left=self.facts.people[self.case.patient_id].left_practice_on is not None,
            gap_close_reason="",
            campaign_is_over=False,
            appointments=tuple(self.appointments),
            visits=tuple(self.visits),
        )


def imagine(
    house: House,
    plan: Sequence,
    person: ReplayedPatient,
    channels: Mapping[str, Channel],
    *,
    starts_at: datetime,
    campaign: ReplayedCampaign | None = None,
) -> Imagined:
    """A case of this patient that opens at ``starts_at``, with their facts as the ledger has them now."""
    org = house.organisation.id
    people = sorted({person.id, person.responsible_patient_id or person.id})
    found = reachable_by(organisation_id=org, patient_ids=people)
    asked = [
        Contemplated(person.id, None, one.id, one.value) for ways in found.values() for one in ways if one.id
    ]
    facts = subject_facts(
        organisation_id=org, contacts=asked or [Contemplated(person.id, None, None, "")], now=starts_at
    )
    facts.cases[CASE] = _case_row(person)
    ways = with_postal(
        found, organisation_id=org, country=house.country, patient_ids=people, channels=channels
    )
    return Imagined(
        house=house,
        plan=plan,
        channels=channels,
        arms=Arms(organisation_id=org, cases=[], as_case=campaign.case_id if campaign else 0),
        zone=person.time_zone or house.zone_of(person.home_location_id or person.location_id),
        case=_due_case(person)._replace(campaign_id=campaign.id if campaign else 0),
        facts=facts,
        reachable={owner: list(some) for owner, some in ways.items()},
        opened_at=starts_at,
        details=details_of(house.organisation, patient_ids=people).get(person.id, {}),
        campaign=campaign,
        next_step_at=None,
    )


def _case_row(person: ReplayedPatient) -> CaseRow:
    return CaseRow(
        id=CASE,
        campaign_id=0,
        arm="contact",
        closed_at=None,
        gap_closed_on=None,
        is_sensitive=bool(person.is_sensitive),
        risk_class=_class_of(person),
        definition_key=person.definition_key or "",
        kind=person.gap_kind or "interval",
        visit_type=person.visit_type or "",
        anchor_on=person.gap_anchor_on,
        location_id=person.location_id,
        outreach=person.outreach or "yes",
    )


def _due_case(person: ReplayedPatient) -> DueCase:
    return DueCase(
        id=CASE,
        campaign_id=0,
        step_index=0,
        purpose=PURPOSE,
        patient_id=person.id,
        given_name=person.given_name,
        birth_on=person.birth_on,
        language=person.language,
        preferred_channel=person.preferred_channel,
        time_zone=person.time_zone,
        home_location_id=person.home_location_id,
        responsible_patient_id=person.responsible_patient_id,
        gap_kind=person.gap_kind or "interval",
        gap_anchor_on=person.gap_anchor_on,
        location_id=person.location_id,
        household_key=person.household_key,
        position=0,
        sequence_version=0,
        risk_class=_class_of(person),
        tier=person.tier or "",
        barrier="",
        was_delivered=False,
        was_read=False,
        has_clicked=False,
        has_replied=False,
        preferred_day_part=person.preferred_day_part,
    )


def _class_of(person: ReplayedPatient) -> int:
    return 1 if person.risk_class is None else person.risk_class

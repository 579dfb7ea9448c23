"""Asks the guard: fills ``GuardSubject`` from the ledger for a whole batch, and decides."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from rebook.accounts import read as accounts
from rebook.core.channel import ChannelKind
from rebook.core.outreach.guard import decide
from rebook.core.outreach.guard_consent import is_from_patient
from rebook.core.outreach.message import Template
from rebook.core.outreach.number_source import purposes_of
from rebook.core.outreach.values import (
    AppointmentView,
    ConsentStatement,
    ContactView,
    Decision,
    GuardPolicy,
    GuardSubject,
    HoldView,
    Origin,
    PastContact,
    Purpose,
    StopView,
)
from rebook.flow.common.capacity import free_times_left
from rebook.packs.gaps import gap_definitions
from rebook.packs.outreach import guard_policy, is_review_due, plausible_places
from rebook.records.read.guard_subjects import CaseRow, Contemplated, PersonRow, SubjectFacts, subject_facts
from rebook.records.read.places import review_days

from .circumstances import circumstances, given_at
from .postal import postal_contacts


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """One contact to put before the guard, with what its planner knows of it."""

    contemplated: Contemplated
    origin: Origin
    purpose: Purpose
    channel: ChannelKind
    channel_key: str
    channel_is_open: bool
    channel_is_manual: bool
    due_at: datetime
    expires_at: datetime
    template_key: str = ""
    template_hash: str = ""
    language: str = ""
    template_is_generic: bool = False
    message_problems: tuple[str, ...] = ()
    # The words that would go out, with their subject; empty where nobody has written them yet.
    text: str = ""
    template: Template | None = None
    is_postcard: bool = False


class House:
    """What is the same for every contact of one organisation: places, limits, definitions."""

    def __init__(self, *, organisation_id: int) -> None:
        self.organisation = accounts.organisation(organisation_id=organisation_id)
        self.locations = {one.id: one for one in accounts.locations(organisation_id=organisation_id)}
        self.country = self.organisation.jurisdiction.partition("-")[0].upper() or "US"
        # What capacity found for one instant (flow/outreach/capacity).
        self.capacity: dict[str, Any] = {}
        self._overrides = json.dumps(self.organisation.settings.get("guard") or {}, sort_keys=True)
        self._satisfying = {
            one.key: tuple(
                dict.fromkeys((one.visit_type, *one.satisfied_by_visit_types, *one.satisfied_by_appointments))
            )
            for one in gap_definitions(tuple(self.organisation.pack_keys))
        }

    def policy(self, jurisdictions: frozenset[str], *, now: datetime) -> GuardPolicy:
        on = now.date()
        # What the practice itself reviewed matters only where the packs' own reviews are a year old (R-A77).
        reviewed = review_days(organisation_id=self.organisation.id) if is_review_due(on=on) else {}
        years = (now.year, now.year + 1)
        return _policy(jurisdictions, years, self._overrides, on, tuple(sorted(reviewed.items())))

    def room_for(self, case: CaseRow | None) -> int | None:
        """Free times left of the case's kind of visit; None where nothing is known to limit it (R-A192)."""
        if case is None:
            return None
        return free_times_left(
            self.capacity,
            organisation_id=self.organisation.id,
            visit_type=case.visit_type,
            risk_class=case.risk_class,
        )

    def zone_of(self, location_id: int | None) -> str:
        """The IANA zone of a site; the practice's own where there is none."""
        site = self.locations.get(location_id or 0)
        return (site.time_zone if site else "") or self.organisation.time_zone

    def places(
        self, person: PersonRow, *, location_id: int | None, phone: str
    ) -> tuple[tuple[str, ...], ...]:
        """(jurisdictions, zones) where the person may plausibly be."""
        site = self.locations.get(person.home_location_id or location_id or 0)
        # Only the area code of a number says where it is at home: one answer serves all its numbers.
        if phone.startswith("+1") and len(phone) == 12:
            phone = phone[:5] + "5550100"
        return _places(
            self.country,
            person.time_zone,
            person.state,
            person.postal_code,
            phone,
            site.state if site else "",
            site.time_zone if site else self.organisation.time_zone,
        )

    def satisfying(self, case: CaseRow) -> tuple[str, ...]:
        """Visit types whose booking makes the contact needless; empty means any."""
        known = self._satisfying.get(case.definition_key)
        return known or ((case.visit_type,) if case.visit_type else ())


@lru_cache(maxsize=256)
def _policy(
    jurisdictions: frozenset[str],
    years: tuple[int, ...],
    overrides: str,
    on: date,
    reviewed: tuple[tuple[str, date], ...],
) -> GuardPolicy:
    return guard_policy(
        jurisdiction_keys=sorted(jurisdictions),
        years=years,
        overrides=json.loads(overrides) or None,
        on=on,
        reviewed=dict(reviewed),
    )


@lru_cache(maxsize=65536)
def _places(
    country: str, zone: str, state: str, postal_code: str, phone: str, clinic_state: str, clinic_zone: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return plausible_places(
        country=country,
        patient_zone=zone,
        patient_state=state,
        patient_postal_code=postal_code,
        phone=phone,
        clinic_state=clinic_state,
        clinic_zone=clinic_zone,
    )


def judge(house: House, contacts: Sequence[PlannedContact], *, now: datetime) -> list[Decision]:
    """The guard's decision on each contact, in order, on the facts as they stand in this transaction."""
    if not contacts:
        return []
    subjects, policy = subjects_of(house, contacts, now=now)
    return [decide(subject, policy, now=now) for subject in subjects]


def subjects_of(
    house: House, contacts: Sequence[PlannedContact], *, now: datetime
) -> tuple[list[GuardSubject], GuardPolicy]:
    """(what the guard sees of each contact, the limits of every place where one of them may live)."""
    contacts, addresses = postal_contacts(
        contacts, organisation_id=house.organisation.id, country=house.country
    )
    facts = subject_facts(
        organisation_id=house.organisation.id,
        contacts=[one.contemplated for one in contacts],
        now=now,
        texts={one.template_hash for one in contacts if one.template_hash},
    )
    facts.contacts.update(addresses)
    subjects = [subject_of(house, one, facts, now=now) for one in contacts]
    jurisdictions = frozenset(key for one in subjects for key in one.jurisdictions)
    return subjects, house.policy(jurisdictions, now=now)


def subject_of(house: House, planned: PlannedContact, facts: SubjectFacts, *, now: datetime) -> GuardSubject:
    """The guard's view of one contact at ``now``."""
    asked = planned.contemplated
    person = facts.people[asked.patient_id]
    case = facts.cases.get(asked.case_id) if asked.case_id else None
    is_adults = _is_responsible_adults(asked, person, facts)
    phone = asked.to_value if planned.channel in ("sms", "phone") else ""
    jurisdictions, zones = house.places(person, location_id=case.location_id if case else None, phone=phone)
    approval = (planned.template_key, planned.language, planned.template_hash)
    contact = _contact(asked, facts)
    return GuardSubject(
        origin=planned.origin,
        purpose=planned.purpose,
        channel=planned.channel,
        channel_key=planned.channel_key,
        channel_is_open=planned.channel_is_open,
        channel_is_manual=planned.channel_is_manual,
        campaign_id=case.campaign_id if case else None,
        is_deceased=person.is_deceased,
        has_left_practice=person.left_practice_on is not None,
        do_not_contact=person.do_not_contact,
        is_merged_away=person.merged_into_id is not None,
        birth_on=person.birth_on,
        contact_is_responsible_adult=is_adults,
        exclusions=tuple(person.exclusions),
        sensitivity=tuple(person.sensitivity),
        holds=tuple(
            HoldView(kind=row.kind, from_at=row.from_at, until_at=row.until_at)
            for row in facts.holds.get(person.id, ())
        ),
        contact=contact,
        time_zones=zones,
        jurisdictions=jurisdictions,
        consents=_consents(asked, person, facts, is_adults=is_adults, today=now.date()),
        history=_history(asked, person, facts),
        patient_last_wrote_at=facts.last_wrote_at.get(person.id),
        **_why(house, person.id, case, facts),
        template_key=planned.template_key,
        template_is_approved=approval in facts.approvals,
        template_is_generic=planned.template_is_generic,
        message_problems=planned.message_problems,
        due_at=planned.due_at,
        expires_at=planned.expires_at,
        stops=tuple(StopView(scope=scope, key=key) for scope, key in facts.stops),  # type: ignore[arg-type]
        data_as_of=person.synced_at,
        **circumstances(house.organisation, planned, person, case, contact, facts),
    )


def _why(house: House, patient_id: int, case: CaseRow | None, facts: SubjectFacts) -> dict[str, Any]:
    """The reason for the contact, and what speaks against it by now."""
    return {
        "gap_is_open": None if case is None else case.gap_closed_on is None and case.closed_at is None,
        "gap_is_sensitive": bool(case and case.is_sensitive),
        "risk_class": case.risk_class if case else 0,
        "satisfying_visit_types": house.satisfying(case) if case else (),
        "future_appointments": tuple(
            AppointmentView(starts_at=row.starts_at, visit_type=row.visit_type, status=row.status)
            for row in facts.appointments.get(patient_id, ())
        ),
        "last_visit_at": facts.last_visit_at.get(patient_id),
        "arm": case.arm if case else "none",
        "capacity_left": house.room_for(case),
        "gap_arose_at": _arose_at(case),
        "gap_is_not_for_messages": case is not None and case.outreach != "yes",
    }


def _arose_at(case: CaseRow | None) -> datetime | None:
    if case is None or case.anchor_on is None or case.kind in ("interval", "inactive"):
        return None
    # The end of that day wherever the clinic is.
    return datetime.combine(case.anchor_on + timedelta(days=1), time(12), tzinfo=UTC)


def _is_responsible_adults(asked: Contemplated, person: PersonRow, facts: SubjectFacts) -> bool:
    contact = facts.contacts.get(asked.contact_point_id or 0)
    return bool(
        contact and contact.patient_id != person.id and contact.patient_id == person.responsible_patient_id
    )


def _contact(asked: Contemplated, facts: SubjectFacts) -> ContactView | None:
    row = facts.contacts.get(asked.contact_point_id or 0)
    if row is None:
        return None
    # A number that the source no longer lists, or that changed since planning, is not the patient's any more.
    state = row.state if row.is_current and row.value == asked.to_value else "invalid"
    return ContactView(
        value=row.value,
        system=row.system,  # type: ignore[arg-type]
        state=state,
        line_type=row.line_type,
        number_source=row.number_source,  # type: ignore[arg-type]
        given_for=purposes_of(row.given_for),
        given_at=given_at(row),
    )


def _consents(
    asked: Contemplated, person: PersonRow, facts: SubjectFacts, *, is_adults: bool, today: date
) -> tuple[ConsentStatement, ...]:
    """Lines on this number, of this person, and of the adult whose number it is."""
    found = []
    for row in facts.consents_on.get(asked.to_value, ()) if asked.to_value else ():
        # What another person granted for the number is theirs; what anybody revoked binds it (R-A52).
        if row.state == "revoked" or row.patient_id in (None, person.id):
            found.append((True, row))
    people = [person.id, *([person.responsible_patient_id] if is_adults else [])]
    for owner in people:
        for row in facts.consents_of.get(owner or 0, ()):
            if row.contact_value and row.contact_value == asked.to_value:
                continue
            # A permission for another number says nothing about this one; a refusal leaves doubt.
            if not row.contact_value or row.state == "revoked":
                found.append((False, row))
    return tuple(
        ConsentStatement(
            binds_number=binds_number,
            channel=row.channel,
            purpose=row.purpose,
            state=row.state,  # type: ignore[arg-type]
            at=row.at,
            from_patient=is_from_patient(origin=row.origin, wording=row.wording, state=row.state),
            evidence=row.permission,  # type: ignore[arg-type]
            scope=purposes_of(row.scope_words),
        )
        for binds_number, row in found
        if row.state == "revoked" or row.expires_on is None or row.expires_on >= today
    )


def _history(asked: Contemplated, person: PersonRow, facts: SubjectFacts) -> tuple[PastContact, ...]:
    rows = {row.id: row for row in facts.past_of.get(person.id, ())}
    if person.household_key:
        rows.update((row.id, row) for row in facts.past_in.get(person.household_key, ()))
    if asked.to_value:
        rows.update((row.id, row) for row in facts.past_on.get(asked.to_value, ()))
    rows.pop(asked.attempt_id, None)
    return tuple(
        PastContact(
            at=row.at,
            channel=row.channel,  # type: ignore[arg-type]
            purpose=row.purpose,  # type: ignore[arg-type]
            origin=row.origin,  # type: ignore[arg-type]
            same_person=row.patient_id == person.id,
            same_household=bool(person.household_key) and row.household_key == person.household_key,
            same_number=bool(asked.to_value) and row.to_value == asked.to_value,
            same_case=asked.case_id is not None and row.case_id == asked.case_id,
            system=row.system,
        )
        for row in rows.values()
    )

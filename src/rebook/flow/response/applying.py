"""Carrying out what a reply leads to, in the caller's transaction."""

from datetime import datetime

from rebook.accounts import audit
from rebook.core.outreach.consent import NOTHING_KNOWN, Provenance
from rebook.core.response.effects import Effects, TaskWanted
from rebook.records.read.response import Correspondent
from rebook.records.write import consent, holds, people, tasks
from rebook.records.write import response as write
from rebook.records.write.tasks import TaskToOpen

from .house import House

CALLS = ("call", "call_back", "unable_to_reach")


def apply_consent(
    house: House,
    *,
    effects: Effects,
    sender: Correspondent,
    origin: str,
    wording: str,
    actor: str,
    now: datetime,
    granted: tuple[str, ...] = ("sms",),
    purposes: tuple[str, ...] = ("all",),
    values: tuple[str, ...] = (),
    proof: Provenance = NOTHING_KNOWN,
    said_at: datetime | None = None,
) -> int:
    """Write down a stop or a start, and refuse what was waiting to go out: before anything else is written.

    ``granted``: the channels that a start opens again. ``values``: further numbers that it is about.
    ``said_at``: where it was said before ``now``. Returns how many waiting attempts were refused.
    """
    org = house.organisation.id
    person = sender.patient_id if effects.binds_person else None
    if not (effects.revokes or effects.grants) or not (sender.value or values or person):
        return 0
    channels = effects.revokes or granted
    refused = 0
    if effects.revokes:
        refused = consent.refuse_revoked(
            organisation_id=org, value=sender.value, patient_id=person, channels=channels, now=now,
            purposes=purposes, values=values,
        )  # fmt: skip
    consent.add_statements(
        organisation_id=org,
        value=sender.value,
        patient_id=person,
        channels=channels,
        state="revoked" if effects.revokes else "granted",
        origin=origin,
        wording=wording,
        by=actor,
        now=said_at or now,
        purposes=purposes,
        values=values,
        proof=proof,
    )
    if effects.wants_no_contact and person is not None:
        people.set_do_not_contact(
            organisation_id=org, patient_id=person, value=True, reason="asked for no contact"
        )
    detail = {"channels": list(channels), "purposes": list(purposes), "origin": origin, "way": proof.way}
    _note_consent(house, effects, sender, {**detail, "waiting_refused": refused}, actor=actor, now=now)
    return refused


def _note_consent(
    house: House,
    effects: Effects,
    sender: Correspondent,
    detail: dict[str, object],
    *,
    actor: str,
    now: datetime,
) -> None:
    audit.append(
        organisation_id=house.organisation.id,
        now=now,
        actor=actor,
        action="consent.revoked" if effects.revokes else "consent.granted",
        subject_kind="patient" if sender.patient_id else "number",
        subject_id=sender.patient_id or "",
        detail=detail,
    )


def apply_person(house: House, *, effects: Effects, sender: Correspondent, now: datetime) -> None:
    """Holds and the state of the number. A red flag from a shared number holds everybody who has it."""
    org = house.organisation.id
    people_held = [sender.patient_id] if sender.patient_id else list(sender.candidate_ids)
    for hold in effects.holds:
        for patient_id in people_held:
            holds.place_hold(
                organisation_id=org,
                patient_id=patient_id,
                kind=hold.kind,
                until_at=house.morning(hold.until_on) if hold.until_on else None,
                now=now,
            )
    if effects.contact_state and sender.value:
        write.mark_number(
            organisation_id=org,
            value=sender.value,
            patient_id=sender.patient_id,
            state=effects.contact_state,
            reason="said so in a reply",
            now=now,
        )


def apply_case(
    house: House, *, effects: Effects, case_id: int | None, patient_id: int | None, actor: str, now: datetime
) -> None:
    """Note the response, then close, snooze or pause the case (R-A191)."""
    if case_id is None or patient_id is None:
        return
    org = house.organisation.id
    if effects.is_response:
        write.note_response(
            organisation_id=org, case_id=case_id, barrier=effects.barrier, is_reached=True, now=now
        )
    if effects.close:
        if write.close_case(
            organisation_id=org, case_id=case_id, outcome=effects.close, detail="said by the patient", now=now
        ):
            tasks.cancel_tasks(organisation_id=org, case_id=case_id, kinds=CALLS, by=actor, now=now)
            audit.append(
                organisation_id=org,
                now=now,
                actor=actor,
                action="case.closed",
                subject_kind="case",
                subject_id=case_id,
                detail={"outcome": effects.close},
            )
    elif effects.snooze_until and not effects.pause:
        # The date itself lets the sequence go on, so the case need not wait for a person.
        write.resume_case(
            organisation_id=org, case_id=case_id, not_before=house.morning(effects.snooze_until)
        )
    elif effects.pause:
        write.pause_case(organisation_id=org, case_id=case_id, reason=effects.pause, now=now)


def open_tasks(
    house: House,
    *,
    wanted: tuple[TaskWanted, ...],
    sender: Correspondent,
    reply_id: int,
    note: str,
    now: datetime,
) -> list[int]:
    """One task of each kind, due in opening hours (R-E39); their ids."""
    return [
        tasks.open_task(
            organisation_id=house.organisation.id,
            task=TaskToOpen(
                kind=task.kind,
                owner_role=task.role,
                urgency=task.urgency,
                due_at=house.due(minutes=task.minutes, now=now),
                patient_id=sender.patient_id,
                case_id=sender.case_id if sender.patient_id else None,
                reply_id=reply_id,
                note=note,
            ),
            now=now,
        )
        for task in wanted
    ]

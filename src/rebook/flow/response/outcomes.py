"""What a coded result does: to consent, the number, the person, the case, and the work that follows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from rebook.accounts import audit
from rebook.core.outreach.consent import Provenance
from rebook.core.response.dispositions import Disposition
from rebook.core.response.effects import Effects
from rebook.records.read.response import Correspondent, has_other_contact, is_revoked, open_holds
from rebook.records.write import consent, holds, people, tasks
from rebook.records.write import response as write
from rebook.records.write.tasks import TaskToOpen

from .applying import apply_case, apply_consent
from .holds import CLINICIANS_ONLY, is_clinician, resume_if_free
from .house import House

# Doing this work lets go of the hold that came with it.
LETS_GO: Final = {
    "confirm_opt_out": "reply_pending",
    "data_quality": "data_quality",
    "complaint": "complaint",
    "clinical_question": "clinical_review",
}
# Who is thinking about it is not asked again for so long.
THINKING = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Subject:
    """What the result is about. ``attempt_id`` is the call's own attempt, None when there is none."""

    patient_id: int | None
    case_id: int | None
    reply_id: int | None
    attempt_id: int | None
    # The number that was called, or that the message came from.
    number: str
    task_kinds: tuple[str, ...]
    barrier: str
    note: str
    call_back_at: datetime | None


def follow_up(
    house: House,
    coded: Disposition,
    subject: Subject,
    *,
    finish: Callable[[], None],
    actor: str,
    now: datetime,
) -> tuple[int, ...]:
    """All that follows, in the caller's transaction; ids of new tasks. ``finish`` ends the old ones."""
    org = house.organisation.id
    # Consent first: workers lock attempts before anything else, and so do we.
    _consent(house, coded, subject, actor=actor, now=now)
    finish()
    if subject.attempt_id:
        write.note_call(
            organisation_id=org,
            attempt_id=subject.attempt_id,
            disposition=coded.key,
            is_reached=coded.is_reached,
            now=now,
        )
    _person(house, coded, subject, actor=actor, now=now)
    opened = _next_task(house, coded, subject, now=now)
    _case(house, coded, subject, actor=actor, now=now)
    audit.append(
        organisation_id=org,
        now=now,
        actor=actor,
        action="task.done",
        subject_kind="patient",
        subject_id=subject.patient_id or "",
        detail={
            "disposition": coded.key,
            "barrier": subject.barrier,
            "kinds": list(subject.task_kinds),
            "case": subject.case_id,
            "reply": subject.reply_id,
        },
    )
    return opened


def _consent(house: House, coded: Disposition, subject: Subject, *, actor: str, now: datetime) -> None:
    revokes = coded.revokes
    if coded.key == "opt_out_confirmed":
        revokes = ("sms",)
    grants = coded.key == "opt_out_not_meant" and is_revoked(
        organisation_id=house.organisation.id, value=subject.number, channel="sms"
    )
    if not (revokes or grants):
        return
    # Whoever answers under a wrong number speaks for that number only.
    is_theirs = coded.contact_state != "wrong_person"
    apply_consent(
        house,
        effects=Effects(
            revokes=revokes,
            grants=grants,
            binds_person=is_theirs,
            wants_no_contact=coded.marks == "do_not_contact",
        ),
        sender=Correspondent(subject.number, subject.patient_id),
        origin="staff",
        wording=subject.note or f"told to staff: {coded.label}",
        actor=actor,
        now=now,
        proof=_proof(subject, is_theirs=is_theirs),
    )


def _proof(subject: Subject, *, is_theirs: bool) -> Provenance:
    """What staff wrote down of a call, or of a message that they read."""
    return Provenance(
        way="voice" if subject.reply_id is None else "",
        speaker="patient" if is_theirs else "number_holder",
        evidence_kind="note" if subject.reply_id is None else "message",
        evidence_ref=f"reply:{subject.reply_id}"
        if subject.reply_id
        else f"attempt:{subject.attempt_id or ''}",
    )


def _person(house: House, coded: Disposition, subject: Subject, *, actor: str, now: datetime) -> None:
    org, patient_id = house.organisation.id, subject.patient_id
    if coded.contact_state and subject.number:
        write.mark_number(
            organisation_id=org,
            value=subject.number,
            patient_id=patient_id,
            state=coded.contact_state,
            reason=f"call: {coded.key}",
            now=now,
        )
    if patient_id is None:
        return
    _marks(house, coded, patient_id, actor=actor, now=now)
    if coded.hold:
        until = now + THINKING if coded.hold == "snooze" else None
        holds.place_hold(organisation_id=org, patient_id=patient_id, kind=coded.hold, until_at=until, now=now)
    elif coded.case != "pause":
        _let_go(house, subject, patient_id, actor=actor, now=now)


def _marks(house: House, coded: Disposition, patient_id: int, *, actor: str, now: datetime) -> None:
    org = house.organisation.id
    if coded.marks == "deceased":
        people.mark_deceased(organisation_id=org, patient_id=patient_id)
    elif coded.marks == "left_practice":
        write.mark_left(organisation_id=org, patient_id=patient_id, on=house.today(now=now))
    if coded.marks in ("deceased", "left_practice"):
        consent.refuse_waiting_for(
            organisation_id=org, patient_id=patient_id, rule=coded.marks, detail=coded.label, now=now
        )
        audit.append(
            organisation_id=org,
            now=now,
            actor=actor,
            action=f"patient.{coded.marks}",
            subject_kind="patient",
            subject_id=patient_id,
        )


def _let_go(house: House, subject: Subject, patient_id: int, *, actor: str, now: datetime) -> None:
    kinds = {LETS_GO[kind] for kind in subject.task_kinds if kind in LETS_GO}
    if not is_clinician(organisation_id=house.organisation.id, actor=actor):
        kinds -= CLINICIANS_ONLY
    found = open_holds(organisation_id=house.organisation.id, patient_id=patient_id)
    holds.release_holds(
        organisation_id=house.organisation.id,
        hold_ids=[hold.id for hold in found if hold.kind in kinds],
        by=actor,
        now=now,
    )


def _next_task(house: House, coded: Disposition, subject: Subject, *, now: datetime) -> tuple[int, ...]:
    if not coded.task_kind:
        return ()
    due_at = subject.call_back_at or house.due(minutes=coded.task_minutes, now=now)
    task = TaskToOpen(
        kind=coded.task_kind,
        owner_role=coded.task_role,
        urgency=0 if coded.task_kind == "safety" else 1 if coded.task_role == "clinician" else 2,
        due_at=due_at,
        patient_id=subject.patient_id,
        case_id=subject.case_id,
        reply_id=subject.reply_id,
        note=subject.note,
        call_back_at=subject.call_back_at,
    )
    return (tasks.open_task(organisation_id=house.organisation.id, task=task, now=now),)


def _case(house: House, coded: Disposition, subject: Subject, *, actor: str, now: datetime) -> None:
    org = house.organisation.id
    if subject.patient_id is None:
        return
    case_id = subject.case_id or write.open_case_of(organisation_id=org, patient_id=subject.patient_id)
    if case_id is not None and coded.is_reached:
        write.note_reached(organisation_id=org, case_id=case_id, now=now)
    close = _close(house, coded, subject)
    effects = Effects(
        close=close,
        pause=coded.key if coded.case == "pause" else "",
        barrier=subject.barrier,
        is_response=coded.is_response,
    )
    if close or coded.case == "pause" or coded.is_response:
        apply_case(
            house, effects=effects, case_id=case_id, patient_id=subject.patient_id, actor=actor, now=now
        )
    if not close and coded.case == "resume":
        resume_if_free(organisation_id=org, patient_id=subject.patient_id)
    if case_id is not None and coded.hold == "snooze":
        write.resume_case(organisation_id=org, case_id=case_id, not_before=now + THINKING)


def _close(house: House, coded: Disposition, subject: Subject) -> str:
    if coded.case == "close":
        return coded.outcome
    if coded.key == "opt_out_confirmed":
        return "opted_out"
    if coded.contact_state == "wrong_person" and subject.patient_id is not None:
        other = has_other_contact(
            organisation_id=house.organisation.id, patient_id=subject.patient_id, value=subject.number
        )
        return "" if other else "wrong_person"
    return ""

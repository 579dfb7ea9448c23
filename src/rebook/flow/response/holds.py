"""Letting automation near a patient again, by somebody who may decide that (R-E35)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.records.read.response import HoldView, open_holds
from rebook.records.read.tasks import has_open
from rebook.records.write import holds as write
from rebook.records.write import response as cases

CLINICIANS_ONLY: Final = frozenset({"red_flag", "clinical_review"})

# Work that has to be done before a machine writes to the patient again.
KEEPS_WAITING: Final = (
    "safety", "call_back", "answer_reply", "clinical_question", "confirm_opt_out", "book", "complaint",
    "billing", "data_quality",
)  # fmt: skip


class NotAllowed(Exception):
    """The person may not do this; somebody with the right role can. Trying again does not help."""

    permanent = True
    is_for_people = True


def release_hold(*, organisation_id: int, hold_id: int, now: datetime, actor: str) -> bool:
    """Release one hold; the case goes on when it was the last. False when it is released already.

    Raises ``NotAllowed`` when a red flag or a clinical review is not released by a clinician.
    """
    with transaction.atomic(durable=True):
        return bool(
            release(
                organisation_id=organisation_id,
                found=open_holds(organisation_id=organisation_id, hold_id=hold_id),
                now=now,
                actor=actor,
            )
        )


def release_holds(*, organisation_id: int, patient_id: int | None, now: datetime, actor: str) -> int:
    """Release every hold of a patient; how many. Raises ``NotAllowed`` like ``release_hold``."""
    if patient_id is None:
        return 0
    with transaction.atomic(durable=True):
        found = open_holds(organisation_id=organisation_id, patient_id=patient_id)
        return release(organisation_id=organisation_id, found=found, now=now, actor=actor)


def release(*, organisation_id: int, found: list[HoldView], now: datetime, actor: str) -> int:
    """Release these holds in the caller's transaction."""
    if any(hold.kind in CLINICIANS_ONLY for hold in found) and not is_clinician(
        organisation_id=organisation_id, actor=actor
    ):
        raise NotAllowed("only a clinician releases a red flag or a clinical review")
    released = write.release_holds(
        organisation_id=organisation_id, hold_ids=[hold.id for hold in found], by=actor, now=now
    )
    for hold in found:
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="hold.released",
            subject_kind="patient",
            subject_id=hold.patient_id,
            detail={"kind": hold.kind, "hold": hold.id},
        )
    for patient_id in {hold.patient_id for hold in found}:
        resume_if_free(organisation_id=organisation_id, patient_id=patient_id)
    return released


def resume_if_free(*, organisation_id: int, patient_id: int) -> bool:
    """Let the patient's case go on when neither a hold nor unfinished work about a reply is in the way."""
    held = open_holds(organisation_id=organisation_id, patient_id=patient_id)
    # A hold with a date ends by itself; the guard keeps watch until then.
    if any(hold.until_at is None for hold in held):
        return False
    if has_open(organisation_id=organisation_id, patient_id=patient_id, kinds=KEEPS_WAITING):
        return False
    case_id = cases.open_case_of(organisation_id=organisation_id, patient_id=patient_id)
    return case_id is not None and cases.resume_case(organisation_id=organisation_id, case_id=case_id)


def is_clinician(*, organisation_id: int, actor: str) -> bool:
    """Whether the actor ("user:7") is a clinician of this practice."""
    kind, _, number = actor.partition(":")
    if kind != "user" or not number.isdecimal():
        return False
    roles = accounts.memberships_of(user_id=int(number))
    return any(one.organisation_id == organisation_id and one.role == "clinician" for one in roles)

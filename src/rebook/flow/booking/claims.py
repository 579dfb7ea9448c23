"""Claiming a time inside the caller's transaction."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from rebook.calendars.registry import calendar
from rebook.core.booking import Slot, SlotChoice
from rebook.records.read import booking as read
from rebook.records.read.diary import diary
from rebook.records.write import booking as write


def still_fits(
    *,
    organisation_id: int,
    choice: SlotChoice,
    kind: read.VisitTypeView,
    now: datetime,
    but_claim_id: int | None,
) -> Slot | None:
    """The chosen time, if hours, appointments and claims leave room for it at this instant."""
    taken = diary(
        organisation_id=organisation_id,
        from_at=choice.starts_at,
        until_at=choice.starts_at + timedelta(minutes=kind.minutes),
        now=now,
        practitioner_id=choice.practitioner_id,
        but_claim_id=but_claim_id,
    )
    return calendar().seat_for(choice, visit_type=kind.key, minutes=kind.minutes, diary=taken)


def claim(
    *,
    organisation_id: int,
    patient_id: int,
    link_id: int | None,
    choice: SlotChoice,
    kind: read.VisitTypeView,
    now: datetime,
    expires_at: datetime | None,
) -> tuple[int, Slot] | None:
    """(claim id, slot) or None when the time is not free. Frees what expired there on the way."""
    if not write.lock_practitioner(organisation_id=organisation_id, practitioner_id=choice.practitioner_id):
        return None
    write.release_stale(organisation_id=organisation_id, practitioner_id=choice.practitioner_id, now=now)
    slot = still_fits(organisation_id=organisation_id, choice=choice, kind=kind, now=now, but_claim_id=None)
    if slot is None:
        return None
    try:
        # A savepoint: the constraint has the last word, whatever the diary said.
        with transaction.atomic():
            claim_id = write.add_claim(
                organisation_id=organisation_id,
                patient_id=patient_id,
                link_id=link_id,
                slot=slot,
                now=now,
                expires_at=expires_at,
            )
    except IntegrityError:
        return None
    return claim_id, slot

"""Does booking work? A free time is looked for, held and let go again, and nothing remains of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from rebook.calendars.registry import calendar
from rebook.core.booking import Slot, SlotChoice
from rebook.core.calendar import SlotQuery
from rebook.records.read.diary import diary
from rebook.records.read.readiness import OfferedVisit, any_patient
from rebook.records.write import booking as write


class _TakeBack(Exception):
    """Rolls back what was only tried."""


@dataclass(frozen=True, slots=True)
class Room:
    """The first free time of each kind of visit; kinds without one are in ``full``."""

    slots: tuple[Slot, ...]
    full: tuple[str, ...]


def room_for(
    *,
    organisation_id: int,
    kinds: Sequence[OfferedVisit],
    from_at: datetime,
    until_at: datetime,
    now: datetime,
) -> Room:
    """Free times between two instants for these kinds of visit, from one look at the diary."""
    taken = diary(
        organisation_id=organisation_id,
        from_at=from_at - timedelta(days=1),
        until_at=until_at + timedelta(days=1),
        now=now,
    )
    slots, full = [], []
    for kind in kinds:
        query = SlotQuery(visit_type=kind.key, minutes=kind.minutes, from_at=from_at, until_at=until_at)
        first = next(iter(calendar().free_slots(query, diary=taken)), None)
        if first is None:
            full.append(kind.label)
        else:
            slots.append(first)
    return Room(tuple(slots), tuple(full))


def try_booking(*, organisation_id: int, slot: Slot, minutes: int, now: datetime) -> str:
    """Hold a free time and let it go, inside the caller's transaction; what went wrong, or empty.

    The same steps as a patient's click: the practitioner locked, the diary read again, the claim written
    under the constraint that refuses a second one, the claim released. All of it is rolled back.
    """
    patient_id = any_patient(organisation_id=organisation_id)
    if patient_id is None:
        return "there is no patient to try it with"
    problem = ""
    try:
        with transaction.atomic():
            problem = _steps(organisation_id, patient_id, slot, minutes, now)
            raise _TakeBack
    except _TakeBack:
        return problem
    except IntegrityError:
        return "the time was refused by the ledger"


def _steps(organisation_id: int, patient_id: int, slot: Slot, minutes: int, now: datetime) -> str:
    of = {"organisation_id": organisation_id, "practitioner_id": slot.practitioner_id}
    if not write.lock_practitioner(**of):
        return "the practitioner is no longer there"
    choice = SlotChoice(slot.practitioner_id, slot.location_id, slot.starts_at)
    if _seat(organisation_id, choice, slot, minutes, now) is None:
        return "the time on offer could not be held"
    claim_id = write.add_claim(
        organisation_id=organisation_id,
        patient_id=patient_id,
        link_id=None,
        slot=slot,
        now=now,
        expires_at=now + timedelta(minutes=10),
    )
    again = _seat(organisation_id, choice, slot, minutes, now)
    if again is not None and again.seat == slot.seat:
        return "the time was still on offer while it was held"
    write.release_claim(organisation_id=organisation_id, claim_id=claim_id, now=now)
    if _seat(organisation_id, choice, slot, minutes, now) is None:
        return "the time did not come free again"
    return ""


def _seat(organisation_id: int, choice: SlotChoice, slot: Slot, minutes: int, now: datetime) -> Slot | None:
    taken = diary(
        organisation_id=organisation_id,
        from_at=slot.starts_at,
        until_at=slot.starts_at + timedelta(minutes=minutes),
        now=now,
        practitioner_id=slot.practitioner_id,
    )
    return calendar().seat_for(choice, visit_type=slot.visit_type, minutes=minutes, diary=taken)

"""How a patient wants to hear from the practice: asked once, kept, obeyed by every sequence (Q-168)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.contacts import read_phone, region_of
from rebook.core.words import DAY_PARTS
from rebook.records.read.preference import WishesView, wishes_of
from rebook.records.write import preference as write
from rebook.records.write import tasks
from rebook.records.write.tasks import TaskToOpen

CHANNELS = ("sms", "email", "phone", "letter")
_TO_LOOK_AT = timedelta(days=2)


class NoSuchNumber(ValueError):
    """What was typed is no telephone number. Trying again with another helps."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Wishes:
    """Preferred channel kind, part of the day, language (BCP 47): None leaves it, "" is no preference."""

    channel: str | None = None
    day_part: str | None = None
    language: str | None = None


def record_preference(
    *, organisation_id: int, patient_id: int, channel: str, now: datetime, actor: str
) -> bool:
    """Keep a patient's preferred channel kind ("sms", "email", "phone", "letter", "" for none).

    False when there is no such patient.
    """
    return record_wishes(
        organisation_id=organisation_id,
        patient_id=patient_id,
        wishes=Wishes(channel=channel),
        now=now,
        actor=actor,
    )


def record_wishes(
    *, organisation_id: int, patient_id: int, wishes: Wishes, now: datetime, actor: str
) -> bool:
    """Keep what a patient would like best; what is the same already makes no line of the trail.

    False when there is no such patient. Raises ``ValueError`` for a word that is none of ours.
    """
    if wishes.channel not in (None, "", *CHANNELS) or wishes.day_part not in (None, "", *DAY_PARTS):
        raise ValueError("a preference is one of the channels and one of the parts of the day")
    with transaction.atomic(durable=True):
        before = wishes_of(organisation_id=organisation_id, patient_id=patient_id)
        if before is None:
            return False
        changed = _changed(before, wishes)
        if changed:
            write.set_wishes(organisation_id=organisation_id, patient_id=patient_id, values=changed)
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="patient.preference",
                subject_kind="patient",
                subject_id=patient_id,
                detail={name.removeprefix("preferred_"): value for name, value in changed.items()},
            )
    return True


def _changed(before: WishesView, wishes: Wishes) -> dict[str, Any]:
    asked = {
        "preferred_channel": (before.channel, wishes.channel),
        "preferred_day_part": (before.day_part, wishes.day_part),
        "language": (before.language, wishes.language),
    }
    return {name: new for name, (old, new) in asked.items() if new is not None and new != old}


def record_new_number(
    *, organisation_id: int, patient_id: int, number: str, now: datetime, actor: str
) -> None:
    """Keep a number that a patient gave of themself, unverified, and have the desk put it into their system.

    Only behind the identity check (R-A107). Given twice it is one. Raises ``NoSuchNumber``.
    """
    practice = accounts.organisation(organisation_id=organisation_id)
    found = read_phone(number, region=region_of(practice.jurisdiction))
    if found.problem:
        raise NoSuchNumber(found.problem)
    with transaction.atomic(durable=True):
        is_new = write.add_number(
            organisation_id=organisation_id,
            patient_id=patient_id,
            value=found.value,
            line_type=found.line_type,
            now=now,
            on=now.astimezone(ZoneInfo(practice.time_zone)).date(),
        )
        if not is_new:
            return
        tasks.open_task(
            organisation_id=organisation_id,
            task=TaskToOpen(
                kind="data_quality",
                owner_role="front_desk",
                urgency=3,
                due_at=now + _TO_LOOK_AT,
                patient_id=patient_id,
                note="Gave a new telephone number on their page: put it into your system.",
            ),
            now=now,
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="patient.number_given",
            subject_kind="patient",
            subject_id=patient_id,
        )

"""When practitioners see patients, and which kinds of visit there are."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.core.booking import WorkingHours
from rebook.records.write import hours as write


def set_hours(
    *, organisation_id: int, practitioner_id: int, hours: Sequence[WorkingHours], now: datetime, actor: str
) -> None:
    """Replace a practitioner's weekly hours. Bookings already made stay."""
    with transaction.atomic(durable=True):
        write.replace_hours(organisation_id=organisation_id, practitioner_id=practitioner_id, hours=hours)
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="hours.set",
            subject_kind="practitioner",
            subject_id=practitioner_id,
            detail={"rows": len(hours)},
        )


def set_visit_type(
    *,
    organisation_id: int,
    key: str,
    label: str,
    minutes: int,
    is_self_bookable: bool,
    now: datetime,
    actor: str,
) -> None:
    """Add a kind of visit or change it; ``minutes`` is how long it takes."""
    with transaction.atomic(durable=True):
        write.put_visit_type(
            organisation_id=organisation_id,
            key=key,
            label=label,
            minutes=minutes,
            is_self_bookable=is_self_bookable,
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="visit_type.set",
            subject_kind="visit_type",
            subject_id=key,
            detail={"minutes": minutes, "is_self_bookable": is_self_bookable},
        )

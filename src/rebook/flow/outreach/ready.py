"""What a practice says and shows of its readiness: hours, on-call contact, agreements (R-E38, R-A103).

Statements are appended and audited; the newest one counts. A test counts for the contact that was tested.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.contacts import read_email, read_phone, region_of
from rebook.core.outreach.campaign_readiness import (
    BadStatement,
    ChannelStatement,
    StaffedHours,
    Stated,
    read_channel,
    read_staffed,
)
from rebook.records.read import readiness as read
from rebook.records.write import readiness as write


def set_staffed_hours(
    *, organisation_id: int, weekdays: Sequence[int], opens: str, closes: str, now: datetime, actor: str
) -> StaffedHours:
    """Say when somebody answers; ``weekdays`` from Monday 0, times like "08:00". Raises ``BadStatement``."""
    detail = {"weekdays": sorted(set(weekdays)), "opens": opens, "closes": closes}
    hours = read_staffed(detail)
    _state(organisation_id, "staffed", "", detail, now=now, actor=actor)
    return hours


def set_on_call(
    *, organisation_id: int, name: str, phone: str, email: str = "", now: datetime, actor: str
) -> None:
    """Name the clinician who can be reached in an emergency; a changed number has to be tried anew.

    Raises ``BadStatement`` for a number or address that reaches nobody, or none at all.
    """
    house = accounts.organisation(organisation_id=organisation_id)
    if not name.strip():
        raise BadStatement("say who it is", field="name")
    number = read_phone(phone, region=region_of(house.jurisdiction)) if phone.strip() else None
    if number is not None and number.problem:
        raise BadStatement(f"this is no number that can be called: {number.problem}", field="phone")
    address = read_email(email) if email.strip() else None
    if address is not None and address.problem:
        raise BadStatement(f"this is no e-mail address: {address.problem}", field="email")
    if number is None and address is None:
        raise BadStatement("give a number or an e-mail address", field="phone")
    detail = {
        "name": name.strip()[:120],
        "phone": number.value if number else "",
        "email": address.value if address else "",
    }
    known = read.statements(organisation_id=organisation_id).get(("on_call", ""))
    if known is None or dict(known.detail) != detail:
        _state(organisation_id, "on_call", "", detail, now=now, actor=actor)


def note_on_call_tested(*, organisation_id: int, now: datetime, actor: str) -> None:
    """The on-call contact was tried just now and answered. Raises ``BadStatement`` when there is none."""
    known = read.statements(organisation_id=organisation_id).get(("on_call", ""))
    if known is None:
        raise BadStatement("name the on-call clinician first", field="name")
    _state(organisation_id, "on_call_tested", "", {}, now=now, actor=actor)


def set_channel_statement(
    *,
    organisation_id: int,
    kind: str,
    sender: str = "",
    baa_signed_on: str = "",
    sender_registered_on: str = "",
    now: datetime,
    actor: str,
) -> ChannelStatement:
    """Say who the sender of a kind of channel is and when agreement and registration were made.

    Days as "2026-03-31", not in the future; empty takes one back. Raises ``BadStatement``.
    """
    detail = {"sender": sender, "baa_signed_on": baa_signed_on, "sender_registered_on": sender_registered_on}
    stated = read_channel(detail)
    house = accounts.organisation(organisation_id=organisation_id)
    today = now.astimezone(ZoneInfo(house.time_zone)).date()
    for field in ("baa_signed_on", "sender_registered_on"):
        if (on := getattr(stated, field)) and on > today:
            raise BadStatement("this day is still to come", field=field)
    _state(organisation_id, "channel", kind, detail, now=now, actor=actor)
    return stated


def _state(
    organisation_id: int, kind: str, key: str, detail: Mapping[str, Any], *, now: datetime, actor: str
) -> None:
    with transaction.atomic(durable=True):
        write.add_readiness(
            organisation_id=organisation_id, kind=kind, key=key, detail=detail, actor=actor, now=now
        )
        # The trail names no person and no number.
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action=f"readiness.{kind}",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail={"key": key} if key else {},
        )


def as_shown(hours: StaffedHours) -> dict[str, Any]:
    """Staffed hours for a form: weekdays and times as text."""
    return {
        name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in asdict(hours).items()
    }


def statements(*, organisation_id: int) -> dict[tuple[str, str], Stated]:
    """What the practice says now, by (kind, key)."""
    return read.statements(organisation_id=organisation_id)

"""A member's own contacts: kept, confirmed by a code, ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from rebook.core.outreach.own_contact import OwnContact
from rebook.records.models import StaffContact
from rebook.records.read.staff_contacts import own_contacts


def lock_own_contacts(*, organisation_id: int, user_id: int) -> dict[str, OwnContact]:
    """As ``read.own_contacts``; whoever else asks this for the member waits until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('own contacts'), %s::int)", [user_id])
    return own_contacts(organisation_id=organisation_id, user_id=user_id)


def keep_contact(
    *,
    organisation_id: int,
    user_id: int,
    channel: str,
    value: str,
    line_type: str,
    now: datetime,
    until: datetime | None = None,
) -> int:
    """Keep ``value`` as the member's only contact of the channel; one before it is ended. Its id.

    With ``until`` it stands beside the one that is confirmed, until then or until it is confirmed.
    """
    of = {"organisation_id": organisation_id, "user_id": user_id, "channel": channel}
    _not_proved(of, now).update(ended_at=now, code_hash="")
    if until is None:
        end_contact(organisation_id=organisation_id, user_id=user_id, channel=channel, now=now)
    row = StaffContact.objects.create(
        organisation_id=organisation_id,
        user_id=user_id,
        channel=channel,
        value=value,
        line_type=line_type,
        added_at=now,
        ended_at=until,
    )
    return row.pk


def _not_proved(of: Mapping[str, Any], now: datetime) -> QuerySet[StaffContact]:
    return StaffContact.objects.filter(**of, ended_at__gt=now, confirmed_at__isnull=True)


def end_contact(*, organisation_id: int, user_id: int, channel: str, now: datetime) -> bool:
    """Use it no more, nor what was to be proved in its place; False when there is none."""
    of = {"organisation_id": organisation_id, "user_id": user_id, "channel": channel}
    _not_proved(of, now).update(ended_at=now, code_hash="")
    rows = StaffContact.objects.filter(**of, ended_at__isnull=True)
    return bool(rows.update(ended_at=now, code_hash=""))


def end_confirmed_elsewhere(
    *, organisation_id: int, contact_id: int, channel: str, value: str, now: datetime
) -> int:
    """What was just proved to be one member's is another's no more; how many lost it."""
    rows = StaffContact.objects.filter(
        organisation_id=organisation_id,
        channel=channel,
        value=value,
        ended_at__isnull=True,
        confirmed_at__isnull=False,
    )
    return rows.exclude(pk=contact_id).update(ended_at=now, code_hash="")


def note_code(
    *, organisation_id: int, contact_id: int, code_hash: str, now: datetime, until: datetime | None = None
) -> None:
    """A new code is on its way; the one before it opens nothing any more. ``until`` as when it was kept."""
    StaffContact.objects.filter(organisation_id=organisation_id, pk=contact_id).update(
        code_hash=code_hash, code_sent_at=now, wrong_tries=0, ended_at=until
    )


def count_wrong_try(*, organisation_id: int, contact_id: int, tries: int) -> None:
    StaffContact.objects.filter(organisation_id=organisation_id, pk=contact_id).update(wrong_tries=tries)


def confirm_contact(
    *, organisation_id: int, user_id: int, channel: str, contact_id: int, now: datetime
) -> None:
    """The code was given: the contact is the member's own, and their only one of the channel. A code serves
    once."""
    StaffContact.objects.filter(
        organisation_id=organisation_id, user_id=user_id, channel=channel, ended_at__isnull=True
    ).exclude(pk=contact_id).update(ended_at=now, code_hash="")
    StaffContact.objects.filter(organisation_id=organisation_id, pk=contact_id).update(
        confirmed_at=now, code_hash="", wrong_tries=0, ended_at=None
    )

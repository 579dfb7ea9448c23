"""A member's own contacts: kept, confirmed by a code, ended."""

from datetime import datetime

from django.db import connection

from rebook.core.outreach.own_contact import OwnContact
from rebook.records.models import StaffContact
from rebook.records.read.staff_contacts import own_contacts


def lock_own_contacts(*, organisation_id: int, user_id: int) -> dict[str, OwnContact]:
    """As ``read.own_contacts``; whoever else asks this for the member waits until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('own contacts'), %s::int)", [user_id])
    return own_contacts(organisation_id=organisation_id, user_id=user_id)


def keep_contact(
    *, organisation_id: int, user_id: int, channel: str, value: str, line_type: str, now: datetime
) -> int:
    """Keep ``value`` as the member's only contact of the channel; one before it is ended. Its id."""
    end_contact(organisation_id=organisation_id, user_id=user_id, channel=channel, now=now)
    row = StaffContact.objects.create(
        organisation_id=organisation_id,
        user_id=user_id,
        channel=channel,
        value=value,
        line_type=line_type,
        added_at=now,
    )
    return row.pk


def end_contact(*, organisation_id: int, user_id: int, channel: str, now: datetime) -> bool:
    """Use it no more; False when there is none."""
    rows = StaffContact.objects.filter(
        organisation_id=organisation_id, user_id=user_id, channel=channel, ended_at__isnull=True
    )
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


def note_code(*, organisation_id: int, contact_id: int, code_hash: str, now: datetime) -> None:
    """A new code is on its way; the one before it opens nothing any more."""
    StaffContact.objects.filter(organisation_id=organisation_id, pk=contact_id).update(
        code_hash=code_hash, code_sent_at=now, wrong_tries=0
    )


def count_wrong_try(*, organisation_id: int, contact_id: int, tries: int) -> None:
    StaffContact.objects.filter(organisation_id=organisation_id, pk=contact_id).update(wrong_tries=tries)


def confirm_contact(*, organisation_id: int, contact_id: int, now: datetime) -> None:
    """The code was given: the contact is the member's own. A code serves once."""
    StaffContact.objects.filter(organisation_id=organisation_id, pk=contact_id).update(
        confirmed_at=now, code_hash="", wrong_tries=0
    )

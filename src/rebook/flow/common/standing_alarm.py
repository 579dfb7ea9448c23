"""An alarm that stands exactly as long as its matter does."""

from datetime import datetime

from django.db import transaction

from rebook.records.write import alarms


def keep_alarm(*, organisation_id: int, key: str, is_on: bool, now: datetime) -> str:
    """One alarm for the manager while ``is_on``: "raised", "stands", "taken back", or "" (there was none)."""
    with transaction.atomic(durable=True):
        if is_on:
            is_new = alarms.raise_alarm(
                organisation_id=organisation_id, key=key, owner_role="manager", now=now
            )
            return "raised" if is_new else "stands"
        was_open = alarms.end_alarm(organisation_id=organisation_id, key=key, now=now)
    return "taken back" if was_open else ""

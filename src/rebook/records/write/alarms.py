"""Alarms about the house itself: one open task of each, taken back when the matter clears."""

from datetime import datetime, timedelta

from rebook.records.models import Task

KIND = "alarm"
LOOK_WITHIN = timedelta(hours=8)


def raise_alarm(
    *, organisation_id: int, key: str, owner_role: str, now: datetime, owner_id: int | None = None
) -> bool:
    """Open the alarm ``key``; False when it stands already. The database allows one open of each."""
    _, is_new = Task.objects.get_or_create(
        organisation_id=organisation_id,
        kind=KIND,
        note=key,
        state="open",
        defaults={
            "owner_id": owner_id,
            "owner_role": owner_role,
            "urgency": 1,
            "opened_at": now,
            "due_at": now + LOOK_WITHIN,
        },
    )
    return is_new


def end_alarm(*, organisation_id: int, key: str, now: datetime) -> bool:
    """Take the alarm back; whether there was one."""
    rows = Task.objects.filter(organisation_id=organisation_id, kind=KIND, note=key, state="open")
    return bool(rows.update(state="cancelled", done_at=now, done_by="system"))

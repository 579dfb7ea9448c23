"""A practice of any size whose patients come and go, for measuring what a day costs."""

from datetime import UTC, date, datetime, time

from django.db import transaction

from rebook.accounts import write as accounts
from rebook.records.write import daily_rehearsal as write


def invent_practice(*, patients: int, day: date, pack_keys: list[str]) -> tuple[int, int]:
    """A practice with ten appointments for every patient; (organisation, source)."""
    with transaction.atomic(durable=True):
        organisation_id = accounts.add_organisation(
            slug=f"rehearsal-{patients}", name="Rehearsal", time_zone="UTC", pack_keys=pack_keys
        )
        source_id = write.add_practice(organisation_id=organisation_id, patients=patients, day=_noon(day))
    write.refresh_statistics()
    return organisation_id, source_id


def let_some_come(*, organisation_id: int, source_id: int, day: date, turn: int, every: int = 100) -> int:
    """One in ``every`` patients comes on ``day``; returns how many."""
    with transaction.atomic(durable=True):
        return write.add_day(
            organisation_id=organisation_id, source_id=source_id, day=_noon(day), turn=turn, every=every
        )


def _noon(day: date) -> str:
    return datetime.combine(day, time(12), UTC).isoformat()

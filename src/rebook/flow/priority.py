"""Put the open gaps in order, with the reasons."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from rebook.records.read import likelihood as learned
from rebook.records.write import gaps as write


@dataclass(frozen=True, slots=True)
class RankSummary:
    """``moved``: gaps whose place or reasons changed."""

    as_of: date
    moved: int


def rank_gaps(*, organisation_id: int, as_of: date, now: datetime) -> RankSummary:
    """Write rank and reasons of every open gap, by the order of ``core.priority``, in one statement."""
    with transaction.atomic(durable=True):
        write.wait_for_turn(organisation_id=organisation_id)
        gains = learned.gains(organisation_id=organisation_id, as_of=as_of)
        moved = write.rank(organisation_id=organisation_id, as_of=as_of, now=now, gains=gains)
    return RankSummary(as_of=as_of, moved=moved)

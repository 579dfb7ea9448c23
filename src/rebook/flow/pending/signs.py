"""What the ledger itself shows: who wants to come, who stopped half-way, whose wish fits a free time."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from rebook.records.write import pending as write

from .waiting import match_wishes


@dataclass(frozen=True, slots=True)
class SignSummary:
    """How many were newly noted (R-C128, R-C129, R-C132), and how many wishes changed their match."""

    high_intent: int
    intake_unfinished: int
    waiting_list: int
    matches_changed: int


def note_signs(*, organisation_id: int, as_of: date, now: datetime) -> SignSummary:
    """Note them as pending items, to be judged like any other. Running it again changes nothing."""
    with transaction.atomic(durable=True):
        noted = write.note_signs(organisation_id=organisation_id, as_of=as_of, now=now)
        changed = match_wishes(organisation_id=organisation_id, as_of=as_of, now=now)
    return SignSummary(
        high_intent=noted["high_intent"],
        intake_unfinished=noted["intake_unfinished"],
        waiting_list=noted["waiting_list"],
        matches_changed=changed,
    )

"""Judgements of success: appended, never changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rebook.records.models import CaseSuccess


@dataclass(frozen=True, slots=True)
class Judgement:
    """``met_at`` None takes back what was written before."""

    case_id: int
    definition: str
    met_at: datetime | None
    appointment_id: int | None = None


def add_judgements(*, organisation_id: int, judgements: Iterable[Judgement], now: datetime) -> int:
    """Append them; how many."""
    rows = [
        CaseSuccess(
            organisation_id=organisation_id,
            case_id=one.case_id,
            definition=one.definition,
            met_at=one.met_at,
            appointment_id=one.appointment_id,
            judged_at=now,
        )
        for one in judgements
    ]
    return len(CaseSuccess.objects.bulk_create(rows))

"""Letters that wait to be printed, batches that wait to be posted, and the letter behind a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from rebook.records.models import Attempt, Letter, LetterBatch


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One printed batch; ``returned`` of its ``count`` letters came back."""

    number: int
    form: str
    count: int
    made_at: datetime
    made_by: str
    posted_at: datetime | None
    posted_by: str
    returned: int


@dataclass(frozen=True, slots=True)
class LetterText:
    """What a letter says and where it goes, for printing it (again)."""

    code: str
    to_value: str
    body: str
    language: str


@dataclass(frozen=True, slots=True)
class LetterFound:
    """The letter behind a code, with its patient and case."""

    code: str
    attempt_id: int
    patient_id: int
    case_id: int | None
    to_value: str
    batch_number: int
    posted_at: datetime | None
    returned_at: datetime | None
    return_reason: str


def waiting_count(*, organisation_id: int) -> int:
    """Letters taken in hand and not printed."""
    return _waiting(organisation_id).count()


class WaitingLine(NamedTuple):
    """A letter taken in hand and not printed; no name and no address."""

    attempt_id: int
    patient_id: int
    language: str
    taken_at: datetime


def waiting_lines(*, organisation_id: int, limit: int = 2000) -> Sequence[WaitingLine]:
    """Oldest first."""
    rows = _waiting(organisation_id).order_by("id").values_list("id", "patient_id", "language", "result_at")
    return [WaitingLine._make(row) for row in rows[:limit]]


def waiting_ids(*, organisation_id: int) -> list[int]:
    """Their attempts, oldest first."""
    return list(_waiting(organisation_id).order_by("id").values_list("id", flat=True))


def _waiting(organisation_id: int) -> QuerySet[Attempt]:
    printed = Letter.objects.filter(organisation_id=organisation_id).values("attempt_id")
    return Attempt.objects.filter(
        organisation_id=organisation_id, channel="letter", state="accepted", adapter="letter"
    ).exclude(pk__in=printed)


def batches(*, organisation_id: int, limit: int = 50) -> Sequence[BatchLine]:
    """Newest first."""
    return [_line(row) for row in _batches(organisation_id).order_by("-number")[:limit]]


def _batches(organisation_id: int) -> QuerySet[LetterBatch]:
    return LetterBatch.objects.filter(organisation_id=organisation_id).annotate(
        returned=Count("letters", filter=Q(letters__returned_at__isnull=False))
    )


def batch(*, organisation_id: int, number: int) -> BatchLine | None:
    row = _batches(organisation_id).filter(number=number).first()
    return _line(row) if row else None


def _line(row: LetterBatch) -> BatchLine:
    return BatchLine(
        number=row.number,
        form=row.form,
        count=row.count,
        made_at=row.made_at,
        made_by=row.made_by,
        posted_at=row.posted_at,
        posted_by=row.posted_by,
        returned=getattr(row, "returned", 0),
    )


def texts_of(*, organisation_id: int, number: int) -> Sequence[LetterText]:
    """The letters of a batch in their printed order."""
    rows = (
        Letter.objects.filter(organisation_id=organisation_id, batch__number=number)
        .select_related("attempt")
        .order_by("place")
    )
    return [
        LetterText(row.code, row.attempt.to_value, row.attempt.body, row.attempt.language) for row in rows
    ]


def letter_with_code(*, organisation_id: int, code: str) -> LetterFound | None:
    """By the code as it is printed."""
    row = (
        Letter.objects.filter(organisation_id=organisation_id, code=code)
        .select_related("attempt", "batch")
        .first()
    )
    if row is None:
        return None
    return LetterFound(
        code=row.code,
        attempt_id=row.attempt_id,
        patient_id=row.attempt.patient_id,
        case_id=row.attempt.case_id,
        to_value=row.attempt.to_value,
        batch_number=row.batch.number,
        posted_at=row.batch.posted_at,
        returned_at=row.returned_at,
        return_reason=row.return_reason,
    )

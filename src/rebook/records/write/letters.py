"""Letters: printed in batches, posted, and come back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Max

from rebook.records.models import Attempt, Letter, LetterBatch, ReturnedAddress
from rebook.records.write.attempts import LOCK_DUE, DueAttempt

# Read as due attempts are, of letters taken in hand and not printed yet.
LOCK_WAITING = (
    LOCK_DUE.partition("WHERE")[0]
    + """
WHERE a.organisation_id = %(org)s AND a.id = ANY(%(ids)s::bigint[]) AND a.channel = 'letter'
  AND a.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM records_letter l WHERE l.attempt_id = a.id)
ORDER BY a.id FOR UPDATE OF a SKIP LOCKED
"""
)


def lock_waiting(*, organisation_id: int, attempt_ids: Sequence[int]) -> list[DueAttempt]:
    """Those of the attempts that still wait to be printed, locked."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_WAITING, {"org": organisation_id, "ids": list(attempt_ids)})
        return list(map(DueAttempt._make, cursor.fetchall()))


def drop(*, organisation_id: int, attempt_id: int, reasons: Sequence[dict[str, str]], now: datetime) -> None:
    """A letter that the guard no longer allows is not printed: it never went out."""
    Attempt.objects.filter(organisation_id=organisation_id, pk=attempt_id, state="accepted").update(
        state="refused", reasons=list(reasons), result_at=now, sent_at=None
    )


def add_batch(
    *, organisation_id: int, form: str, letters: Sequence[tuple[int, str]], actor: str, now: datetime
) -> int:
    """A batch of (attempt, code) in this order; its number, counted from 1 within the practice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(14, %s)", [organisation_id])
    last = LetterBatch.objects.filter(organisation_id=organisation_id).aggregate(last=Max("number"))["last"]
    batch = LetterBatch.objects.create(
        organisation_id=organisation_id,
        number=(last or 0) + 1,
        form=form,
        count=len(letters),
        made_at=now,
        made_by=actor,
    )
    Letter.objects.bulk_create(
        Letter(organisation_id=organisation_id, batch_id=batch.pk, attempt_id=attempt, code=code, place=place)
        for place, (attempt, code) in enumerate(letters, start=1)
    )
    return batch.number


def mark_posted(*, organisation_id: int, number: int, actor: str, now: datetime) -> list[int]:
    """The attempts of a batch that is now in the post; none when it was before."""
    batches = LetterBatch.objects.filter(
        organisation_id=organisation_id, number=number, posted_at__isnull=True
    )
    if not batches.update(posted_at=now, posted_by=actor):
        return []
    return list(
        Letter.objects.filter(organisation_id=organisation_id, batch__number=number)
        .order_by("place")
        .values_list("attempt_id", flat=True)
    )


def advance_to_sent(*, organisation_id: int, attempt_ids: Sequence[int], now: datetime) -> list[int]:
    """Move letters from accepted to sent; which ones were not further already."""
    rows = Attempt.objects.filter(
        organisation_id=organisation_id, pk__in=list(attempt_ids), state="accepted"
    ).order_by("pk")
    found = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    Attempt.objects.filter(pk__in=found).update(state="sent", sent_at=now)
    return found


def mark_returned(*, organisation_id: int, code: str, reason: str, now: datetime) -> bool:
    """False when it was marked before."""
    rows = Letter.objects.filter(organisation_id=organisation_id, code=code, returned_at__isnull=True)
    return bool(rows.update(returned_at=now, return_reason=reason))


def spoil_address(
    *, organisation_id: int, patient_id: int, address_hash: str, reason: str, actor: str, now: datetime
) -> None:
    """Nothing more is written to this address of the patient."""
    ReturnedAddress.objects.get_or_create(
        organisation_id=organisation_id,
        patient_id=patient_id,
        address_hash=address_hash,
        defaults={"reason": reason, "at": now, "recorded_by": actor},
    )

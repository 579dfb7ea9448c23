"""Signatures beside the ordinary approval of a text, and the ledger of what patients were offered."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from rebook.records.models import OfferGiven, SpecialApproval


class Signature(NamedTuple):
    """``cents`` and what follows belong to offers; ``exception`` names one that law allows, with reasons."""

    kind: str
    template_key: str
    channel: str
    content_hash: str
    cents: int | None = None
    is_cash: bool = False
    exception: str = ""
    reasoning: str = ""


def add_signature(*, organisation_id: int, signature: Signature, now: datetime, by: str) -> int:
    """Keep it in place of one alike that stood; the new id."""
    SpecialApproval.objects.filter(
        organisation_id=organisation_id,
        kind=signature.kind,
        template_key=signature.template_key,
        channel=signature.channel,
        content_hash=signature.content_hash,
        revoked_at__isnull=True,
    ).update(revoked_at=now, revoked_by=by)
    row = SpecialApproval.objects.create(
        organisation_id=organisation_id, at=now, by=by, **signature._asdict()
    )
    return row.pk


def take_back(*, organisation_id: int, signature_id: int, now: datetime, by: str) -> bool:
    rows = SpecialApproval.objects.filter(
        organisation_id=organisation_id, pk=signature_id, revoked_at__isnull=True
    )
    return bool(rows.update(revoked_at=now, revoked_by=by))


class Given(NamedTuple):
    patient_id: int
    attempt_id: int
    cents: int


def add_offers(*, organisation_id: int, given: Sequence[Given], now: datetime) -> None:
    """Write down what goes out with these attempts; each once."""
    OfferGiven.objects.bulk_create(
        (
            OfferGiven(
                organisation_id=organisation_id,
                patient_id=one.patient_id,
                attempt_id=one.attempt_id,
                cents=one.cents,
                at=now,
            )
            for one in given
        ),
        ignore_conflicts=True,
    )

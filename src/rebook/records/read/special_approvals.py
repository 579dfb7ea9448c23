"""Signatures on sensitive reasons and on offers, for pages and for claims."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from rebook.records.models import SpecialApproval


@dataclass(frozen=True, slots=True)
class SignatureLine:
    id: int
    kind: str
    template_key: str
    channel: str
    content_hash: str
    cents: int | None
    is_cash: bool
    exception: str
    at: datetime
    by: str


def signatures(*, organisation_id: int) -> tuple[SignatureLine, ...]:
    """Those in force, the newest first."""
    rows = SpecialApproval.objects.filter(organisation_id=organisation_id, revoked_at__isnull=True)
    return tuple(
        SignatureLine(
            row.pk,
            row.kind,
            row.template_key,
            row.channel,
            row.content_hash,
            row.cents,
            row.is_cash,
            row.exception,
            row.at,
            row.by,
        )
        for row in rows.order_by("-at", "-pk")
    )


def offer_values(*, organisation_id: int, content_hashes: Collection[str]) -> dict[str, int]:
    """Content hash -> cents, of the offers among these texts."""
    rows = SpecialApproval.objects.filter(
        organisation_id=organisation_id,
        kind="offer",
        content_hash__in=list(content_hashes),
        revoked_at__isnull=True,
    )
    return {content_hash: cents or 0 for content_hash, cents in rows.values_list("content_hash", "cents")}

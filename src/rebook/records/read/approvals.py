"""Signatures under texts and campaigns, and what kind of message each text was said to be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from rebook.core.outreach.approval import Signature, SubjectKind
from rebook.core.outreach.approved_content import Content, content_from_json
from rebook.records.models import Approval, TemplateApproval, TemplateText, TextClass


@dataclass(frozen=True, slots=True)
class ConfirmedClass:
    """What a person said a text is; ``suggested`` is what its words said."""

    purpose: str
    suggested: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SignedBefore:
    """The newest content that was signed, other than the one asked about."""

    by: str
    at: datetime
    role: str
    content_hash: str
    content: Content


def _signature(row: Approval) -> Signature:
    return Signature(
        role=row.role,
        by=row.signed_by,
        at=row.signed_at,
        expires_at=row.expires_at,
        content_hash=row.content_hash,
        revoked_at=row.revoked_at,
    )


def signatures(*, organisation_id: int, kind: SubjectKind, key: str) -> tuple[Signature, ...]:
    """Every signature ever given under one text or campaign, newest first."""
    return signatures_by_key(organisation_id=organisation_id, kind=kind, keys=[key]).get(key, ())


def signatures_by_key(
    *, organisation_id: int, kind: SubjectKind, keys: Collection[str] | None = None
) -> dict[str, tuple[Signature, ...]]:
    """The same for many at once (``keys`` None: all)."""
    rows = Approval.objects.filter(organisation_id=organisation_id, subject_kind=kind).defer("snapshot")
    if keys is not None:
        rows = rows.filter(subject_key__in=list(keys))
    found: dict[str, list[Signature]] = {}
    for row in rows.order_by("-signed_at", "-pk"):
        found.setdefault(row.subject_key, []).append(_signature(row))
    return {key: tuple(lines) for key, lines in found.items()}


def signed_before(
    *, organisation_id: int, kind: SubjectKind, current: Mapping[str, str]
) -> dict[str, SignedBefore]:
    """What was signed last under each text or campaign with another content than now; by key.

    ``current``: the content hash as it stands, by key. Keys under which nothing else was signed are left out.
    """
    rows = Approval.objects.filter(
        organisation_id=organisation_id, subject_kind=kind, subject_key__in=list(current)
    )
    found: dict[str, SignedBefore] = {}
    for row in rows.exclude(content_hash__in=list(current.values())).order_by("signed_at", "pk"):
        content = content_from_json(row.snapshot)
        found[row.subject_key] = SignedBefore(
            row.signed_by, row.signed_at, row.role, row.content_hash, content
        )
    return found


def text_classes(*, organisation_id: int, content_hash: str = "") -> dict[str, ConfirmedClass]:
    """What each text was last said to be, by content hash; only one hash when given."""
    rows = TextClass.objects.filter(organisation_id=organisation_id)
    if content_hash:
        rows = rows.filter(content_hash=content_hash)
    return {
        row.content_hash: ConfirmedClass(
            row.purpose, row.suggested, row.reason, row.confirmed_by, row.confirmed_at
        )
        for row in rows.order_by("confirmed_at", "pk")
    }


def approved_texts(*, organisation_id: int, now: datetime) -> frozenset[tuple[str, str, str]]:
    """(template key, language, content hash) of every text that may go out at ``now``."""
    rows = TemplateApproval.objects.filter(organisation_id=organisation_id, revoked_at__isnull=True)
    rows = rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    return frozenset(rows.values_list("template_key", "language", "content_hash"))


def writers(*, organisation_id: int) -> dict[tuple[str, str, str, str], str]:
    """Who wrote the practice's own published texts, by (key, channel, language, variant)."""
    rows = TemplateText.objects.filter(
        organisation_id=organisation_id, state="published", withdrawn_at__isnull=True
    )
    places = rows.order_by("version").values_list("key", "channel", "language", "variant", "author")
    return {(key, channel, language, variant): author for key, channel, language, variant, author in places}

"""The practice's own texts, by version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rebook.records.models import TemplateApproval, TemplateText


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of an own text. ``required`` and ``optional`` name its fields; times are UTC."""

    id: int
    key: str
    channel: str
    language: str
    variant: str
    version: int
    state: str
    review: str
    subject: str
    body: str
    short_body: str
    button: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    purpose: str
    role: str
    is_generic: bool
    note: str
    author: str
    created_at: datetime
    changed_at: datetime
    published_at: datetime | None
    published_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str


def _version(row: TemplateText) -> TextVersion:
    return TextVersion(
        id=row.pk,
        key=row.key,
        channel=row.channel,
        language=row.language,
        variant=row.variant,
        version=row.version,
        state=row.state,
        review=row.review,
        subject=row.subject,
        body=row.body,
        short_body=row.short_body,
        button=row.button,
        required=tuple(row.required_fields),
        optional=tuple(row.optional_fields),
        purpose=row.purpose,
        role=row.role,
        is_generic=row.is_generic,
        note=row.note,
        author=row.author,
        created_at=row.created_at,
        changed_at=row.changed_at,
        published_at=row.published_at,
        published_by=row.published_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
    )


def published_texts(*, organisation_id: int) -> Sequence[TextVersion]:
    """Every published version, the newest of each text first."""
    rows = TemplateText.objects.filter(organisation_id=organisation_id, state="published")
    return [_version(row) for row in rows.order_by("key", "channel", "language", "variant", "-version")]


def approved_hashes(*, organisation_id: int) -> frozenset[str]:
    """Content hashes that were let out and not held back since; some may have run out meanwhile."""
    rows = TemplateApproval.objects.filter(organisation_id=organisation_id, revoked_at__isnull=True)
    return frozenset(rows.values_list("content_hash", flat=True))


def drafts(*, organisation_id: int) -> Sequence[TextVersion]:
    """Every draft, by key."""
    rows = TemplateText.objects.filter(organisation_id=organisation_id, state="draft")
    return [_version(row) for row in rows.order_by("key", "channel", "language", "variant")]


def text_history(
    *, organisation_id: int, key: str, channel: str, language: str, variant: str = ""
) -> Sequence[TextVersion]:
    """All versions of one text, newest first, a draft before all."""
    rows = TemplateText.objects.filter(
        organisation_id=organisation_id, key=key, channel=channel, language=language, variant=variant
    )
    return [_version(row) for row in rows.order_by("-version")]

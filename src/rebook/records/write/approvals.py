"""Writes signatures. Callers hold the transaction and audit."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from rebook.core.outreach.approval import SubjectKind
from rebook.core.outreach.approved_content import Content
from rebook.records.models import Approval, TemplateApproval, TextClass


def add_signature(
    *,
    organisation_id: int,
    kind: SubjectKind,
    key: str,
    content_hash: str,
    role: str,
    content: Content,
    actor: str,
    now: datetime,
    expires_at: datetime,
) -> bool:
    """Sign as one role; False when that role's signature stands already. One that has run out gives way."""
    mine = Approval.objects.filter(
        organisation_id=organisation_id,
        subject_kind=kind,
        subject_key=key,
        content_hash=content_hash,
        role=role,
        revoked_at__isnull=True,
    )
    mine.filter(expires_at__lte=now).update(revoked_at=now, revoked_by=actor)
    _row, is_new = mine.get_or_create(
        organisation_id=organisation_id,
        subject_kind=kind,
        subject_key=key,
        content_hash=content_hash,
        role=role,
        revoked_at=None,
        defaults={
            "signed_by": actor,
            "signed_at": now,
            "expires_at": expires_at,
            "snapshot": content.as_json(),
        },
    )
    return is_new


def revoke_signatures(
    *, organisation_id: int, kind: SubjectKind, keys: Collection[str], actor: str, now: datetime
) -> int:
    """Take every standing signature under these texts or campaigns back; how many."""
    rows = Approval.objects.filter(
        organisation_id=organisation_id,
        subject_kind=kind,
        subject_key__in=list(keys),
        revoked_at__isnull=True,
    )
    return rows.update(revoked_at=now, revoked_by=actor)


def add_text_class(
    *,
    organisation_id: int,
    key: str,
    content_hash: str,
    purpose: str,
    suggested: str,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Append what a person says a text is; the newest line counts."""
    TextClass.objects.create(
        organisation_id=organisation_id,
        subject_key=key,
        content_hash=content_hash,
        purpose=purpose,
        suggested=suggested,
        reason=reason,
        confirmed_by=actor,
        confirmed_at=now,
    )


class SignatureLine(NamedTuple):
    """One signature to give: under which text or campaign, for which content, as what."""

    key: str
    content_hash: str
    role: str
    content: Content


class ClassLine(NamedTuple):
    key: str
    content_hash: str
    purpose: str
    suggested: str


class LetOut(NamedTuple):
    """A text that may go out until ``expires_at``."""

    template_key: str
    language: str
    content_hash: str
    expires_at: datetime


def sign_all(
    *,
    organisation_id: int,
    lines: Sequence[SignatureLine],
    actor: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Sign many texts at once; none of the lines may stand already. Those run out give way."""
    ended = Approval.objects.filter(
        organisation_id=organisation_id,
        subject_kind="template",
        content_hash__in=[line.content_hash for line in lines],
        revoked_at__isnull=True,
        expires_at__lte=now,
    )
    ended.update(revoked_at=now, revoked_by=actor)
    Approval.objects.bulk_create(
        Approval(
            organisation_id=organisation_id,
            subject_kind="template",
            subject_key=line.key,
            content_hash=line.content_hash,
            role=line.role,
            signed_by=actor,
            signed_at=now,
            expires_at=expires_at,
            snapshot=line.content.as_json(),
        )
        for line in lines
    )


def class_all(*, organisation_id: int, lines: Sequence[ClassLine], actor: str, now: datetime) -> None:
    """Say of many texts at once what they are."""
    TextClass.objects.bulk_create(
        TextClass(
            organisation_id=organisation_id,
            subject_key=line.key,
            content_hash=line.content_hash,
            purpose=line.purpose,
            suggested=line.suggested,
            confirmed_by=actor,
            confirmed_at=now,
        )
        for line in lines
    )


def let_out(*, organisation_id: int, texts: Sequence[LetOut], actor: str, now: datetime) -> None:
    """Say to the guard which texts may go out, and until when."""
    known = {
        row.content_hash: row
        for row in TemplateApproval.objects.filter(
            organisation_id=organisation_id, content_hash__in=[one.content_hash for one in texts]
        )
    }
    changed = []
    for one in texts:
        row = known.get(one.content_hash)
        if row is None:
            row = TemplateApproval(organisation_id=organisation_id, content_hash=one.content_hash)
            row.template_key, row.language = one.template_key, one.language
        elif row.revoked_at is None and row.expires_at == one.expires_at:
            continue
        row.approved_by, row.approved_at, row.expires_at, row.revoked_at = actor, now, one.expires_at, None
        changed.append(row)
    TemplateApproval.objects.bulk_create([row for row in changed if row.pk is None])
    TemplateApproval.objects.bulk_update(
        [row for row in changed if row.pk is not None],
        ["approved_by", "approved_at", "expires_at", "revoked_at"],
    )


def hold_back(
    *,
    organisation_id: int,
    now: datetime,
    template_key: str = "",
    language: str = "",
    content_hashes: Sequence[str] | None = None,
) -> int:
    """Say to the guard that texts may not go out (any more); how many could until now."""
    rows = TemplateApproval.objects.filter(organisation_id=organisation_id, revoked_at__isnull=True)
    if content_hashes is None:
        rows = rows.filter(template_key=template_key, language=language)
    else:
        rows = rows.filter(content_hash__in=content_hashes)
    return rows.update(revoked_at=now)

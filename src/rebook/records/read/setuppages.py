"""What the practice has set up: sources, rules, wording; for the pages that ask "is it safe?"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from rebook.records.models import (
    Campaign,
    GapSignOff,
    ImportRun,
    Patient,
    Practitioner,
    PractitionerHours,
    RejectedRow,
    Source,
    VisitType,
)


@dataclass(frozen=True, slots=True)
class SourceLine:
    id: int
    key: str
    kind: str
    last_synced_at: datetime | None
    rejects: int


@dataclass(frozen=True, slots=True)
class RunLine:
    id: int
    source_key: str
    started_at: datetime
    ended_at: datetime | None
    state: str
    error: str
    # (kind of row, read, created, updated, unchanged, rejected)
    counts: tuple[tuple[str, int, int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class RejectLine:
    file: str
    line: int
    field: str
    reason: str
    source_key: str


@dataclass(frozen=True, slots=True)
class VisitTypeLine:
    key: str
    label: str
    minutes: int
    is_self_bookable: bool


@dataclass(frozen=True, slots=True)
class PractitionerLine:
    id: int
    name: str
    location: str
    has_hours: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a content, and when. ``is_current``: the content has not changed since."""

    by: str
    at: datetime
    content_hash: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """Counts behind the checklist."""

    patients: int
    last_synced_at: datetime | None
    sources: int
    campaigns_without_owner: int
    running_campaigns: int
    self_bookable_visits: int
    practitioners_with_hours: int


def sources(*, organisation_id: int) -> tuple[SourceLine, ...]:
    """Where data comes from; Rebook's own calendar is none."""
    rows = Source.objects.filter(organisation_id=organisation_id).exclude(kind="local").order_by("key")
    rejected = dict(
        RejectedRow.objects.filter(organisation_id=organisation_id)
        .values_list("source_id")
        .annotate(n=Count("pk"))
    )
    return tuple(
        SourceLine(row.pk, row.key, row.kind, row.last_synced_at, rejected.get(row.pk, 0)) for row in rows
    )


def import_runs(*, organisation_id: int, limit: int = 10) -> tuple[RunLine, ...]:
    """The newest readings of the sources."""
    rows = ImportRun.objects.filter(organisation_id=organisation_id).select_related("source")
    return tuple(
        RunLine(
            id=row.pk,
            source_key=row.source.key,
            started_at=row.started_at,
            ended_at=row.ended_at,
            state=row.state,
            error=row.error,
            counts=tuple(_counts(row.counts)),
        )
        for row in rows.order_by("-started_at")[:limit]
    )


def _counts(counts: dict[str, Any]) -> Iterable[tuple[str, int, int, int, int, int]]:
    for kind, one in sorted(counts.items()):
        if isinstance(one, dict):
            numbers = [
                int(one.get(name, 0)) for name in ("read", "created", "updated", "unchanged", "rejected")
            ]
            yield (kind, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])


def rejects(*, organisation_id: int, limit: int = 100) -> tuple[RejectLine, ...]:
    """The newest rows that were turned away, each with its place and reason; never its content."""
    rows = RejectedRow.objects.filter(organisation_id=organisation_id).select_related("source")
    return tuple(
        RejectLine(row.file, row.line, row.field, row.reason, row.source.key)
        for row in rows.order_by("-pk")[:limit]
    )


def reject_reasons(*, organisation_id: int, limit: int = 30) -> tuple[tuple[str, str, int], ...]:
    """[(field, reason, rows)], most frequent first."""
    rows = RejectedRow.objects.filter(organisation_id=organisation_id).values("field", "reason")
    counted = rows.annotate(n=Count("pk")).order_by("-n", "field", "reason")[:limit]
    return tuple((row["field"], row["reason"], row["n"]) for row in counted)


def visit_types(*, organisation_id: int) -> tuple[VisitTypeLine, ...]:
    rows = VisitType.objects.filter(organisation_id=organisation_id).order_by("label", "key")
    return tuple(VisitTypeLine(row.key, row.label, row.minutes, row.is_self_bookable) for row in rows)


def practitioners(*, organisation_id: int) -> tuple[PractitionerLine, ...]:
    """Who provides care, and whether their hours are known."""
    rows = Practitioner.objects.filter(organisation_id=organisation_id).select_related("location")
    rows = rows.annotate(n=Count("hours")).order_by("name", "pk")
    return tuple(
        PractitionerLine(row.pk, row.name, row.location.name if row.location else "", row.n > 0)
        for row in rows
    )


def gap_signatures(*, organisation_id: int) -> dict[str, tuple[Signature, ...]]:
    """Signatures in force by definition key, newest first; compare their hash with the definition's."""
    found: dict[str, list[Signature]] = {}
    rows = GapSignOff.objects.filter(organisation_id=organisation_id, withdrawn_at__isnull=True)
    for row in rows.order_by("-signed_at"):
        found.setdefault(row.definition_key, []).append(
            Signature(row.signed_by, row.signed_at, row.content_hash)
        )
    return {key: tuple(lines) for key, lines in found.items()}


def readiness(*, organisation_id: int) -> Readiness:
    """The counts behind the checklist on the set-up page."""
    mine = {"organisation_id": organisation_id}
    synced = [line.last_synced_at for line in sources(**mine)]
    known = [at for at in synced if at]
    campaigns = Campaign.objects.filter(**mine, state__in=("active", "paused"))
    return Readiness(
        patients=Patient.objects.filter(**mine, merged_into__isnull=True).count(),
        last_synced_at=max(known) if known else None,
        sources=len(synced),
        campaigns_without_owner=campaigns.filter(owner__isnull=True).count(),
        running_campaigns=campaigns.filter(state="active").count(),
        self_bookable_visits=VisitType.objects.filter(**mine, is_self_bookable=True).count(),
        practitioners_with_hours=PractitionerHours.objects.filter(**mine)
        .values("practitioner")
        .distinct()
        .count(),
    )

"""Sources, their import runs, and what was turned away, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from rebook.records.models import ImportRun, RejectedRow, Source


@dataclass(frozen=True, slots=True)
class SourceView:
    id: int
    key: str
    kind: str
    last_synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunView:
    """``counts`` by entity: read, repeated, created, updated, unchanged, rejected."""

    id: int
    source_key: str
    started_at: datetime
    ended_at: datetime | None
    state: str
    counts: dict[str, Any]
    error: str


@dataclass(frozen=True, slots=True)
class RejectView:
    source_key: str
    file: str
    line: int
    field: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class RejectReason:
    """How often one reason was given for one field of one source."""

    source_key: str
    field: str
    reason: str
    count: int


def sources(*, organisation_id: int) -> list[SourceView]:
    """Every place data comes from, by key."""
    rows = Source.objects.filter(organisation_id=organisation_id).order_by("key")
    return [SourceView(row.pk, row.key, row.kind, row.last_synced_at) for row in rows]


def runs(*, organisation_id: int, limit: int = 20) -> list[RunView]:
    """The newest import runs, newest first."""
    rows = ImportRun.objects.filter(organisation_id=organisation_id).select_related("source")
    return [
        RunView(row.pk, row.source.key, row.started_at, row.ended_at, row.state, row.counts, row.error)
        for row in rows.order_by("-pk")[:limit]
    ]


def rejects(
    *, organisation_id: int, source_key: str = "", limit: int = 100, offset: int = 0
) -> list[RejectView]:
    """What was turned away, by source, file and line; ``raw`` is for the ledger's people only."""
    rows = RejectedRow.objects.filter(organisation_id=organisation_id).select_related("source")
    if source_key:
        rows = rows.filter(source__key=source_key)
    chosen = rows.order_by("source__key", "file", "line", "pk")[offset : offset + limit]
    return [RejectView(row.source.key, row.file, row.line, row.field, row.reason, row.raw) for row in chosen]


def reject_reasons(*, organisation_id: int, source_key: str = "") -> list[RejectReason]:
    """Why rows were turned away, the most frequent reason first."""
    rows = RejectedRow.objects.filter(organisation_id=organisation_id)
    if source_key:
        rows = rows.filter(source__key=source_key)
    counted = rows.values_list("source__key", "field", "reason").annotate(number=Count("pk"))
    return [RejectReason(*row) for row in counted.order_by("-number", "source__key", "field", "reason")]

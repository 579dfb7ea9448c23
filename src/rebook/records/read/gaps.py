"""Gaps for pages, and what finding them needs from the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Count, F, Func, QuerySet, Value

from rebook.records.models import Gap, GapSignOff, Snapshot


@dataclass(frozen=True, slots=True)
class GapView:
    """``evidence`` and ``rank_reasons`` are steps and reasons as JSON: ids and dates, no private detail."""

    id: int
    patient_id: int
    definition_key: str
    kind: str
    visit_type: str
    risk_class: int
    is_sensitive: bool
    anchor_on: date | None
    due_on: date
    overdue_on: date
    interval_days: int | None
    tier: str
    location_id: int | None
    rank: int | None
    opened_on: date
    closed_on: date | None
    close_reason: str
    evidence: tuple[dict[str, Any], ...]
    rank_reasons: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class GapCount:
    """How many open gaps share a definition, a kind, a tier and a location."""

    definition_key: str
    kind: str
    tier: str
    location_id: int | None
    gaps: int


@dataclass(frozen=True, slots=True)
class SnapshotView:
    id: int
    number: int
    as_of: date
    path: str
    counts: dict[str, int]
    # The full snapshot that an increment builds on.
    base_number: int | None = None


def newest_snapshot(*, organisation_id: int, as_of: date) -> SnapshotView | None:
    """The newest snapshot that was taken for ``as_of``."""
    kept = Snapshot.objects.filter(organisation_id=organisation_id, as_of=as_of, pruned_at__isnull=True)
    row = kept.order_by("-number").first()
    if row is None:
        return None
    return SnapshotView(row.pk, row.number, row.as_of, row.path, row.counts, row.base_number)


def last_snapshot(*, organisation_id: int) -> SnapshotView | None:
    """The newest snapshot there is, whatever day it was taken for."""
    row = Snapshot.objects.filter(organisation_id=organisation_id).order_by("-number").first()
    if row is None:
        return None
    return SnapshotView(row.pk, row.number, row.as_of, row.path, row.counts)


def signatures(*, organisation_id: int) -> frozenset[tuple[str, str]]:
    """(definition key, content hash) of what clinicians of the organisation signed (R-C1)."""
    rows = GapSignOff.objects.filter(organisation_id=organisation_id, withdrawn_at__isnull=True)
    return frozenset(rows.values_list("definition_key", "content_hash"))


def open_gaps(
    *,
    organisation_id: int,
    limit: int = 50,
    offset: int = 0,
    kinds: Collection[str] = (),
    definition_keys: Collection[str] = (),
    tiers: Collection[str] = (),
    location_ids: Collection[int] = (),
    visit_types: Collection[str] = (),
    least_risk_class: int = 0,
) -> list[GapView]:
    """Open gaps by rank, those not ranked yet last; an empty filter lets everything through."""
    rows = _open(organisation_id).filter(risk_class__gte=least_risk_class)
    filters = {
        "kind__in": kinds,
        "definition_key__in": definition_keys,
        "tier__in": tiers,
        "location_id__in": location_ids,
        "visit_type__in": visit_types,
    }
    rows = rows.filter(**{name: list(values) for name, values in filters.items() if values})
    return [_view(row) for row in rows.order_by("rank", "id")[offset : offset + limit]]


def gaps_of_patient(*, organisation_id: int, patient_id: int) -> list[GapView]:
    """Every gap of a patient, the open ones first by rank, then the closed ones, the latest first."""
    rows = Gap.objects.filter(organisation_id=organisation_id, patient_id=patient_id)
    views = [_view(row) for row in rows.order_by("rank", "-closed_on", "id")]
    return sorted(views, key=lambda one: one.closed_on is not None)


def count_open(*, organisation_id: int) -> list[GapCount]:
    """Open gaps by definition, kind, tier and location; add up what a page does not tell apart.

    Gaps of one event are counted together under their kind.
    """
    rows = (
        _open(organisation_id)
        .annotate(
            rule=Func(
                F("definition_key"), Value(":"), Value(1), function="split_part", output_field=CharField()
            )
        )
        .values_list("rule", "kind", "tier", "location_id")
        .annotate(gaps=Count("id"))
        .order_by("kind", "rule", "tier", "location_id")
    )
    return [GapCount(*row) for row in rows]


def _open(organisation_id: int) -> QuerySet[Gap]:
    return Gap.objects.filter(organisation_id=organisation_id, closed_on__isnull=True)


def _view(row: Gap) -> GapView:
    return GapView(
        id=row.pk,
        patient_id=row.patient_id,
        definition_key=row.definition_key,
        kind=row.kind,
        visit_type=row.visit_type,
        risk_class=row.risk_class,
        is_sensitive=row.is_sensitive,
        anchor_on=row.anchor_on,
        due_on=row.due_on,
        overdue_on=row.overdue_on,
        interval_days=row.interval_days,
        tier=row.tier,
        location_id=row.location_id,
        rank=row.rank,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        close_reason=row.close_reason,
        evidence=tuple(row.evidence),
        rank_reasons=tuple(row.rank_reasons),
    )

"""The open gaps of patients about to be contacted, for one contact about all of them."""

from collections.abc import Mapping, Sequence

from rebook.core.gaps.combine import OpenGap
from rebook.records.models import Gap, VisitType


def open_gaps_of(*, organisation_id: int, patient_ids: Sequence[int]) -> Mapping[int, list[OpenGap]]:
    """By patient, in one query."""
    found: dict[int, list[OpenGap]] = {}
    rows = Gap.objects.filter(
        organisation_id=organisation_id, patient_id__in=patient_ids, closed_on__isnull=True
    ).order_by("id")
    for row in rows:
        gap = OpenGap(row.pk, row.definition_key, row.visit_type, row.risk_class, row.rank, row.outreach)
        found.setdefault(row.patient_id, []).append(gap)
    return found


def bookable_types(*, organisation_id: int) -> frozenset[str]:
    """Kinds of visit that patients of the practice may book themselves."""
    rows = VisitType.objects.filter(organisation_id=organisation_id, is_self_bookable=True)
    return frozenset(rows.values_list("key", flat=True))

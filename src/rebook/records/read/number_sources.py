"""How the practice got its numbers and addresses: counted, and one by one (R-A4)."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count

from rebook.records.models import ContactPoint
from rebook.records.read.number_checks import KnownNumber


class SourceCount(NamedTuple):
    """Numbers and addresses in use of one of the practice's systems, by how they came ("" nobody wrote)."""

    system_key: str
    number_source: str
    points: int
    patients: int


@dataclass(frozen=True, slots=True)
class CheckCounts:
    """Phone numbers in use by what a check said last; ``waiting`` are those that the guard holds back now."""

    in_use: int = 0
    same: int = 0
    reassigned: int = 0
    no_data: int = 0
    unchecked: int = 0
    waiting: int = 0


def source_counts(*, organisation_id: int) -> tuple[SourceCount, ...]:
    """By system, then by how they came; the most first."""
    rows = (
        ContactPoint.objects.filter(
            organisation_id=organisation_id,
            is_current=True,
            state__in=("unverified", "verified"),
            patient__merged_into__isnull=True,
        )
        .values_list("patient__source__key", "number_source")
        .annotate(points=Count("pk"), patients=Count("patient", distinct=True))
        .order_by("patient__source__key", "-points", "number_source")
    )
    return tuple(SourceCount(*row) for row in rows)


def counted(numbers: list[KnownNumber], *, waiting: int) -> CheckCounts:
    """The counts of numbers that were read already."""
    kinds = [one.check for one in numbers]
    return CheckCounts(
        in_use=len(numbers),
        same=kinds.count("same"),
        reassigned=kinds.count("reassigned"),
        no_data=kinds.count("no_data"),
        unchecked=kinds.count(""),
        waiting=waiting,
    )


def owner_of(*, organisation_id: int, contact_point_id: int) -> int | None:
    """Whose number or address it is; None when there is no such one."""
    rows = ContactPoint.objects.filter(organisation_id=organisation_id, pk=contact_point_id)
    return rows.values_list("patient_id", flat=True).first()

"""Standing requests for confidence, marks on numbers and other tools seen, for pages."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Max, Min

from rebook.records.models import ConfidentialRequest, NumberMark, OtherContact, Patient


@dataclass(frozen=True, slots=True)
class WishView:
    """A standing request; the code word is for staff's eyes only."""

    channels: tuple[str, ...]
    phone: str
    email: str
    address_line: str
    city: str
    state: str
    postal_code: str
    in_envelope: bool
    opens: time | None
    closes: time | None
    weekdays: tuple[int, ...]
    needs: tuple[str, ...]
    code_word: str
    made_at: datetime


def wish_of(*, organisation_id: int, patient_id: int) -> WishView | None:
    """What stands for this patient, or for a record that was merged into theirs."""
    merged = Patient.objects.filter(organisation_id=organisation_id, merged_into_id=patient_id)
    row = (
        ConfidentialRequest.objects.filter(
            organisation_id=organisation_id,
            patient_id__in=[patient_id, *merged.values_list("pk", flat=True)],
            ended_at__isnull=True,
        )
        .order_by("-made_at")
        .first()
    )
    if row is None:
        return None
    return WishView(
        channels=tuple(row.channels),
        phone=row.phone,
        email=row.email,
        address_line=row.address_line,
        city=row.city,
        state=row.state,
        postal_code=row.postal_code,
        in_envelope=row.in_envelope,
        opens=row.opens,
        closes=row.closes,
        weekdays=tuple(row.weekdays),
        needs=tuple(row.needs),
        code_word=row.code_word,
        made_at=row.made_at,
    )


@dataclass(frozen=True, slots=True)
class MarkLine:
    id: int
    value: str
    kind: str
    note: str
    at: datetime


def marks(*, organisation_id: int) -> tuple[MarkLine, ...]:
    """Marks in force, the newest first; of a file of answers only those that hold a number back."""
    rows = NumberMark.objects.filter(organisation_id=organisation_id, ended_at__isnull=True)
    rows = rows.exclude(by__startswith="check:", kind__in=("same", "no_data"))
    return tuple(
        MarkLine(row.pk, row.value, row.kind, row.note, row.at) for row in rows.order_by("-at", "-pk")[:500]
    )


@dataclass(frozen=True, slots=True)
class OtherSystem:
    """A tool whose contacts are counted in the caps."""

    system: str
    contacts: int
    patients: int
    first_at: datetime
    last_at: datetime
    recorded_at: datetime


def other_systems(*, organisation_id: int) -> tuple[OtherSystem, ...]:
    """Every tool seen in coordination files, the busiest first."""
    rows = (
        OtherContact.objects.filter(organisation_id=organisation_id)
        .values("system")
        .annotate(
            contacts=Count("pk"),
            patients=Count("patient", distinct=True),
            first_at=Min("at"),
            last_at=Max("at"),
            recorded_at=Max("recorded_at"),
        )
        .order_by("-contacts", "system")
    )
    return tuple(OtherSystem(**row) for row in rows)

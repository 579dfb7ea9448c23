"""What the booking stage sees: kinds of visit, holds and bookings."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from rebook.records.models import Appointment, Booking, Practitioner, SlotClaim, VisitType
from rebook.records.read.diary import FREES_THE_TIME


@dataclass(frozen=True, slots=True)
class VisitTypeView:
    key: str
    label: str
    minutes: int
    is_self_bookable: bool


@dataclass(frozen=True, slots=True)
class HoldView:
    """A time kept for one person until ``expires_at``."""

    claim_id: int
    practitioner_id: int
    location_id: int
    visit_type: str
    starts_at: datetime
    ends_at: datetime
    seat: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BookingView:
    """An appointment made through Rebook; ``appointment_status`` as the ledger has it now."""

    id: int
    patient_id: int
    case_id: int | None
    claim_id: int
    appointment_id: int
    practitioner_id: int
    location_id: int
    visit_type: str
    starts_at: datetime
    ends_at: datetime
    state: str
    appointment_status: str


def visit_types(*, organisation_id: int) -> list[VisitTypeView]:
    """The organisation's kinds of visit, by key."""
    rows = VisitType.objects.filter(organisation_id=organisation_id).order_by("key")
    return [VisitTypeView(*row) for row in rows.values_list("key", "label", "minutes", "is_self_bookable")]


def practitioner_names(*, organisation_id: int, ids: set[int]) -> dict[int, str]:
    rows = Practitioner.objects.filter(organisation_id=organisation_id, pk__in=ids)
    return dict(rows.values_list("pk", "name"))


def hold_of_link(*, organisation_id: int, link_id: int) -> HoldView | None:
    """The time that was last held through a link, not yet confirmed or released; it may be past its time."""
    row = (
        SlotClaim.objects.filter(organisation_id=organisation_id, link_id=link_id)
        .filter(released_at__isnull=True, expires_at__isnull=False)
        .order_by("-pk")
        .first()
    )
    if row is None or row.expires_at is None:
        return None
    return HoldView(
        claim_id=row.pk,
        practitioner_id=row.practitioner_id,
        location_id=row.location_id,
        visit_type=row.visit_type,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        seat=row.seat,
        expires_at=row.expires_at,
    )


def live_booking(
    *, organisation_id: int, patient_id: int, case_id: int | None, visit_type: str, now: datetime
) -> BookingView | None:
    """The booking of a patient that still lies ahead: of the case, else of that kind of visit."""
    rows = Booking.objects.filter(organisation_id=organisation_id, patient_id=patient_id, state="confirmed")
    rows = rows.filter(appointment__starts_at__gt=now).exclude(appointment__status__in=FREES_THE_TIME)
    rows = rows.filter(case_id=case_id) if case_id is not None else rows.filter(claim__visit_type=visit_type)
    return _booking(rows.select_related("claim", "appointment").order_by("-pk").first())


def booking(*, organisation_id: int, booking_id: int) -> BookingView | None:
    rows = Booking.objects.filter(organisation_id=organisation_id, pk=booking_id)
    return _booking(rows.select_related("claim", "appointment").first())


def _booking(row: Booking | None) -> BookingView | None:
    if row is None:
        return None
    return BookingView(
        id=row.pk,
        patient_id=row.patient_id,
        case_id=row.case_id,
        claim_id=row.claim_id,
        appointment_id=row.appointment_id,
        practitioner_id=row.claim.practitioner_id,
        location_id=row.claim.location_id,
        visit_type=row.claim.visit_type,
        starts_at=row.claim.starts_at,
        ends_at=row.claim.ends_at,
        state=row.state,
        appointment_status=row.appointment.status,
    )


def booked_elsewhere(
    *, organisation_id: int, patient_id: int, visit_type: str, now: datetime
) -> datetime | None:
    """When the patient's next visit of that kind starts that Rebook did not book, if there is one."""
    rows = Appointment.objects.filter(organisation_id=organisation_id, patient_id=patient_id)
    rows = rows.filter(visit_type=visit_type, starts_at__gt=now, booking__isnull=True)
    rows = rows.exclude(status__in=FREES_THE_TIME).order_by("starts_at")
    return rows.values_list("starts_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class BookingTotals:
    """How many live bookings there are, and how many of them stand on a seat that is taken."""

    booked: int
    double_booked: int


def booking_totals(*, organisation_id: int) -> BookingTotals:
    rows = Booking.objects.filter(organisation_id=organisation_id, state="confirmed")
    rows = rows.exclude(appointment__status__in=FREES_THE_TIME)
    seats: dict[tuple[int, int], list[tuple[datetime, datetime]]] = {}
    for practitioner, seat, start, end in rows.values_list(
        "claim__practitioner_id", "claim__seat", "appointment__starts_at", "appointment__ends_at"
    ):
        seats.setdefault((practitioner, seat), []).append((start, end or start))
    double = sum(
        later[0] < earlier[1] for spans in seats.values() for earlier, later in pairwise(sorted(spans))
    )
    return BookingTotals(booked=sum(map(len, seats.values())), double_booked=double)

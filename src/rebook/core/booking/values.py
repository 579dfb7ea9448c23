"""A practitioner's diary as free times are computed from it."""

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Weekly hours on the location's own clock; Monday is 0."""

    practitioner_id: int
    location_id: int
    time_zone: str
    weekday: int
    starts: time
    ends: time
    # Patients seen at the same time.
    capacity: int = 1
    # Empty: every visit type.
    visit_types: tuple[str, ...] = ()
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Occupied:
    """Time that is gone: a live claim on one seat, or an appointment from elsewhere, which has no seat."""

    practitioner_id: int
    starts_at: datetime
    ends_at: datetime
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Diary:
    """Hours and what already fills them."""

    hours: tuple[WorkingHours, ...]
    occupied: tuple[Occupied, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """The time somebody asks for; which seat it gets is decided when it is claimed."""

    practitioner_id: int
    location_id: int
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """Free time for one visit."""

    practitioner_id: int
    location_id: int
    visit_type: str
    starts_at: datetime
    ends_at: datetime
    seat: int
    # IANA name of the location's clock.
    time_zone: str

    @property
    def choice(self) -> SlotChoice:
        return SlotChoice(self.practitioner_id, self.location_id, self.starts_at)

"""The answers of the booking stage. A time that is gone is an answer, never an exception."""

from dataclasses import dataclass
from datetime import datetime

from rebook.core.booking import Slot
from rebook.records.read.booking import VisitTypeView


@dataclass(frozen=True, slots=True)
class Held:
    """The time is kept for the patient until ``expires_at``."""

    claim_id: int
    slot: Slot
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SlotTaken:
    """Somebody else has it, or it is no longer open; these are the next times, if any (R-D77)."""

    next_times: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """``is_new`` is False when the same act had been done before (a double click)."""

    booking_id: int
    slot: Slot
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class NothingHeld:
    """There is no time chosen that could be confirmed."""


@dataclass(frozen=True, slots=True)
class NothingBooked:
    """There is no such booking any more."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    booking_id: int


@dataclass(frozen=True, slots=True)
class TimesOffered:
    """What a link may offer: nothing when the kind of visit is not for booking online (R-D78)."""

    visit_type: VisitTypeView | None
    slots: tuple[Slot, ...]
    next_times: tuple[Slot, ...]
    # No time later than this is on offer.
    latest_at: datetime


HoldAnswer = Held | SlotTaken
ConfirmAnswer = Booked | SlotTaken | NothingHeld
CancelAnswer = Cancelled | NothingBooked

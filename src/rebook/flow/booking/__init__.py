"""From a link to a booked visit: free times, holds, bookings, changes."""

from rebook.flow.booking.changes import cancel, move
from rebook.flow.booking.confirmations import book_for_patient, confirm
from rebook.flow.booking.holds import hold_slot
from rebook.flow.booking.hours import set_hours, set_visit_type
from rebook.flow.booking.identity import check_identity
from rebook.flow.booking.links import LINK_LIVES, create_link
from rebook.flow.booking.offers import open_slots, times_for_link
from rebook.flow.booking.steps import Step, note_step
from rebook.flow.booking.values import (
    Booked,
    CancelAnswer,
    Held,
    HoldAnswer,
    NothingBooked,
    NothingHeld,
    SlotTaken,
    TimesOffered,
)

__all__ = [
    "LINK_LIVES",
    "Booked",
    "CancelAnswer",
    "Held",
    "HoldAnswer",
    "NothingBooked",
    "NothingHeld",
    "SlotTaken",
    "Step",
    "TimesOffered",
    "book_for_patient",
    "cancel",
    "check_identity",
    "confirm",
    "create_link",
    "hold_slot",
    "move",
    "note_step",
    "open_slots",
    "set_hours",
    "set_visit_type",
    "times_for_link",
]

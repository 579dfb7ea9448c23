"""Free times, who may take one, and what proves that the person at the link is the patient."""

from rebook.core.booking.estimate import ESTIMATE_PAYERS, estimate_due_at
from rebook.core.booking.identity import (
    LOCK_FOR,
    WRONG_TRIES_ALLOWED,
    GivenIdentity,
    IdentityOnFile,
    matches,
)
from rebook.core.booking.policy import BookingPolicy, booking_policy
from rebook.core.booking.slots import free_slots, seat_for, working_spans
from rebook.core.booking.spread import next_times
from rebook.core.booking.tokens import TOKEN_BYTES, hash_token, new_token
from rebook.core.booking.values import Diary, Occupied, Slot, SlotChoice, WorkingHours
from rebook.core.booking.visit_types import visit_type_for

__all__ = [
    "ESTIMATE_PAYERS",
    "LOCK_FOR",
    "TOKEN_BYTES",
    "WRONG_TRIES_ALLOWED",
    "BookingPolicy",
    "Diary",
    "GivenIdentity",
    "IdentityOnFile",
    "Occupied",
    "Slot",
    "SlotChoice",
    "WorkingHours",
    "booking_policy",
    "estimate_due_at",
    "free_slots",
    "hash_token",
    "matches",
    "new_token",
    "next_times",
    "seat_for",
    "visit_type_for",
    "working_spans",
]

"""What a booking system looks like from inside Rebook. Adapters in ``calendars`` satisfy ``Calendar``.

The claim in the ledger is always the hold (R-D77), whichever system keeps the diary: a calendar only says
which times it has.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rebook.core.booking import Diary, Slot, SlotChoice


@dataclass(frozen=True, slots=True)
class SlotQuery:
    """Times for one kind of visit that start in ``[from_at, until_at)``."""

    visit_type: str
    minutes: int
    from_at: datetime
    until_at: datetime


class Calendar(Protocol):
    """One booking system."""

    key: str

    def free_slots(self, query: SlotQuery, *, diary: Diary) -> tuple[Slot, ...]:
        """Free times, earliest first. ``diary`` is what the ledger knows of the practitioners asked about."""
        ...

    def seat_for(self, choice: SlotChoice, *, visit_type: str, minutes: int, diary: Diary) -> Slot | None:
        """The chosen time if it is still free. Asked inside the transaction that claims it."""
        ...

"""Rebook's own calendar: the ledger's hours and appointments are the diary."""

from rebook.core.booking import Diary, Slot, SlotChoice, free_slots, seat_for
from rebook.core.calendar import SlotQuery


class LocalCalendar:
    """Free times computed from the diary it is given."""

    key = "local"

    def free_slots(self, query: SlotQuery, *, diary: Diary) -> tuple[Slot, ...]:
        return free_slots(
            diary,
            visit_type=query.visit_type,
            minutes=query.minutes,
            from_at=query.from_at,
            until_at=query.until_at,
        )

    def seat_for(self, choice: SlotChoice, *, visit_type: str, minutes: int, diary: Diary) -> Slot | None:
        return seat_for(diary, choice, visit_type=visit_type, minutes=minutes)

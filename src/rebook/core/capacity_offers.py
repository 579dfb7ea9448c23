"""Which free times each invited patient sees, so that not everybody is offered the same three."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rebook.core.booking import Slot, next_times

APART = timedelta(hours=2)


def groups_needed(*, invited: int, patients_per_slot: int) -> int:
    """Into how many groups those invited are divided, so that each time is offered to so few at once."""
    return max(1, -(-invited // max(1, patients_per_slot)))


def times_for_place(slots: Sequence[Slot], *, place: int, groups: int) -> tuple[Slot, ...]:
    """Up to three of the free times (earliest first in and out) for the patient at ``place`` (from 0).

    Each group has three times of its own: one of the earliest; one two hours or more after all of those; one
    on another day. So a time is offered to one group only. One group is offered what anybody would be. There
    are never more groups than the times allow, and where none is far enough off the nearest is taken.
    """
    count = min(groups, len(slots) // 3)
    if count <= 1:
        return next_times(slots)
    mine = place % count
    first, rest = slots[:count], slots[count:]
    far_enough = first[-1].starts_at + APART
    second, rest = _take(rest, count, lambda slot: slot.starts_at >= far_enough)
    # The same for every group, or two of them would be given one time.
    days = {_day(slot) for slot in second}
    third, _ = _take(rest, count, lambda slot: _day(slot) not in days)
    return tuple(sorted((first[mine], second[mine], third[mine]), key=lambda slot: slot.starts_at))


def _take(
    slots: Sequence[Slot], count: int, wish: Callable[[Slot], bool]
) -> tuple[Sequence[Slot], Sequence[Slot]]:
    """(the first ``count`` that fit the wish, filled up with others; the rest), both earliest first."""
    fitting = [place for place, slot in enumerate(slots) if wish(slot)][:count]
    missing = count - len(fitting)
    known = set(fitting)
    spare = [place for place in range(len(slots)) if place not in known][:missing] if missing else []
    taken = known | set(spare)
    return (
        [slots[place] for place in sorted(taken)],
        [slot for place, slot in enumerate(slots) if place not in taken],
    )


def _day(slot: Slot) -> date:
    return slot.starts_at.astimezone(ZoneInfo(slot.time_zone)).date()

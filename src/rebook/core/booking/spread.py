"""Three times worth offering: soon, but not three of the same hour."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rebook.core.booking.values import Slot

APART = timedelta(hours=2)


def next_times(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Up to three of the free times (earliest first in, earliest first out).

    The earliest; then one at least two hours away; then one on another day. Where there is no such time,
    the earliest that starts at another instant; two at the same instant only when nothing else is left.
    """
    chosen: list[Slot] = []
    for wishes in _WISHES:
        picked = next(
            (one for wish in wishes for one in slots if one not in chosen and wish(one, chosen)), None
        )
        if picked is not None:
            chosen.append(picked)
    return tuple(sorted(chosen, key=lambda slot: slot.starts_at))


def _apart(slot: Slot, chosen: Sequence[Slot]) -> bool:
    return all(abs(slot.starts_at - one.starts_at) >= APART for one in chosen)


def _another_day(slot: Slot, chosen: Sequence[Slot]) -> bool:
    return all(_day(slot) != _day(one) for one in chosen)


def _another_start(slot: Slot, chosen: Sequence[Slot]) -> bool:
    return all(slot.starts_at != one.starts_at for one in chosen)


def _any(slot: Slot, chosen: Sequence[Slot]) -> bool:
    return True


def _day(slot: Slot) -> date:
    return slot.starts_at.astimezone(ZoneInfo(slot.time_zone)).date()


_Wish = Callable[[Slot, Sequence[Slot]], bool]
_WISHES: tuple[tuple[_Wish, ...], ...] = (
    (_any,),
    (_apart, _another_start, _any),
    (_another_day, _another_start, _any),
)

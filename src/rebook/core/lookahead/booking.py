"""Expected bookings put into free times: when they come, and which times they take."""

from collections.abc import Sequence

from rebook.core.lookahead.values import MILLION


def spread(amount: int, lag: Sequence[int]) -> list[int]:
    """``amount`` over the days after a contact by the shares in ``lag``; nothing is lost in rounding."""
    parts = [amount * share // MILLION for share in lag]
    parts[0] += amount - sum(parts)
    return parts


def take_times(free: list[int], *, amount: int, from_day: int) -> tuple[list[tuple[int, int]], int]:
    """([(day, millionths of times taken)], what found no time): the earliest free times from a day on.

    ``free`` is of one site and kind of visit, in millionths, and is used up in place.
    """
    used: list[tuple[int, int]] = []
    for day in range(from_day, len(free)):
        if amount <= 0:
            break
        part = min(amount, free[day])
        if part > 0:
            free[day] -= part
            amount -= part
            used.append((day, part))
    return used, amount

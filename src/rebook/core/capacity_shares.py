"""Dividing what is scarce: by need first, then evenly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor

URGENT_CLASS = 3


@dataclass(frozen=True, slots=True)
class Demand:
    """Patients of one campaign, kind of visit and class who would be taken in today.

    ``minutes_each``: staff minutes that one of them is expected to cost over the whole sequence.
    """

    campaign_id: int
    visit_type: str
    risk_class: int
    wanted: int
    minutes_each: float = 0.0


def even_shares(total: int, wants: Sequence[int]) -> list[int]:
    """``total`` things among those who want so many: nobody more than asked, the rest as even as can be.

    Where it does not come out even, those who come first get one more.
    """
    shares = [0] * len(wants)
    left = max(0, total)
    order = sorted(range(len(wants)), key=lambda one: (wants[one], one))
    for place, one in enumerate(order):
        part = left // (len(order) - place)
        if wants[one] > part:
            # Nobody from here on can have all: they get as much as each other.
            for other in order[place:]:
                shares[other] = part
            left -= part * (len(order) - place)
            break
        shares[one] = wants[one]
        left -= wants[one]
    for one in range(len(wants)):
        if left > 0 and shares[one] < wants[one]:
            shares[one] += 1
            left -= 1
    return shares


def granted(
    demands: Iterable[Demand], *, rooms: Mapping[str, int], minutes: float | None
) -> list[tuple[Demand, int]]:
    """[(demand, how many of it)], highest class first.

    ``rooms``: how many more may be invited by kind of visit; one that is not there has no limit. The urgent
    get all they ask for and take it from the rest.
    """
    left, spare = dict(rooms), minutes
    found: list[tuple[Demand, int]] = []
    by_class = sorted(demands, key=lambda one: (-one.risk_class, one.campaign_id, one.visit_type))
    for risk_class, group in groupby(by_class, key=lambda one: one.risk_class):
        asked = list(group)
        counts = [one.wanted for one in asked]
        if risk_class < URGENT_CLASS:
            counts = _within_minutes(asked, _within_rooms(asked, left), spare)
        for one, count in zip(asked, counts, strict=True):
            if one.visit_type in left:
                left[one.visit_type] = max(0, left[one.visit_type] - count)
            spare = None if spare is None else max(0.0, spare - count * one.minutes_each)
            found.append((one, count))
    return found


def _within_rooms(asked: Sequence[Demand], left: Mapping[str, int]) -> list[int]:
    counts = [one.wanted for one in asked]
    for key in {one.visit_type for one in asked} & left.keys():
        places = [place for place, one in enumerate(asked) if one.visit_type == key]
        for place, share in zip(
            places, even_shares(left[key], [counts[place] for place in places]), strict=True
        ):
            counts[place] = share
    return counts


def _within_minutes(asked: Sequence[Demand], counts: list[int], spare: float | None) -> list[int]:
    needs = [ceil(count * one.minutes_each) for one, count in zip(asked, counts, strict=True)]
    if spare is None or sum(needs) <= spare:
        return counts
    shares = even_shares(floor(spare), needs)
    return [
        count if one.minutes_each <= 0 else min(count, floor(share / one.minutes_each + 1e-9))
        for one, count, share in zip(asked, counts, shares, strict=True)
    ]

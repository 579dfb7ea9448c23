"""How far a forecast may be off: chance in each count, and doubt about the share it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Any

from rebook.core.lookahead.rates import DRIFT, Z_90, Chance
from rebook.core.lookahead.values import CHANNELS, MILLION, Outlook

COVERAGE = 0.90


@dataclass(frozen=True, slots=True)
class Expected:
    """What to expect, with the range that holds it 9 times in 10."""

    expected: float
    low: float
    high: float


def doubts(found: Mapping[str, Mapping[str, Chance]], outlook: Outlook) -> dict[str, float]:
    """Relative doubt of each measure: that of the shares behind it, weighed by the channels in use."""
    sent = {name: _total(outlook.counts[name]) for name in CHANNELS}

    def weighed(what: str) -> float:
        parts = {name: sent[name] * found[name][what].value for name in CHANNELS}
        whole = sum(parts.values())
        if whole <= 0:
            return max(found[name][what].spread for name in ("sms", "email", "phone"))
        apart, together = 0.0, 0.0
        for name, part in parts.items():
            chance = found[name][what]
            # Own shares are off independently of each other. Beliefs are off together: what makes patients
            # answer a text more readily than the guides say makes them answer a call more readily, too.
            if chance.origin == "measured":
                apart += (part * chance.spread / whole) ** 2
            else:
                together += part * chance.spread / whole
        return sqrt(apart + together**2)

    return {
        # Who is there to take in changes as patients book by themselves and others fall due.
        "enrolled": DRIFT / 2,
        **dict.fromkeys(CHANNELS, DRIFT),
        "replies": sqrt(weighed("replies") ** 2 + DRIFT**2),
        "bookings": sqrt(weighed("books") ** 2 + DRIFT**2),
        "visits": sqrt(weighed("books") ** 2 + DRIFT**2),
    }


def expect(amount: int, *, certain: int = 0, doubt: float = 0.0) -> Expected:
    """``amount`` millionths as a count with its range.

    ``certain``: the sum of squared chances, so that what happens for sure has no chance in it. ``doubt`` is
    relative and shared by everything in the sum. Counts below ten lean to one side, as small counts do.
    """
    mean = amount / MILLION
    if mean <= 0:
        return Expected(0.0, 0.0, 0.0)
    variance = max(mean - certain / MILLION, 0.0) + (doubt * mean) ** 2
    if variance <= 1e-9:
        return Expected(mean, float(floor(mean)), float(ceil(mean)))
    # A gamma of this mean and variance (Wilson and Hilferty's cube root), read off at whole counts.
    shape = mean * mean / variance
    low, high = (_gamma(mean, shape, sign) for sign in (-Z_90, Z_90))
    return Expected(mean, float(min(floor(low + 0.5), floor(mean))), float(max(ceil(high - 0.5), ceil(mean))))


def _gamma(mean: float, shape: float, z: float) -> float:
    root = 1 - 1 / (9 * shape) + z / (3 * sqrt(shape))
    return mean * max(root, 0.0) ** 3


def _total(cells: Any) -> float:
    return float(sum(sum(sum(map(int, days)) for days in sites) for sites in cells))

"""How far a single day may be off beside the whole: what was meant for one day comes on the next.

From the practice's own kept forecasts where enough of their days are over, else stated beliefs.
"""

from collections.abc import Mapping, Sequence
from math import hypot, sqrt
from typing import NamedTuple

from rebook.core.lookahead.values import CHANNELS, MEASURES

# Stated beliefs, relative: of what runs by itself about a third of a day's falls on a neighbouring day; of
# what people do in their own time (staff who call, patients who answer and choose a day) about a half.
BY_ITSELF, BY_PEOPLE = 0.3, 0.5
BELIEVED: Mapping[str, float] = {
    **dict.fromkeys(MEASURES, BY_PEOPLE),
    **dict.fromkeys(CHANNELS, BY_ITSELF),
    "enrolled": BY_ITSELF,
    "phone": BY_PEOPLE,
}
ENOUGH_DAYS = 20
# Days of one month are alike: a range narrower than believed is earned over a longer time.
MANY_DAYS = 120
# A day that may be anything is not told more of by a larger number.
MOST = 1.5


class DaySaid(NamedTuple):
    """What a kept forecast expected of one day that is over, and what it was."""

    expected: float
    actual: int


def timing(days: Mapping[str, Sequence[DaySaid]]) -> dict[str, tuple[float, str]]:
    """Measure -> (relative doubt about a single day, where it comes from)."""
    found = {}
    for name in MEASURES:
        pairs = [one for one in days.get(name, ()) if one.expected >= 1 or one.actual]
        if len(pairs) < ENOUGH_DAYS or sum(one.actual for one in pairs) == 0:
            found[name] = (BELIEVED[name], "stated belief")
        else:
            least = BELIEVED[name] if len(pairs) < MANY_DAYS else 0.0
            found[name] = (
                max(_measured(pairs), least),
                f"{len(pairs)} days of earlier forecasts of this practice",
            )
    return found


def _measured(pairs: Sequence[DaySaid]) -> float:
    """The spread of days about the forecast's own level, beyond chance.

    The level is taken out first: how far the sum may be off is told by the shares behind it.
    """
    expected = sum(one.expected for one in pairs)
    level = sum(one.actual for one in pairs) / expected if expected else 1.0
    meant = [level * one.expected for one in pairs]
    beyond = sum((one.actual - mean) ** 2 - mean for one, mean in zip(pairs, meant, strict=True))
    squares = sum(mean * mean for mean in meant)
    return min(sqrt(max(beyond, 0.0) / squares), MOST) if squares else BY_PEOPLE


def with_timing(doubt: float, timing_doubt: float, *, days: int) -> float:
    """The relative doubt of a sum over ``days``: only what crosses its ends is missing from the sum."""
    return hypot(doubt, timing_doubt / max(days, 1))

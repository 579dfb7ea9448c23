"""How long a test will take, from how many patients a day come by it."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from rebook.core.outreach.experiment import ALPHA, ANSWER_WITHIN, TestPlan
from rebook.core.outreach.experiment_bounds import size_per_arm

# In weeks; who would wait longer for an answer looks for a larger difference.
HALF_A_YEAR = 26
_STEP = 0.005


@dataclass(frozen=True, slots=True)
class Pace:
    """Patients a day that come by what is tested, all arms together, and where the figure is from.

    ``is_own``: counted in the last weeks, else the most that the campaign takes in.
    """

    per_day: float
    is_own: bool


def weeks_to_answer(
    plan: TestPlan, pace: Pace, *, drawn: int = 0, full_for: timedelta | None = None
) -> int | None:
    """Weeks until the last look at the latest, from today, one at least; None when nobody comes by.

    ``drawn``: in the smallest arm so far; ``full_for``: how long ago every arm had its size, None while one
    has not. The last patient also has their time to answer.
    """
    missing = max(plan.per_arm - drawn, 0) * len(plan.arms) if full_for is None else 0
    if missing and pace.per_day <= 0:
        return None
    to_come = timedelta(days=missing / pace.per_day if missing else 0)
    left = to_come + ANSWER_WITHIN[plan.metric] - (full_for or timedelta())
    return max(ceil(left / timedelta(weeks=1)), 1)


def smallest_shown(plan: TestPlan, pace: Pace, *, weeks: int = HALF_A_YEAR) -> float | None:
    """The smallest difference, to half a point, that such a test shows in so many weeks; None for none."""
    days = weeks * 7 - ANSWER_WITHIN[plan.metric].days
    room = days * pace.per_day / len(plan.arms)
    alpha = ALPHA / len(plan.variants)
    for number in range(1, int((1 - plan.baseline) / _STEP)):
        effect = number * _STEP
        if size_per_arm(baseline=plan.baseline, effect=effect, alpha=alpha, looks=plan.looks) <= room:
            return effect
    return None

"""The gentler path of who is taken in again: the won-back visit fell through (field note 3.16)."""

from dataclasses import replace
from datetime import datetime, timedelta

from .campaign_plan import Reentry
from .sequence import Sequence, Step

# The gentler steps stand beside a campaign's numbered versions; no case is moved from or to them.
GENTLE_VERSION = 30_000
# Between the only two contacts of a gentler path.
GENTLE_DAYS = 14
GENTLE_STEPS = 2


def gentler(sequence: Sequence) -> Sequence:
    """At most two contacts, the second a fortnight or more after the first: the first step and the last.

    A call stays a call: what gentleness takes away is number and pace, never the way to be reached.
    """
    steps: tuple[Step, ...] = sequence.steps[:1]
    if len(sequence.steps) >= GENTLE_STEPS:
        last = sequence.steps[-1]
        days = max(last.delay_days, GENTLE_DAYS)
        steps += (replace(last, index=1, delay_days=days, business_days=False),)
    return replace(sequence, key=f"{sequence.key}.gentle", steps=steps)


def may_come_again(reentry: Reentry, *, entries: int, fell_through_at: datetime, now: datetime) -> bool:
    """Whether who was taken in ``entries`` times after the first may be taken in once more at ``now``."""
    since = now - fell_through_at
    return entries < reentry.limit and timedelta(days=reentry.wait_days) <= since < timedelta(
        days=reentry.within_days + 1
    )

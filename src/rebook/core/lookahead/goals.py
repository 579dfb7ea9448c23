"""When a campaign reaches its goal: bookings expected, how many of them count, how much later (Q-545).

Success is what the campaign's own definition says; here it is a share of bookings, met some days later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import hypot

from rebook.core.lookahead.intervals import Expected, expect
from rebook.core.lookahead.rates import Chance, interval
from rebook.core.lookahead.values import MILLION

# Enough bookings whose visit is over to go by the practice's own share, and by its own days between.
ENOUGH_BOOKED, ENOUGH_WON = 40, 30
# Stated beliefs, for looking ahead only: about one in five misses a booked visit, and some visits do not
# count by a definition that asks for more; the visit comes within three weeks, mostly in the second.
COUNTS = Chance(0.75, 0.55, 0.9, "belief", "stated belief: of four who book, three keep a visit that counts")
USUAL_DAYS = (*(10_000,) * 2, *(50_000,) * 5, *(65_000,) * 7, *(35_000,) * 7, 30_000)
# Beyond the days looked at, what comes is taken to go on as in the last of them.
LIKE_THE_LAST = 14
A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Goal:
    """``wanted`` won back, by ``by_on`` where a day is set; ``won`` so far. ``visits``: booked, to come."""

    campaign_id: int
    name: str
    wanted: int
    by_on: date | None
    won: int
    visits: tuple[date, ...] = ()
    # What counts, in words.
    counts: str = ""


@dataclass(frozen=True, slots=True)
class Follows:
    """What follows from a booking: how many count, after how many days (millionths), and where from."""

    counts: Chance
    days: tuple[int, ...]
    days_say: str


@dataclass(frozen=True, slots=True)
class GoalForecast:
    """``until_on``: the goal's day, or a year ahead. ``expected`` won by then, those so far among them.

    ``reached_on``: about when; None not by then. ``earliest_on`` and ``latest_on`` bound it 9 times in 10;
    None lies beyond.
    """

    goal: Goal
    until_on: date
    expected: Expected
    reached_on: date | None
    earliest_on: date | None = None
    latest_on: date | None = None

    @property
    def is_reached(self) -> bool:
        return self.goal.won >= self.goal.wanted

    @property
    def says(self) -> str:
        """In one line: "goal reached by about 2027-01-12", "not reached: 31 of 40"."""
        if self.is_reached:
            return f"goal reached: {self.goal.won} of {self.goal.wanted}"
        if self.reached_on is not None:
            return f"goal reached by about {self.reached_on}"
        return f"not reached: {self.expected.expected:.0f} of {self.goal.wanted} by {self.until_on}"


def follows(*, booked: int, won: int, days: Sequence[int]) -> Follows:
    """From the practice's own bookings whose visit is over, and the days from booking to success."""
    counts = COUNTS
    if booked >= ENOUGH_BOOKED:
        low, high = interval(won, booked)
        counts = Chance(
            won / booked, low, high, "measured", f"{won:,} of {booked:,} bookings of this practice"
        )
    if len(days) < ENOUGH_WON:
        return Follows(counts, USUAL_DAYS, "stated belief: the visit comes within three weeks of the booking")
    parts = [0] * (min(max(days), A_YEAR) + 1)
    for one in days:
        parts[min(max(one, 0), A_YEAR)] += MILLION // len(days)
    parts[0] += MILLION - sum(parts)
    return Follows(counts, tuple(parts), f"{len(days):,} bookings of this practice that were won back")


def forecast_goal(
    goal: Goal, follow: Follows, *, start_on: date, bookings: Sequence[float], doubt: float
) -> GoalForecast:
    """``bookings`` expected by day from ``start_on`` on; ``doubt`` is their relative one."""
    until = goal.by_on or start_on + timedelta(days=A_YEAR)
    last = max((until - start_on).days, -1)
    coming = _won_by_day(goal, follow, start_on, bookings, last)
    whole_doubt = hypot(doubt, follow.counts.spread)
    reached = {"low": None, "expected": None, "high": None}
    total, now = 0.0, _of(goal, 0.0, whole_doubt)
    for day, part in enumerate(coming):
        total += part
        now = _of(goal, total, whole_doubt)
        for name in reached:
            # Half a patient short is about there: what is expected is no whole number.
            if reached[name] is None and round(getattr(now, name)) >= goal.wanted:
                reached[name] = start_on + timedelta(days=day)  # type: ignore[assignment]
    return GoalForecast(goal, until, now, reached["expected"], reached["high"], reached["low"])


def _of(goal: Goal, more: float, doubt: float) -> Expected:
    one = expect(round(more * MILLION), doubt=doubt)
    return Expected(goal.won + one.expected, goal.won + one.low, goal.won + one.high)


def _won_by_day(
    goal: Goal, follow: Follows, start_on: date, bookings: Sequence[float], last: int
) -> list[float]:
    """Expected successes of each day up to ``last``."""
    found = [0.0] * (last + 1)
    if last < 0:
        return found
    for visit in goal.visits:
        day = max((visit - start_on).days, 0)
        if day <= last:
            found[day] += follow.counts.value
    tail = list(bookings[-LIKE_THE_LAST:])
    rate = sum(tail) / len(tail) if tail else 0.0
    for day in range(last + 1):
        booked = (bookings[day] if day < len(bookings) else rate) * follow.counts.value / MILLION
        for after, share in enumerate(follow.days[: last - day + 1]):
            found[day + after] += booked * share
    return found


def as_json(one: GoalForecast) -> dict[str, object]:
    """As plain JSON, for ``--json``."""
    days = {"reached_on": one.reached_on, "earliest_on": one.earliest_on, "latest_on": one.latest_on}
    return {
        "campaign_id": one.goal.campaign_id,
        "goal": one.goal.wanted,
        "goal_on": one.goal.by_on.isoformat() if one.goal.by_on else None,
        "won": one.goal.won,
        "until_on": one.until_on.isoformat(),
        "expected": round(one.expected.expected, 1),
        "low": one.expected.low,
        "high": one.expected.high,
        **{name: on.isoformat() if on else None for name, on in days.items()},
        "counts": one.goal.counts,
        "says": one.says,
    }

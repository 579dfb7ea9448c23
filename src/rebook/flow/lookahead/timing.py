"""Both engines on one invented plan, timed: what the bench shows."""

from dataclasses import dataclass
from time import perf_counter

from rebook.analytics.lookahead import look_ahead as over_columns
from rebook.core.lookahead.plain import look_ahead as one_by_one

from .rehearsal import invented_scenario


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of the fast engine on ``cases``, of the plain loop on fewer, and whether both agree there."""

    cases: int
    days: int
    seconds: float
    plain_cases: int
    plain_seconds: float
    agree: bool


def timed(*, cases: int, plain_cases: int, days: int = 30) -> Timed:
    """Run the fast one on everything, and both on the smaller plan."""
    over_columns(invented_scenario(cases=1000, days=days))  # The first run loads code.
    whole = invented_scenario(cases=cases, days=days, sites=5, campaigns=6, room=40)
    began = perf_counter()
    over_columns(whole)
    seconds = perf_counter() - began
    part = invented_scenario(cases=plain_cases, days=days, sites=5, campaigns=6, room=40)
    began = perf_counter()
    plain = one_by_one(part)
    plain_seconds = perf_counter() - began
    fast = over_columns(part)
    agree = all((fast.counts[name] == plain.counts[name]).all() for name in fast.counts)
    return Timed(cases, days, seconds, plain_cases, plain_seconds, agree)

"""Look ahead at one plan or several, from the practice's records as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rebook.analytics.lookahead import look_ahead
from rebook.core.lookahead.changes import Changes
from rebook.core.lookahead.goals import Follows, GoalForecast
from rebook.core.lookahead.intervals import doubts
from rebook.core.lookahead.rates import WHAT, Chance
from rebook.core.lookahead.result import Reading, Result, read_result
from rebook.core.lookahead.values import CHANNELS, MILLION
from rebook.core.outreach.campaign_budget import BadPrice, prices
from rebook.records.read import goals as read_goals

from .building import Built, Grounds, build, look_around
from .goals import follows_of, forecast_goals

LONGEST = 120
# What the engine leaves out, told beside every figure.
LEAVES_OUT = (
    "Hours and holidays are those of each site's place; a patient may live elsewhere.",
    "Caps count whole days, for person and household; what other tools send from today on is not known.",
    "The rules say who falls due as if nothing happened until then; events repeat the last four weeks.",
    "Who comes back unasked, or is let go by a person before a hold ends, is not counted.",
    "Each patient waits for the first campaign they fit, and takes the earliest free time at their own site.",
    "A contact put off over a closed day moves those after it by as much; in truth they keep their days.",
    "Conditions on replies, clicks and reasons are met by a believed share of patients.",
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where one share comes from: 6.1 % (4.0 to 8.9 %), measured or believed, and why."""

    channel: str
    what: str
    chance: Chance


@dataclass(frozen=True, slots=True)
class LookAhead:
    """One plan's result and what it rests on."""

    start_on: date
    result: Result
    campaigns: dict[int, str]
    sites: dict[int, str]
    sources: tuple[Source, ...]
    lag_says: str
    timing_says: dict[str, str]
    booking_says: dict[str, str]
    reading: Reading
    built: Built
    leaves_out: tuple[str, ...]
    # Of the campaigns looked at; what it rests on beside the bookings.
    goals: tuple[GoalForecast, ...]
    follows: Follows


def simulate(
    *,
    organisation_id: int,
    start_on: date,
    days: int,
    now: datetime,
    plans: Sequence[Changes] = (Changes(),),
    campaign_ids: Sequence[int] = (),
) -> list[LookAhead]:
    """Each plan's coming ``days`` (1 to 120), all from the same records.

    Raises ``core.lookahead.changes.BadPlan`` and ``core.capacity_policy.CapacitySettingsInvalid``.
    """
    if not 1 <= days <= LONGEST:
        raise ValueError(f"a look ahead is over 1 to {LONGEST} days")
    grounds = look_around(organisation_id=organisation_id, start_on=start_on, days=days, now=now)
    follow = follows_of(organisation_id=organisation_id, now=now)
    return [_look(grounds, plan, campaign_ids, follow) for plan in plans]


def _look(grounds: Grounds, plan: Changes, campaign_ids: Sequence[int], follow: Follows) -> LookAhead:
    built = build(grounds, plan, campaign_ids=campaign_ids)
    outlook = look_ahead(built.scenario)
    try:
        cents = prices(grounds.organisation.settings.get("prices_cents"))
    except BadPrice:
        cents = prices()
    dates = [grounds.start_on + timedelta(days=number) for number in range(grounds.days)]
    reading = Reading(
        outlook,
        doubts(grounds.chances, outlook),
        built.policy,
        cents,
        {name: value for name, (value, _) in grounds.timing.items()},
    )
    result = read_result(
        reading,
        name=plan.name,
        dates=dates,
        campaign_ids=[one.id for one in built.campaigns],
        site_ids=[one.id for one in grounds.sites],
        minutes_a_day=built.scenario.minutes,
    )
    used = [name for name in CHANNELS if result.total.figures[name].expected > 0]
    rooms = grounds.today.house.rooms
    return LookAhead(
        start_on=grounds.start_on,
        result=result,
        campaigns={one.id: one.name for one in built.campaigns},
        sites={one.id: one.name for one in grounds.sites},
        sources=tuple(Source(name, what, grounds.chances[name][what]) for name in used for what in WHAT),
        lag_says=grounds.lag_says,
        timing_says={name: f"{value:.0%}: {says}" for name, (value, says) in grounds.timing.items()},
        booking_says={key: room.rate.says for key, room in rooms.items()},
        reading=reading,
        built=built,
        leaves_out=(*LEAVES_OUT, *([grounds.coming.says] if grounds.coming.says else ())),
        goals=forecast_goals(
            read_goals.campaign_goals(
                organisation_id=grounds.organisation.id, campaign_ids=[one.id for one in built.campaigns]
            ),
            follow,
            organisation_id=grounds.organisation.id,
            start_on=grounds.start_on,
            now=grounds.now,
            bookings={
                one.id: _by_day(outlook.counts["bookings"][place])
                for place, one in enumerate(built.campaigns)
            },
            doubt=reading.doubts["bookings"],
        ),
        follows=follow,
    )


def _by_day(sites: Any) -> list[float]:
    """[site][day] in millionths as patients a day over all sites."""
    return [sum(map(int, day)) / MILLION for day in zip(*sites, strict=True)]

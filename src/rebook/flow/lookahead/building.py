"""From a practice's records to a plan that can be looked ahead at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from rebook.accounts import read as accounts
from rebook.accounts.read import OrganisationView
from rebook.core.capacity import expected_minutes
from rebook.core.capacity_policy import CapacityPolicy, capacity_policy
from rebook.core.lookahead.changes import BadPlan, CampaignChange, Changes
from rebook.core.lookahead.daywise import timing
from rebook.core.lookahead.rates import Chance, Counted, chances, lag_of, shares_of
from rebook.core.lookahead.step_tests import Spread, spread_out
from rebook.core.lookahead.values import CHANNELS, Cases, Limits, PlannedCampaign, Scenario
from rebook.core.outreach.campaign_calendar import against_enrolment
from rebook.core.outreach.campaign_plan import read_plan
from rebook.core.outreach.sequence import BadSequence, choose_channel, from_json
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence_effort import steps_when_silent
from rebook.core.outreach.values import GuardPolicy
from rebook.flow.common.capacity import Today, booking_rates, look_today
from rebook.flow.common.channels import practice_channels
from rebook.packs.outreach import guard_policy, sequences
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import experiments as read_tests
from rebook.records.read import lookahead as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.sequences import own_versions

from .cases import gather
from .days import Site, due_days, openings, sites_of
from .falling_due import Inflow, falling_due
from .newcomers import Asking
from .passed_days import passed_days

HIGHEST_CLASS = 5


@dataclass(frozen=True, slots=True)
class Grounds:
    """What every plan of one practice rests on, read once: rates with their sources, room, sites."""

    organisation: OrganisationView
    start_on: date
    days: int
    now: datetime
    today: Today
    sites: tuple[Site, ...]
    served: frozenset[str]
    chances: dict[str, dict[str, Chance]]
    lag: tuple[int, ...]
    lag_says: str
    used_weekdays: frozenset[int]
    guard: GuardPolicy
    coming: Inflow
    # Measure -> (relative doubt about a single day, where from).
    timing: dict[str, tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Built:
    """A plan as the engines take it, with the names that its numbers stand for."""

    changes: Changes
    scenario: Scenario
    campaigns: tuple[CampaignView, ...]
    policy: CapacityPolicy


def look_around(*, organisation_id: int, start_on: date, days: int, now: datetime) -> Grounds:
    """Read what all plans share. Raises ``core.capacity_policy.CapacitySettingsInvalid``."""
    house = accounts.organisation(organisation_id=organisation_id)
    counted = {
        channel: Counted(*found)
        for channel, found in read.answers(organisation_id=organisation_id, now=now).items()
    }
    lag, says = lag_of(read.booking_lags(organisation_id=organisation_id, now=now))
    return Grounds(
        organisation=house,
        start_on=start_on,
        days=days,
        now=now,
        today=look_today(organisation_id=organisation_id, now=now, days=days + 60),
        sites=tuple(sites_of(house, accounts.locations(organisation_id=organisation_id))),
        served=frozenset(practice_channels(organisation_id=organisation_id)),
        chances=chances(counted),
        lag=lag,
        lag_says=says,
        used_weekdays=frozenset(
            read.weekdays_used(organisation_id=organisation_id, now=now, zone=house.time_zone)
        ),
        guard=guard_policy(
            jurisdiction_keys=(),
            years=(start_on.year, start_on.year + 1),
            overrides=house.settings.get("guard") or None,
        ),
        coming=falling_due(organisation_id=organisation_id, start_on=start_on, days=days),
        timing=timing(passed_days(house, today=start_on)),
    )


def build(grounds: Grounds, changes: Changes, *, campaign_ids: Sequence[int] = ()) -> Built:
    """One plan. ``campaign_ids`` looks at these alone, drafts and paused ones among them.

    Raises ``BadPlan`` for a campaign or sequence that there is not.
    """
    house = grounds.organisation
    chosen = _campaigns(house, changes, campaign_ids)
    plans = [_steps(house, one, changes.campaigns.get(one.id)) for one in chosen]
    spreads = _under_test(house.id, chosen, plans)
    policy = capacity_policy({"capacity": {**(house.settings.get("capacity") or {}), **changes.capacity}})
    kinds = tuple(sorted({*grounds.today.house.rooms, *grounds.today.rooms.known, ""}))
    rates = booking_rates(organisation_id=house.id, now=grounds.now)
    used = {day for one in chosen for day in read_plan(one.plan).calendar.weekdays}
    closed = frozenset(range(7)) - used - grounds.used_weekdays
    minutes = grounds.today.house.minutes
    gathered = gather(
        Asking(
            house.id, sorted(grounds.guard.barring_exclusions), grounds.start_on, grounds.days, grounds.now
        ),
        campaigns=chosen,
        plans=plans,
        coming=grounds.coming,
        sites=[one.id for one in grounds.sites],
        kinds=kinds,
        general=grounds.today.house.general,
        served=grounds.served,
        zone=house.time_zone,
    )
    scenario = Scenario(
        days=grounds.days,
        sites=tuple(one.id for one in grounds.sites),
        kinds=kinds,
        campaigns=tuple(
            _planned(grounds, one, spread, changes.campaigns.get(one.id), policy)
            for one, spread in zip(chosen, spreads, strict=True)
        ),
        cases=_placed(gathered.cases, spreads),
        households=gathered.households,
        shares=shares_of(grounds.chances),
        next_open=openings(house, grounds.sites, start_on=grounds.start_on, days=grounds.days, closed=closed),
        free=_free(grounds, kinds),
        booking_rate=[(rates.get(kind) or rates[""]).value for kind in kinds],
        lag=grounds.lag,
        limits=_limits(grounds.guard),
        policy=policy,
        replies=grounds.today.house.replies,
        minutes=policy.minutes_a_day if policy.minutes_a_day is not None else minutes,
        minutes_owed=grounds.today.house.minutes_owed,
        general=grounds.today.house.general,
    )
    return Built(changes, scenario, tuple(chosen), policy)


def _campaigns(house: OrganisationView, changes: Changes, ids: Sequence[int]) -> list[CampaignView]:
    every = {one.id: one for one in read_campaigns.campaigns(organisation_id=house.id)}
    for wanted in (*ids, *changes.campaigns):
        if wanted not in every:
            raise BadPlan(f"there is no campaign {wanted}")
    left_out = {key for key, one in changes.campaigns.items() if one.is_left_out}
    # What is stopped brings nothing until a person lets it go on.
    stops = read_campaigns.stops_in_force(organisation_id=house.id)
    if not ids:
        left_out |= {key for key in every if any(_stops(one, key) for one in stops)}
    chosen = [
        one
        for one in every.values()
        if (one.id in ids if ids else one.state == "active" or one.id in changes.campaigns)
    ]
    return [one for one in chosen if one.id not in left_out]


def _stops(stop: read_campaigns.StopLine, campaign_id: int) -> bool:
    return stop.scope == "organisation" or (stop.scope, stop.key) == ("campaign", str(campaign_id))


def _steps(house: OrganisationView, campaign: CampaignView, change: CampaignChange | None) -> ContactPlan:
    """The steps as frozen at launch, or those that a draft or a changed plan names."""
    wanted = change.sequence_key if change else ""
    if not wanted and campaign.sequence:
        try:
            return from_json(campaign.sequence)
        except BadSequence as error:
            raise BadPlan(f"the steps of campaign {campaign.id} cannot be read: {error}") from None
    key = wanted or campaign.sequence_key
    for version in own_versions(organisation_id=house.id, key=key):
        if version.state == "published":
            return from_json(version.content)
    for pack in house.pack_keys:
        if key in (found := sequences(pack)):
            return found[key]
    raise BadPlan(f"the practice's packs have no sequence '{key}'")


def _under_test(
    organisation_id: int, campaigns: Sequence[CampaignView], plans: Sequence[ContactPlan]
) -> list[Spread]:
    """Each plan with the arms of the step that is under test in its campaign, where one is."""
    running = read_tests.wording_tests(organisation_id=organisation_id, states=["running"])
    return [
        spread_out(plan, [one.arms for one in running if one.arms and one.campaign_id == campaign.id])
        for campaign, plan in zip(campaigns, plans, strict=True)
    ]


def _placed(cases: Cases, spreads: Sequence[Spread]) -> Cases:
    """The cases at the steps of the plans that are spread out."""
    pairs = zip(cases.campaign, cases.step, strict=True)
    return replace(cases, step=[spreads[campaign].place_of(step) for campaign, step in pairs])


def _planned(
    grounds: Grounds,
    campaign: CampaignView,
    spread: Spread,
    change: CampaignChange | None,
    policy: CapacityPolicy,
) -> PlannedCampaign:
    now, plan = change or CampaignChange(), spread.plan
    first, after = due_days(
        plan, grounds.organisation, grounds.sites, start_on=grounds.start_on, days=grounds.days
    )
    calendar = read_plan(campaign.plan).calendar
    dates = [grounds.start_on + timedelta(days=number) for number in range(grounds.days)]
    return PlannedCampaign(
        id=campaign.id,
        name=campaign.name,
        daily_limit=campaign.daily_limit if now.daily_limit is None else now.daily_limit,
        holdout_percent=campaign.holdout_percent if now.holdout_percent is None else now.holdout_percent,
        minutes_each=expected_minutes(
            [step.channel for _, step in steps_when_silent(spread.stated, risk_class=1)], policy
        ),
        channel=[
            [[_way(plan, step, reach, one) for one in range(-1, len(CHANNELS))] for reach in range(32)]
            for step in range(len(plan.steps))
        ],
        first_due=first,
        next_due=after,
        taken=[
            [spread.taken(place, risk_class=grade) for grade in range(HIGHEST_CLASS + 1)]
            for place in range(len(plan.steps))
        ],
        takes_in=[against_enrolment(calendar, today=on) is None for on in dates],
    )


def _way(plan: ContactPlan, step: int, reach: int, preferred: int) -> int:
    available = [name for number, name in enumerate(CHANNELS) if reach >> number & 1]
    wanted = CHANNELS[preferred] if preferred >= 0 else ""
    kind = choose_channel(plan.steps[step], available=available, preferred=wanted)
    return CHANNELS.index(kind) if kind else -1


def _free(grounds: Grounds, kinds: Sequence[str]) -> list[list[list[int] | None]]:
    """[site][kind][day] as counted now; a site that never gives a kind has none, unless nobody knows."""
    ahead = grounds.days + 60
    dates = [grounds.start_on + timedelta(days=number) for number in range(ahead)]
    rooms = grounds.today.rooms
    return [
        [
            [rooms.free.get((site.id, kind, on), 0) for on in dates] if kind in rooms.known else None
            for kind in kinds
        ]
        for site in grounds.sites
    ]


def _limits(guard: GuardPolicy) -> Limits:
    """The guard's hours as whole days, rounded up."""
    return Limits(
        apart=-(-guard.min_hours_between // 24),
        apart_urgent=-(-guard.min_hours_between_urgent // 24),
        per_week=guard.max_per_week,
        per_case=guard.max_per_case,
        calls_per_case=guard.max_calls_per_case,
    )

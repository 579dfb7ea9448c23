"""How many patients each campaign may take in today; it slows and pauses itself, and says why (R-A193)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.core.capacity import Capacity, Demand, expected_minutes, of_the_day, plan
from rebook.core.outreach.campaign_calendar import against_enrolment
from rebook.core.outreach.campaign_plan import read_plan
from rebook.core.outreach.sequence import from_json
from rebook.core.outreach.sequence_effort import steps_when_silent
from rebook.core.reasons import Reason
from rebook.flow.common.capacity import KEPT_DAYS, Today, keep_today, look_today
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import capacity as read
from rebook.records.read import enrolment
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.capacity import CapacityLine
from rebook.records.write import capacity as write

from .capacity_budget import COUNTED_EVERY
from .subject import House


@dataclass(frozen=True, slots=True)
class CapacitySummary:
    """Campaigns by state, and the reasons that bind; ``free`` times by kind of visit in the window."""

    open: int = 0
    slowed: int = 0
    paused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    free: dict[str, int] = field(default_factory=dict)


def capacity_today(house: House, campaign: CampaignView, as_of: date, now: datetime) -> Capacity:
    """What one running campaign may take in now, beside the other running ones.

    Worked out once for all campaigns of a ``house`` at one instant.
    """
    if house.capacity.get("at") != (as_of, now):
        org = house.organisation.id
        running = read_campaigns.campaigns(organisation_id=org, states=["active"])
        found = _plan(house, look_today(organisation_id=org, now=now), running, as_of=as_of, now=now)
        house.capacity.update(at=(as_of, now), plan=_of_the_day(house, found, as_of=as_of))
    known: dict[int, Capacity] = house.capacity["plan"]
    return known.get(campaign.id, Capacity(None))


def measure_capacity(*, organisation_id: int, as_of: date, now: datetime) -> CapacitySummary:
    """The stage of the pass: count the room, find what each campaign may take in, and keep both."""
    house = House(organisation_id=organisation_id)
    running = read_campaigns.campaigns(organisation_id=organisation_id, states=["active"])
    today = look_today(organisation_id=organisation_id, now=now, days=KEPT_DAYS)
    found = _of_the_day(house, _plan(house, today, running, as_of=as_of, now=now), as_of=as_of)
    kept = read.capacity_on(organisation_id=organisation_id, as_of=as_of)
    with transaction.atomic(durable=True):
        keep_today(organisation_id=organisation_id, today=today, now=now)
        for campaign_id, one in found.items():
            # What the day allows in all: what is left, and who came in since midnight.
            opened = 0 if one.left is None else _opened(house, campaign_id, as_of=as_of)
            left = None if one.left is None else one.left + opened
            if campaign_id in kept and kept[campaign_id].left == left:
                continue
            write.keep_capacity(
                organisation_id=organisation_id,
                campaign_id=campaign_id,
                as_of=as_of,
                state=one.state,
                left=left,
                reasons=[reason.as_json() for reason in one.reasons],
                now=now,
            )
    states = Counter(one.state for one in found.values())
    reasons = Counter(reason.rule for one in found.values() for reason in one.reasons)
    free = {key: room.free for key, room in today.house.rooms.items() if room.free is not None}
    return CapacitySummary(states["open"], states["slowed"], states["paused"], dict(reasons), free)


def count_room_again(*, organisation_id: int, now: datetime) -> CapacitySummary:
    """Between two passes: count the free times when the last count is an hour old."""
    counted_at = read.room_counted_at(organisation_id=organisation_id)
    if counted_at is not None and now - counted_at < COUNTED_EVERY:
        return CapacitySummary()
    today = look_today(organisation_id=organisation_id, now=now, days=KEPT_DAYS)
    with transaction.atomic(durable=True):
        keep_today(organisation_id=organisation_id, today=today, now=now)
    return CapacitySummary(free={key: room.free or 0 for key, room in today.house.rooms.items()})


def _plan(
    house: House, today: Today, running: Sequence[CampaignView], *, as_of: date, now: datetime
) -> dict[int, Capacity]:
    """Rough demand first: most days nothing is scarce, and nobody has to be counted."""
    ids = [one.id for one in running]
    kinds = list(today.house.rooms) or [""]
    # As if everybody of every campaign needed each kind of visit; their minutes count once.
    rough = [
        Demand(one.id, key, 0, one.daily_limit, _minutes(one, today) / len(kinds))
        for one in running
        for key in kinds
    ]
    found = plan(today.house, rough, today.policy, campaigns=ids)
    if all(one.state == "open" for one in found.values()):
        return found
    demands = [one for campaign in running for one in _demands(house, today, campaign, as_of=as_of, now=now)]
    return plan(today.house, demands, today.policy, campaigns=ids)


def _of_the_day(house: House, found: dict[int, Capacity], *, as_of: date) -> dict[int, Capacity]:
    """What is left of the day where it was looked at before."""
    kept = read.capacity_on(organisation_id=house.organisation.id, as_of=as_of)
    limited = {key: one for key, one in kept.items() if one.left is not None}
    return {
        key: of_the_day(one, kept=_kept(limited[key]), opened=_opened(house, key, as_of=as_of))
        if key in limited
        else one
        for key, one in found.items()
    }


def _kept(line: CapacityLine) -> Capacity:
    reasons = tuple(Reason(one["rule"], one["detail"]) for one in line.reasons)
    return Capacity(line.left, reasons, {}, line.state)  # type: ignore[arg-type]


def _opened(house: House, campaign_id: int, *, as_of: date) -> int:
    """Cases that a campaign opened on the practice's day."""
    zone = ZoneInfo(house.organisation.time_zone)
    return enrolment.opened_between(
        organisation_id=house.organisation.id,
        campaign_id=campaign_id,
        since=datetime.combine(as_of, time(), tzinfo=zone),
        until=datetime.combine(as_of + timedelta(days=1), time(), tzinfo=zone),
    )


def _minutes(campaign: CampaignView, today: Today) -> float:
    # Branches on what a patient may say are no part of what everybody costs.
    taken = steps_when_silent(from_json(campaign.sequence), risk_class=1)
    return expected_minutes([step.channel for _, step in taken], today.policy)


def _demands(
    house: House, today: Today, campaign: CampaignView, *, as_of: date, now: datetime
) -> list[Demand]:
    """Who of one campaign would be taken in without a limit: its best, as many as its own day allows."""
    org, sequence = house.organisation.id, from_json(campaign.sequence)
    if against_enrolment(read_plan(campaign.plan).calendar, today=as_of):
        return []
    policy = house.policy(frozenset(), now=now)
    rows = enrolment.candidates(
        organisation_id=org,
        campaign_id=campaign.id,
        segment=campaign.segment,
        purpose=campaign.purpose,
        rest=timedelta(days=sequence.rest_days if campaign.rest_days is None else campaign.rest_days),
        barring=sorted(policy.barring_exclusions),
        today=as_of,
        now=now,
        programme=campaign.programme,
    )
    left = campaign.daily_limit - _opened(house, campaign.id, as_of=as_of)
    best = [row for row in rows if not row.reason][: max(0, left)]
    counts = Counter((row.visit_type or today.house.general, row.risk_class) for row in best)
    minutes = _minutes(campaign, today)
    return [Demand(campaign.id, key, grade, count, minutes) for (key, grade), count in counts.items()]

"""What the look ahead means for the goals of campaigns."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from rebook.accounts import read as accounts
from rebook.core.gaps import KINDS
from rebook.core.lookahead.goals import Follows, Goal, GoalForecast, follows, forecast_goal
from rebook.core.outcome.success import say
from rebook.core.outreach.campaign_plan import read_plan
from rebook.core.segment import Segment
from rebook.records.read import goals as read


def follows_of(*, organisation_id: int, now: datetime) -> Follows:
    """What follows from a booking here: own shares where there is enough, else stated beliefs."""
    booked, days = read.after_booking(organisation_id=organisation_id, now=now)
    return follows(booked=booked, won=len(days), days=days)


def forecast_goals(
    goals: Sequence[read.CampaignGoal],
    follow: Follows,
    *,
    organisation_id: int,
    start_on: date,
    now: datetime,
    bookings: Mapping[int, Sequence[float]],
    doubt: float,
) -> tuple[GoalForecast, ...]:
    """Each of these goals, from the bookings expected of its campaign day by day (``doubt``: relative)."""
    if not goals:
        return ()
    zone = accounts.organisation(organisation_id=organisation_id).time_zone
    won = read.won_by_campaign(organisation_id=organisation_id)
    visits = read.visits_to_come(
        organisation_id=organisation_id, campaign_ids=[one.id for one in goals], now=now, zone=zone
    )
    return tuple(
        forecast_goal(
            Goal(
                one.id, one.name, one.goal_visits, one.goal_on, won.get(one.id, 0),
                tuple(visits.get(one.id, ())), _counts(one),
            ),
            follow,
            start_on=start_on,
            bookings=bookings.get(one.id, ()),
            doubt=doubt,
        )
        for one in goals
    )  # fmt: skip


def _counts(goal: read.CampaignGoal) -> str:
    """The definitions that the goal counts by, for the kinds of reason that the campaign is for."""
    plan, wanted = read_plan(goal.plan), Segment.from_json(goal.segment).of("gap_kind")
    kinds = [one for one in KINDS if wanted is None or (one in wanted.values) != wanted.is_not]
    return "; ".join(dict.fromkeys(say(plan.success_of(kind)) for kind in kinds))

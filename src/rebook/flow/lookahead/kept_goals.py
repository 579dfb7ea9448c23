"""When goals are reached, by the newest forecast that was kept: the calendar looks ahead by nothing else."""

from collections import defaultdict
from datetime import date, datetime

from rebook.core.lookahead.goals import Follows, GoalForecast
from rebook.core.lookahead.rates import Z_90
from rebook.core.lookahead.values import ALL, SO_FAR
from rebook.records.read import forecasts as read
from rebook.records.read import goals as read_goals

from .goals import follows_of, forecast_goals

# A sum that was forecast as nothing may be off by as much as a belief.
UNKNOWN = 0.5


def kept_goals(
    *, organisation_id: int, made: date | None, today: date, now: datetime
) -> tuple[tuple[GoalForecast, ...], Follows | None]:
    """Each goal of the running campaigns, by the bookings forecast on ``made`` from today on; what follows
    from a booking. Without a goal nothing is looked up."""
    goals = read_goals.campaign_goals(organisation_id=organisation_id)
    if not goals:
        return (), None
    booked = (
        read.said(organisation_id=organisation_id, made=made, from_on=today, measure="bookings")
        if made
        else []
    )
    ahead = max(((one.meant_on - today).days + 1 for one in booked), default=0)
    bookings: dict[int, list[float]] = defaultdict(lambda: [0.0] * ahead)
    for one in booked:
        if one.campaign_id > 0 and one.location_id >= 0:
            bookings[one.campaign_id][(one.meant_on - today).days] += one.expected
    whole = max(
        (one for one in booked if (one.campaign_id, one.location_id) == (ALL, SO_FAR)),
        key=lambda one: one.meant_on,
        default=None,
    )
    doubt = (whole.high - whole.low) / (2 * Z_90 * whole.expected) if whole and whole.expected else UNKNOWN
    follow = follows_of(organisation_id=organisation_id, now=now)
    found = forecast_goals(
        goals,
        follow,
        organisation_id=organisation_id,
        start_on=today,
        now=now,
        bookings=bookings,
        doubt=doubt,
    )
    return found, follow

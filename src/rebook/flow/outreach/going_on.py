"""After a stop, too, nothing is caught up: what came due is spread, and what waited is planned anew."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.outreach.campaign_resume import spread
from rebook.records.read import campaigns as read
from rebook.records.write import campaigns as write

# A stop that was over so soon has let no more pile up than a day brings anyway.
SHORT_STOP = timedelta(hours=12)


def plan_after_stop(*, organisation_id: int, scope: str, key: str, now: datetime) -> int:
    """Give every case of the running campaigns that the stop held a new day; how many. Call it before the
    stop is ended, in the same transaction. A stop of a channel holds only its own messages back.
    """
    stops = read.stops_in_force(organisation_id=organisation_id)
    stopped_at = next((one.started_at for one in stops if (one.scope, one.key) == (scope, key)), None)
    if stopped_at is None or now - stopped_at < SHORT_STOP or scope == "channel":
        return 0
    zone = ZoneInfo(accounts.organisation(organisation_id=organisation_id).time_zone)
    moved = 0
    for campaign in read.campaigns(organisation_id=organisation_id, states=["active"]):
        if scope == "campaign" and str(campaign.id) != key:
            continue
        next_at = spread(
            read.standing(organisation_id=organisation_id, campaign_id=campaign.id),
            paused_at=stopped_at,
            resumed_at=now,
            per_day=campaign.daily_limit,
            zone=zone,
        )
        write.plan_anew(
            organisation_id=organisation_id,
            campaign_id=campaign.id,
            next_at=next_at,
            why="everything was stopped; the step is planned anew",
            now=now,
        )
        moved += len(next_at)
    return moved

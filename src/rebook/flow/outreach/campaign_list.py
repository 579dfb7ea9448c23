"""Campaigns as their list shows them: how each stands, when it takes patients in next, what needs a look."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.outreach.campaign_plan import read_plan
from rebook.core.outreach.campaign_standing import CampaignStanding, enrols_next_on, warnings
from rebook.core.reasons import Reason
from rebook.records.read import campaignpages as read
from rebook.records.read.campaignpages import CampaignLine

from .enrol_days import spent_by_campaign


@dataclass(frozen=True, slots=True)
class ListedCampaign:
    """A campaign with how it stands. ``enrols_on`` is None when nobody comes in as it stands."""

    line: CampaignLine
    stands: CampaignStanding
    enrols_on: date | None
    warnings: tuple[Reason, ...]


def listed_campaigns(*, organisation_id: int, now: datetime) -> tuple[ListedCampaign, ...]:
    """Every campaign, running ones first, as it stands on the practice's day."""
    house = accounts.organisation(organisation_id=organisation_id)
    zone = ZoneInfo(house.time_zone)
    today = now.astimezone(zone).date()
    here = {one.user_id for one in accounts.members(organisation_id=organisation_id)}
    lines = read.campaign_lines(organisation_id=organisation_id)
    # What went out is counted only where it is held against a budget.
    spent = spent_by_campaign(house, campaign_ids=[one.id for one in lines if one.budget_cents is not None])
    found = []
    for line in lines:
        stands = _standing(line, has_owner=line.owner_id in here, spent=spent.get(line.id, 0), zone=zone)
        found.append(
            ListedCampaign(line, stands, enrols_next_on(stands, today=today), warnings(stands, today=today))
        )
    return tuple(found)


def _standing(line: CampaignLine, *, has_owner: bool, spent: int, zone: ZoneInfo) -> CampaignStanding:
    def day(at: datetime | None) -> date | None:
        return at.astimezone(zone).date() if at else None

    return CampaignStanding(
        state=line.state,
        has_owner=has_owner,
        calendar=read_plan(line.plan).calendar,
        launched_on=day(line.launched_at),
        paused_on=day(line.paused_at) if line.state == "paused" else None,
        last_opened_on=day(line.last_opened_at),
        goal_visits=line.goal_visits,
        goal_on=line.goal_on,
        won=line.won,
        budget_cents=line.budget_cents,
        spent_cents=spent,
    )

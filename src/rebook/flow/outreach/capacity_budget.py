"""The complaint budget at work: stops a campaign, calls its owner, and lets a person go on with a reason."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from rebook.accounts import audit
from rebook.core.capacity_budget import Batch, Verdict, judge_batch
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import capacity as read_capacity
from rebook.records.read import complaints as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.complaints import BY_BUDGET
from rebook.records.write import alarms
from rebook.records.write import outreach as write

from .going_on import plan_after_stop

# Between two passes of the day budgets and free times are looked at so often.
COUNTED_EVERY = timedelta(hours=1)
# What a stop can hold of its reasons.
REASON_LENGTH = 200
ALARM = "campaign_stopped"


@dataclass(frozen=True, slots=True)
class BudgetSummary:
    """Campaigns looked at, stopped now and warned of; ``reasons`` of the stops."""

    looked_at: int = 0
    stopped: int = 0
    warned: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


class UnableToGoOn(Exception):
    """A campaign cannot be let go on: it was not stopped, or nobody said why it may."""

    permanent = True
    is_for_people = True


def check_budgets_hourly(*, organisation_id: int, now: datetime) -> BudgetSummary:
    """The same between two passes of the day, once an hour: before the free times are counted again."""
    counted_at = read_capacity.room_counted_at(organisation_id=organisation_id)
    if counted_at is not None and now - counted_at < COUNTED_EVERY:
        return BudgetSummary()
    return check_budgets(organisation_id=organisation_id, now=now)


def check_budgets(*, organisation_id: int, now: datetime) -> BudgetSummary:
    """Look at every running campaign and stop those over their budget. Again changes nothing."""
    stops = {one.key for one in read_campaigns.stops_in_force(organisation_id=organisation_id)
             if one.scope == "campaign"}  # fmt: skip
    running = read_campaigns.campaigns(organisation_id=organisation_id, states=["active"])
    stopped = warned = 0
    reasons: dict[str, int] = {}
    for campaign in running:
        if str(campaign.id) in stops or campaign.launched_at is None:
            continue
        verdict = judge_campaign(organisation_id=organisation_id, campaign=campaign, now=now)[1]
        warned += verdict.verdict == "warn"
        if verdict.verdict == "stop" and _stop(organisation_id, campaign, verdict, now=now):
            stopped += 1
            for reason in verdict.reasons:
                reasons[reason.rule] = reasons.get(reason.rule, 0) + 1
    return BudgetSummary(len(running), stopped, warned, reasons)


def judge_campaign(*, organisation_id: int, campaign: CampaignView, now: datetime) -> tuple[Batch, Verdict]:
    """The figures of a campaign's present batch, and what they mean."""
    found = read.batch(
        organisation_id=organisation_id,
        campaign_id=campaign.id,
        launched_at=campaign.launched_at or now,
        now=now,
    )
    return found, judge_batch(found)


def _stop(organisation_id: int, campaign: CampaignView, verdict: Verdict, *, now: datetime) -> bool:
    says = "; ".join(reason.detail for reason in verdict.reasons)
    with transaction.atomic(durable=True):
        is_new = write.add_stop(
            organisation_id=organisation_id,
            scope="campaign",
            key=str(campaign.id),
            reason=says[:REASON_LENGTH],
            actor=BY_BUDGET,
            now=now,
        )
        if is_new:
            alarms.raise_alarm(
                organisation_id=organisation_id,
                key=f"{ALARM}:{campaign.id}",
                owner_role="manager",
                owner_id=campaign.owner_id,
                now=now,
            )
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=BY_BUDGET,
                action="stop.started",
                subject_kind="campaign",
                subject_id=campaign.id,
                detail={"reasons": [reason.as_json() for reason in verdict.reasons]},
            )
    return is_new


def go_on(*, organisation_id: int, campaign_id: int, reason: str, now: datetime, actor: str) -> None:
    """Let a campaign go on that the budget stopped. The next batch begins now. Raises ``UnableToGoOn``."""
    why = reason.strip()
    if not 10 <= len(why) <= 500:
        raise UnableToGoOn("say in 10 to 500 letters why it may go on: what was found, what was changed")
    in_force = [
        one
        for one in read.budget_stops(organisation_id=organisation_id, campaign_id=campaign_id)
        if one.ended_at is None
    ]
    if not in_force:
        raise UnableToGoOn("this campaign was not stopped by its complaint budget")
    with transaction.atomic(durable=True):
        plan_after_stop(organisation_id=organisation_id, scope="campaign", key=str(campaign_id), now=now)
        write.end_stops(
            organisation_id=organisation_id, scope="campaign", key=str(campaign_id), actor=actor, now=now
        )
        alarms.end_alarm(organisation_id=organisation_id, key=f"{ALARM}:{campaign_id}", now=now)
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="stop.ended",
            subject_kind="campaign",
            subject_id=campaign_id,
            detail={"reason": why, "stopped_for": in_force[0].reason},
        )

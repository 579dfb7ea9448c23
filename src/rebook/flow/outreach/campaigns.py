"""Campaigns launched when ready, paused, gone on with, changed while they run, and ended by people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import read as accounts
from rebook.core.outreach import sequence as sequences
from rebook.core.outreach.campaign_plan import plan_json, read_plan
from rebook.core.outreach.campaign_reentry import gentler
from rebook.core.outreach.campaign_resume import spread
from rebook.core.outreach.sequence import Sequence
from rebook.core.reasons import Reason
from rebook.records.read import campaigns as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.write import campaigns as write

from .campaign_making import (
    CampaignAsked,
    UnableToCreate,
    change_draft,
    clone,
    create_campaign,
    discard,
    limits,
    note,
    sequence_of,
)
from .readiness import launch_checklist, reasons_against_launch

__all__ = [
    "CampaignAsked",
    "UnableToChange",
    "UnableToCreate",
    "archive",
    "change_draft",
    "change_running",
    "checklist",
    "clone",
    "create_campaign",
    "discard",
    "launch",
    "pause",
    "reopen",
    "resume",
    "sequence_of",
]


@dataclass(eq=False)
class UnableToChange(Exception):
    """A campaign cannot be launched, paused, resumed or ended now; ``reasons`` say what stands against it."""

    reasons: tuple[Reason, ...]
    permanent = True
    is_for_people = True

    def __str__(self) -> str:
        return "; ".join(reason.detail for reason in self.reasons)


def checklist(*, organisation_id: int, campaign_id: int, now: datetime) -> Any:
    """Every check before a launch (``core.outreach.campaign_readiness.ReadinessCheck``), tried for real.

    A booking is offered, held and let go again; nothing of it remains. Raises ``UnableToChange`` when
    there is no such campaign.
    """
    with transaction.atomic(durable=True):
        campaign = _locked(organisation_id, campaign_id, expected=(), verb="")
        sequence = sequence_of(organisation_id=organisation_id, key=campaign.sequence_key)
        return launch_checklist(
            organisation_id=organisation_id, campaign=campaign, sequence=sequence, now=now
        )


def launch(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """Freeze sequence and plan and go live: the next daily run enrols the first patients.

    Raises ``UnableToChange`` with every reason against it.
    """
    with transaction.atomic(durable=True):
        campaign = _locked(organisation_id, campaign_id, expected=("draft",), verb="launched")
        sequence = sequence_of(organisation_id=organisation_id, key=campaign.sequence_key)
        against = reasons_against_launch(
            organisation_id=organisation_id, campaign=campaign, sequence=sequence, now=now
        )
        if against or sequence is None:
            raise UnableToChange(against)
        write.launch_campaign(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            sequence=sequences.as_json(sequence),
            plan=_frozen_plan(organisation_id, campaign, sequence),
            now=now,
        )
        note(organisation_id, campaign_id, "campaign.launched", now=now, actor=actor)


def _frozen_plan(organisation_id: int, campaign: CampaignView, sequence: Sequence) -> dict[str, Any]:
    """The plan with every rule written out, and the gentler steps of who is taken in again."""
    plan = read_plan(campaign.plan)
    chosen = sequence_of(organisation_id=organisation_id, key=plan.reentry.sequence_key)
    return plan_json(plan) | {"gentle": sequences.as_json(chosen or gentler(sequence))}


def pause(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """Nothing more is enrolled, planned or sent; what is on its way arrives. Raises ``UnableToChange``."""
    with transaction.atomic(durable=True):
        _locked(organisation_id, campaign_id, expected=("active",), verb="paused")
        write.pause_campaign(organisation_id=organisation_id, campaign_id=campaign_id, now=now)
        note(organisation_id, campaign_id, "campaign.paused", now=now, actor=actor)


def resume(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """Go on, planned anew: what had come due is spread by the daily limit, the rest keeps its distance.

    What waited to be sent is taken back and its step planned again on its new day, with the words, the
    channel and the guard's answer of that day. Raises ``UnableToChange``.
    """
    with transaction.atomic(durable=True):
        campaign = _locked(organisation_id, campaign_id, expected=("paused",), verb="resumed")
        house = accounts.organisation(organisation_id=organisation_id)
        next_at = spread(
            read.standing(organisation_id=organisation_id, campaign_id=campaign_id),
            paused_at=min(campaign.paused_at or now, now),
            resumed_at=now,
            per_day=campaign.daily_limit,
            zone=ZoneInfo(house.time_zone),
        )
        write.resume_campaign(
            organisation_id=organisation_id, campaign_id=campaign_id, next_at=next_at, now=now
        )
        note(
            organisation_id,
            campaign_id,
            "campaign.resumed",
            now=now,
            actor=actor,
            detail={"cases": len(next_at)},
        )


def archive(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """End it: what waits is refused, open cases end with the next closing. Raises ``UnableToChange``."""
    with transaction.atomic(durable=True):
        _locked(organisation_id, campaign_id, expected=("active", "paused"), verb="ended")
        write.archive_campaign(organisation_id=organisation_id, campaign_id=campaign_id, now=now)
        note(organisation_id, campaign_id, "campaign.archived", now=now, actor=actor)


def reopen(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """Take an end back: it is paused again. Cases closed meanwhile stay closed. Raises ``UnableToChange``."""
    with transaction.atomic(durable=True):
        campaign = _locked(organisation_id, campaign_id, expected=("archived",), verb="reopened")
        write.reopen_campaign(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            archived_at=campaign.archived_at or now,
        )
        note(organisation_id, campaign_id, "campaign.reopened", now=now, actor=actor)


# What may change while it runs without changing whom it is for, what is said, or what success is.
SAFE = ("owner_id", "backup_id", "goal_visits", "goal_on", "budget_cents", "daily_limit")


def change_running(
    *, organisation_id: int, campaign_id: int, changes: Mapping[str, Any], now: datetime, actor: str
) -> None:
    """Change owner, stand-in, goal, budget or daily limit of a campaign that runs or is paused.

    Everything else stays as launched: clone it instead. The trail keeps what it was before. Raises
    ``UnableToChange`` with what is wrong.
    """
    with transaction.atomic(durable=True):
        campaign = _locked(organisation_id, campaign_id, expected=("active", "paused"), verb="changed")
        news = {key: value for key, value in changes.items() if getattr(campaign, key, None) != value}
        if against := tuple(_against_changes(organisation_id, campaign, news)):
            raise UnableToChange(against)
        if not news:
            return
        write.change_campaign(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            changes=news,
            states=("active", "paused"),
        )
        before = {key: _plain(getattr(campaign, key)) for key in news}
        detail = {"before": before, "now": {key: _plain(value) for key, value in news.items()}}
        note(organisation_id, campaign_id, "campaign.changed", now=now, actor=actor, detail=detail)


def _against_changes(organisation_id: int, campaign: CampaignView, news: Mapping[str, Any]) -> list[Reason]:
    members = {one.user_id for one in accounts.members(organisation_id=organisation_id)}
    now_is = {key: news.get(key, getattr(campaign, key)) for key in SAFE}
    checks = (
        (set(news) <= set(SAFE), "only owner, stand-in, goal, budget and daily limit change while it runs"),
        (now_is["owner_id"] in members, "its owner has to work for this practice"),
        (now_is["backup_id"] in (None, *members), "who stands in does not work for this practice"),
        (
            now_is["backup_id"] is None or now_is["backup_id"] != now_is["owner_id"],
            "who stands in is somebody else than the owner",
        ),
        (1 <= now_is["daily_limit"] <= 10_000, "the daily limit lies between 1 and 10,000"),
        (
            now_is["goal_on"] is None or now_is["goal_visits"] is not None,
            "a day for the goal needs a number of patients",
        ),
        *limits(now_is["goal_visits"], now_is["budget_cents"]),
    )
    return [Reason("bad_change", problem) for is_fine, problem in checks if not is_fine]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _locked(organisation_id: int, campaign_id: int, *, expected: tuple[str, ...], verb: str) -> CampaignView:
    campaign = read.campaign(organisation_id=organisation_id, campaign_id=campaign_id, for_update=True)
    if campaign is None:
        raise UnableToChange((Reason("no_campaign", f"there is no campaign {campaign_id}"),))
    if expected and campaign.state not in expected:
        detail = f"it is {campaign.state}; only one that is {' or '.join(expected)} can be {verb}"
        raise UnableToChange((Reason("wrong_state", detail),))
    return campaign

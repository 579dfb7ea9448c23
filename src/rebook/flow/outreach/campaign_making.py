"""Campaigns made, changed as drafts, cloned and put away; nothing goes out before a launch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.outreach.campaign_plan import BadPlan, plan_json, read_plan
from rebook.core.outreach.sequence import Sequence
from rebook.core.segment import BadSegment, Segment, from_lists
from rebook.core.words import PROGRAMMES
from rebook.packs import outreach as packs
from rebook.records.read import campaigns as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.write import campaigns as write
from rebook.records.write.campaigns import NewCampaign

from .sequences import own_sequence

PURPOSES = ("treatment_recall", "operations", "informational", "marketing")
MOST_VISITS, MOST_CENTS = 1_000_000, 10**11


class UnableToCreate(Exception):
    """A campaign cannot be made as asked; other input is needed."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignAsked:
    """What somebody wants a campaign to be, before anything of it is checked.

    ``segment``: the JSON of a ``core.segment.Segment``, or its short form: kinds, definitions, tiers,
    locations (ids), visit_types; empty lists mean any. ``plan``: as ``core.outreach.campaign_plan`` reads
    it; what it leaves out is as usual. ``programme`` "recall" or "reactivation" takes in only patients of
    that programme (R-C144). Money is in cents, rest in days.
    """

    name: str
    segment: Mapping[str, Any]
    sequence_key: str
    owner_id: int | None
    daily_limit: int
    holdout_percent: int
    purpose: str = "treatment_recall"
    booking_window_days: int = 60
    visit_window_days: int = 120
    backup_id: int | None = None
    programme: str = ""
    goal_visits: int | None = None
    goal_on: date | None = None
    budget_cents: int | None = None
    rest_days: int | None = None
    plan: Mapping[str, Any] | None = None


def sequence_of(*, organisation_id: int, key: str) -> Sequence | None:
    """The practice's own published sequence of that key, or the one in its packs."""
    if own := own_sequence(organisation_id=organisation_id, key=key):
        return own
    organisation = accounts.organisation(organisation_id=organisation_id)
    return next(
        (found[key] for pack in organisation.pack_keys if key in (found := packs.sequences(pack))), None
    )


def create_campaign(*, organisation_id: int, now: datetime, actor: str, **asked: Any) -> int:
    """A draft campaign; its id. Nothing goes out before it is launched.

    ``asked``: the fields of ``CampaignAsked``. Raises ``UnableToCreate`` naming what is wrong.
    """
    campaign = _checked(organisation_id, CampaignAsked(**asked), known_as="")
    with transaction.atomic(durable=True):
        campaign_id = write.add_campaign(organisation_id=organisation_id, campaign=campaign)
        note(organisation_id, campaign_id, "campaign.created", now=now, actor=actor)
    return campaign_id


def change_draft(
    *, organisation_id: int, campaign_id: int, asked: CampaignAsked, now: datetime, actor: str
) -> None:
    """Write a draft anew as asked. Raises ``UnableToCreate``, also when it is no draft any more."""
    view = read.campaign(organisation_id=organisation_id, campaign_id=campaign_id)
    if view is None or view.state != "draft":
        raise UnableToCreate("only a draft can be written anew; clone it instead")
    campaign = _checked(organisation_id, asked, known_as=view.name)
    with transaction.atomic(durable=True):
        if not write.change_draft(
            organisation_id=organisation_id, campaign_id=campaign_id, campaign=campaign
        ):
            raise UnableToCreate("it has been launched meanwhile")
        note(organisation_id, campaign_id, "campaign.changed", now=now, actor=actor)


def clone(*, organisation_id: int, campaign_id: int, now: datetime, actor: str, name: str = "") -> int:
    """A draft like another campaign, in whatever state that is, under a name of its own; its id.

    What belongs to the other's life stays there: its cases, dates in the past, who was drawn, its approval.
    Raises ``UnableToCreate`` when there is no such campaign or the name is taken.
    """
    view = read.campaign(organisation_id=organisation_id, campaign_id=campaign_id)
    if view is None:
        raise UnableToCreate(f"there is no campaign {campaign_id}")
    plan = read_plan(view.plan)
    calendar = replace(
        plan.calendar,
        starts_on=None if _is_past(plan.calendar.starts_on, now) else plan.calendar.starts_on,
        ends_on=None if _is_past(plan.calendar.ends_on, now) else plan.calendar.ends_on,
    )
    asked = CampaignAsked(
        **{
            one: getattr(view, one)
            for one in CampaignAsked.__slots__
            if one not in ("name", "plan", "goal_on")
        },
        name=name or _free_name(organisation_id, view),
        goal_on=None if _is_past(view.goal_on, now) else view.goal_on,
        plan=plan_json(replace(plan, calendar=calendar)),
    )
    campaign = replace(_checked(organisation_id, asked, known_as=""), cloned_from_id=campaign_id)
    with transaction.atomic(durable=True):
        made = write.add_campaign(organisation_id=organisation_id, campaign=campaign)
        note(organisation_id, made, "campaign.cloned", now=now, actor=actor, detail={"from": campaign_id})
    return made


def discard(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """Take a draft away; its line in the trail stays. Raises ``UnableToCreate`` when it is no draft."""
    with transaction.atomic(durable=True):
        if not write.discard_draft(organisation_id=organisation_id, campaign_id=campaign_id):
            raise UnableToCreate("only a draft can be taken away; a campaign that ran is ended and stays")
        note(organisation_id, campaign_id, "campaign.discarded", now=now, actor=actor)


def _is_past(on: date | None, now: datetime) -> bool:
    return on is not None and on < now.date()


def _free_name(organisation_id: int, view: CampaignView) -> str:
    taken = {one.name for one in read.campaigns(organisation_id=organisation_id)}
    stem = view.name[:105]
    names = (f"{stem} (copy)", *(f"{stem} (copy {number})" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)


def _checked(organisation_id: int, asked: CampaignAsked, *, known_as: str) -> NewCampaign:
    """The campaign as it is written. Raises ``UnableToCreate`` naming the first thing that is wrong."""
    sites = {one.id for one in accounts.locations(organisation_id=organisation_id)}
    try:
        given = from_lists(asked.segment)
        segment = Segment.from_json(given, locations=sites)
        plan = read_plan(asked.plan or {})
    except (BadSegment, BadPlan) as error:
        raise UnableToCreate(str(error)) from None
    if segment.who != "due":
        raise UnableToCreate("a campaign needs patients with a reason to come back")
    for is_fine, problem in _checks(organisation_id, asked, known_as=known_as):
        if not is_fine:
            raise UnableToCreate(problem)
    for key in filter(None, (asked.sequence_key, plan.reentry.sequence_key)):
        if sequence_of(organisation_id=organisation_id, key=key) is None:
            raise UnableToCreate(f"the practice's packs have no sequence '{key}'")
    fields = {one: getattr(asked, one) for one in CampaignAsked.__slots__}
    fields |= {
        "name": asked.name.strip(),
        "segment": segment.as_json() | ({"saved": given["saved"]} if "saved" in given else {}),
        "plan": plan_json(plan),
    }
    return NewCampaign(**fields)


def _checks(organisation_id: int, asked: CampaignAsked, *, known_as: str) -> tuple[tuple[bool, str], ...]:
    members = {one.user_id for one in accounts.members(organisation_id=organisation_id)}
    taken = {one.name for one in read.campaigns(organisation_id=organisation_id)} - {known_as}
    name = asked.name.strip()
    return (
        (0 < len(name) <= 120, "a campaign needs a name of at most 120 letters"),
        (name not in taken, f"there is already a campaign '{name}'"),
        (asked.purpose in PURPOSES, f"'{asked.purpose}' is none of {', '.join(PURPOSES)}"),
        (asked.programme in ("", *PROGRAMMES), f"'{asked.programme}' is none of {', '.join(PROGRAMMES)}"),
        (1 <= asked.daily_limit <= 10_000, "the daily limit lies between 1 and 10,000"),
        (0 <= asked.holdout_percent <= 50, "the holdout's share lies between 0 and 50 percent"),
        (asked.owner_id is None or asked.owner_id in members, "the owner does not work for this practice"),
        (
            asked.backup_id is None or asked.backup_id in members,
            "who stands in does not work for this practice",
        ),
        (
            asked.backup_id is None or asked.backup_id != asked.owner_id,
            "who stands in is somebody else than the owner",
        ),
        *limits(asked.goal_visits, asked.budget_cents),
        (
            asked.rest_days is None or 7 <= asked.rest_days <= 730,
            "the rest between two cases lies between 7 and 730 days",
        ),
        (
            asked.goal_on is None or asked.goal_visits is not None,
            "a day for the goal needs a number of patients",
        ),
    )


def limits(goal_visits: int | None, budget_cents: int | None) -> tuple[tuple[bool, str], ...]:
    """[(whether it can be, what is wrong)] of the goal and the budget."""
    return (
        (
            goal_visits is None or 1 <= goal_visits <= MOST_VISITS,
            "the goal is a number of patients from 1 to 1,000,000",
        ),
        (budget_cents is None or 0 <= budget_cents <= MOST_CENTS, "the budget is an amount from 0"),
    )


def note(
    organisation_id: int,
    campaign_id: int,
    action: str,
    *,
    now: datetime,
    actor: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write an act on a campaign into the trail, inside the caller's transaction."""
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="campaign",
        subject_id=campaign_id,
        detail=detail,
    )

"""Tests of a step: a person states which, what varies, and the rule; every arm keeps what a class is owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rebook.core.gaps import KINDS
from rebook.core.outreach.experiment import Element, Metric, TestPlan, plan_as_json, plan_test
from rebook.core.outreach.experiment_steps import (
    StepArms,
    arms_as_json,
    arms_of_step,
    reasons_against_step,
)
from rebook.core.outreach.sequence import CHANNEL_KINDS, DAY_PARTS, Step, from_json, template_for
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence_words import step_sentence
from rebook.core.reasons import Reason
from rebook.core.segment import Segment
from rebook.flow.common.channels import practice_channels
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import experiments as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.write import experiments as write

from .experiment_hours import hours_against
from .experiments import UnableToTest, note
from .library import template_library
from .subject import House

# Under these a campaign runs by a plan that is frozen.
UNDER_WAY = ("active", "paused")


@dataclass(frozen=True, slots=True)
class TestableStep:
    """A step of a campaign's plan, in words, with what could stand in the place of its parts."""

    # Not a test of ours, whatever its name says to the test runner.
    __test__ = False

    position: int
    step: Step
    says: str
    day_parts: tuple[str, ...]
    channels: tuple[str, ...]


def testable_steps(*, organisation_id: int, campaign_id: int) -> tuple[TestableStep, ...]:
    """The steps of a campaign that is under way; empty for one that is not."""
    campaign = read_campaigns.campaign(organisation_id=organisation_id, campaign_id=campaign_id)
    plan = _plan_of(campaign)
    if plan is None:
        return ()
    own = practice_channels(organisation_id=organisation_id)
    return tuple(
        TestableStep(
            position,
            step,
            step_sentence(step),
            tuple(one for one in DAY_PARTS if one not in (step.day_part, "any")),
            tuple(one for one in CHANNEL_KINDS if one in own and one != step.channel)
            if step.preference_may_replace
            else (),
        )
        for position, step in enumerate(plan.steps)
    )


def _plan_of(campaign: CampaignView | None) -> ContactPlan | None:
    """The frozen plan of a campaign that is under way."""
    if campaign is None or campaign.state not in UNDER_WAY or not campaign.sequence:
        return None
    return from_json(campaign.sequence)


def state_step_test(
    *,
    organisation_id: int,
    campaign_id: int,
    position: int,
    element: Element,
    metric: Metric,
    variants: Sequence[str],
    baseline: float,
    effect: float,
    looks: int,
    now: datetime,
    actor: str,
) -> int:
    """State the rule and start; the test's id. Raises ``UnableToTest`` with every reason against it.

    ``position`` is the step's place in the plan from 0; a variant is a part of the day, a number of days, or
    the channel that is tried first.
    """
    try:
        stated = plan_test(
            element=element, metric=metric, variants=variants, baseline=baseline, effect=effect, looks=looks
        )
    except ValueError as error:
        raise UnableToTest((Reason("bad_plan", str(error)),)) from None
    house = House(organisation_id=organisation_id)
    with transaction.atomic(durable=True):
        campaign = read_campaigns.campaign(
            organisation_id=organisation_id, campaign_id=campaign_id, for_update=True
        )
        plan = _plan_of(campaign)
        if campaign is None or plan is None or not stated.is_of_step:
            raise UnableToTest((Reason("no_campaign", "steps are tested in a campaign that is under way"),))
        try:
            arms = arms_of_step(plan, position=position, element=element, variants=variants)
        except ValueError as error:
            raise UnableToTest((Reason("bad_plan", str(error)),)) from None
        against = against_step(house, campaign, plan, arms, stated, now=now)
        if against:
            raise UnableToTest(against)
        test_id = write.add_test(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            template_key="",
            channel="",
            plan=plan_as_json(stated),
            content=arms_as_json(arms),
            actor=actor,
            now=now,
        )
        note(organisation_id, test_id, "wording_test.started", now=now, actor=actor, element=element)
    return test_id


def against_step(
    house: House,
    campaign: CampaignView,
    plan: ContactPlan,
    arms: StepArms,
    stated: TestPlan,
    *,
    now: datetime,
) -> tuple[Reason, ...]:
    """Everything that keeps a step from being tested now; empty when it may."""
    organisation_id = house.organisation.id
    running = read.wording_tests(organisation_id=organisation_id, campaign_id=campaign.id, states=["running"])
    if any(one.arms for one in running):
        return (Reason("test_running", "another step of this campaign is being tested already"),)
    found = list(reasons_against_step(plan, arms, stated))
    for name in stated.variants:
        step = arms.steps[name]
        if stated.element == "day_part":
            why = hours_against(house, part=step.day_part, channel=step.channel, now=now)
            found += [Reason("outside_hours", why)] if why else []
        if stated.element == "channel" and (why := _words_of(house, campaign, step, now=now)):
            found.append(Reason("no_words", why))
    return tuple(dict.fromkeys(found))


def _words_of(house: House, campaign: CampaignView, step: Step, *, now: datetime) -> str:
    """Why a step cannot go by its channel at all in this practice; "" when it can."""
    organisation_id = house.organisation.id
    if step.channel not in practice_channels(organisation_id=organisation_id):
        return f"the practice has no channel for {step.channel}"
    wanted = Segment.from_json(campaign.segment).of("gap_kind")
    kinds = wanted.values if wanted and not wanted.is_not else KINDS
    library = template_library(organisation_id=organisation_id)
    approved = read_campaigns.approved(organisation_id=organisation_id, now=now)
    language = house.organisation.default_language
    for key in {template_for(step, gap_kind=kind) for kind in kinds}:
        text = library.find(key, step.channel, language)
        if text is not None and (text.key, language, text.content_hash) in approved:
            return ""
    return f"there are no signed words for this step by {step.channel}"

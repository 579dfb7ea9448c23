"""Tests of a step as the ledger keeps them, made without living through their weeks."""

import datetime as dt
from dataclasses import asdict

from rebook.core.outreach.experiment import ArmCount, judge, plan_as_json, plan_test
from rebook.core.outreach.experiment_steps import arms_as_json, arms_of_step
from rebook.core.outreach.sequence import as_json, from_json
from rebook.packs.outreach import sequences
from rebook.records.models import Campaign, WordingTest

DAY = dt.timedelta(days=1)


def campaign_under_way():
    """A running campaign by the shipped steps of a check-up, the first a text."""
    campaign = Campaign.objects.filter(state="active").first()
    shipped = sequences("dental")["dental.check_up"]
    campaign.sequence, campaign.sequence_key = as_json(shipped), shipped.key
    campaign.save()
    return campaign


def rule(**changes):
    asked = {"element": "day_part", "metric": "booked", "variants": ["evening"], "looks": 2}
    return plan_test(**{"baseline": 0.2, "effect": 0.25, **asked, **changes})


def step_test(clinic, campaign, *, state="running", looks=(), plan=None):
    """A test of the campaign's first step, stated 40 days ago."""
    plan = plan or rule()
    steps = from_json(campaign.sequence)
    arms = arms_of_step(steps, position=0, element=plan.element, variants=plan.variants)
    return WordingTest.objects.create(
        organisation=clinic.organisation,
        campaign=campaign,
        state=state,
        plan=plan_as_json(plan),
        content=arms_as_json(arms),
        started_at=clinic.now - 40 * DAY,
        started_by="user:1",
        looks=list(looks),
        ended_at=None if state == "running" else clinic.now,
    )


def look(plan, number, *shares):
    """A look as kept, by the share of each arm that did what decides."""
    size = plan.look_sizes[number - 1]
    counts = [ArmCount(arm, size, round(size * share)) for arm, share in zip(plan.arms, shares, strict=True)]
    kept = {**asdict(judge(plan, counts, look=number)), "at": "2026-11-20T09:00:00+00:00"}
    return {**kept, "counts": [asdict(one) for one in counts]}

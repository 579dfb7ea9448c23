"""What a signature under a campaign covers: who, which steps, which limits, and every text it may send."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from rebook.core.gaps import KINDS
from rebook.core.outreach.approved_content import Content, Part
from rebook.core.outreach.campaign_plan import plan_json, read_plan
from rebook.core.outreach.message import Template
from rebook.core.outreach.sequence import BadSequence, Sequence, as_json, from_json, template_for
from rebook.core.outreach.sequence_words import step_sentence
from rebook.core.segment import Segment, sentence
from rebook.records.read.campaigns import CampaignView

from .campaign_making import sequence_of
from .library import template_library

# What may change without anybody signing anew: what it is called, who looks after it, where it stands.
_FREE = {"id", "name", "state", "owner_id", "backup_id", "cloned_from_id", "created_by", "archived_at"}
# Parts of their own, and instants of its life.
_ELSEWHERE = {"segment", "sequence", "sequence_key", "plan", "launched_at", "paused_at"}


def campaign_content(*, organisation_id: int, campaign: CampaignView) -> Content:
    """The campaign as it stands, part by part. The same before and after its launch."""
    plan = sequence_in_force(organisation_id=organisation_id, campaign=campaign)
    return Content(
        (
            _audience(campaign),
            _limits(campaign),
            *(_steps(plan) if plan else _no_steps(campaign)),
            *(_text(one) for one in texts_of(organisation_id, campaign, plan)),
        )
    )


def texts_of(organisation_id: int, campaign: CampaignView, sequence: Sequence | None) -> tuple[Template, ...]:
    """Every text that the campaign may send, in whatever language and by whatever channel.

    Those of all languages: a patient who joins tomorrow must not change what was signed today.
    """
    wanted = Segment.from_json(campaign.segment).of("gap_kind")
    kinds = wanted.values if wanted and not wanted.is_not else KINDS
    steps = sequence.steps if sequence else ()
    keys = {template_for(step, gap_kind=kind) for step in steps for kind in kinds}
    texts = template_library(organisation_id=organisation_id).every()
    return tuple(texts[place] for place in sorted(texts) if place[0] in keys)


def sequence_in_force(*, organisation_id: int, campaign: CampaignView) -> Sequence | None:
    """As frozen at launch, else as it would be; None where there is none that can be read."""
    if campaign.sequence:
        try:
            return from_json(campaign.sequence)
        except BadSequence:
            return None
    return sequence_of(organisation_id=organisation_id, key=campaign.sequence_key)


def _audience(campaign: CampaignView) -> Part:
    given = {name: value for name, value in campaign.segment.items() if name != "saved"}
    return Part("audience", "Who", sentence(Segment.from_json(campaign.segment)), _data(given))


def _limits(campaign: CampaignView) -> Part:
    rest = {
        f.name: getattr(campaign, f.name)
        for f in fields(campaign)
        if f.name not in _FREE and f.name not in _ELSEWHERE
    }
    # Written out in full, since a launch freezes what was left to the defaults.
    rest["plan"] = plan_json(read_plan(campaign.plan))
    says = [
        f"At most {campaign.daily_limit} new patients a day.",
        f"{campaign.holdout_percent}% are not contacted, to compare with.",
        f"Sent as {campaign.purpose.replace('_', ' ')}.",
    ]
    says += [f"{name.replace('_', ' ').capitalize()}: {rest[name]}." for name in _SAID if rest.get(name)]
    return Part("limits", "How many, and when", "\n".join(says), _data(rest))


_SAID = ("programme", "goal_visits", "goal_on", "budget_cents", "rest_days")


def _steps(sequence: Sequence) -> Iterator[Part]:
    value = as_json(sequence)
    for step, row in zip(sequence.steps, value.pop("steps"), strict=True):
        yield Part(f"step/{step.index + 1}", f"Step {step.index + 1}", step_sentence(step), _data(row))
    rest = f"Then {sequence.rest_days} days of rest."
    yield Part("sequence", "After the last step", rest, _data(value))


def _no_steps(campaign: CampaignView) -> Iterator[Part]:
    named = {"key": campaign.sequence_key, "frozen": campaign.sequence}
    yield Part("sequence", "Steps", "There are none that can be read.", _data(named))


def _text(text: Template) -> Part:
    arm = f"/{text.variant}" if text.variant else ""
    title = f"{text.key.replace('_', ' ').capitalize()}, {text.place}, {text.language}{arm}"
    words = "\n\n".join(one for one in (text.subject, text.body, text.short_body, text.button) if one)
    return Part(f"text/{text.key}/{text.place}/{text.language}{arm}", title, words, text.content_hash)


def _data(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)

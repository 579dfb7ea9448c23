"""One step of a sequence as a form sends it, and what is wrong with it beside its field."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from rebook.core.gaps import TIERS
from rebook.core.outreach.sequence import (
    BY_GAP_KIND,
    CHANNEL_KINDS,
    DAY_PARTS,
    LONGEST_DELAY,
    OWNER_ROLES,
    BadSequence,
    Sequence,
    Step,
    from_json,
)
from rebook.core.outreach.sequence_when import HIGHEST_CLASS
from rebook.core.outreach.sequence_words import CHANNEL_WORDS, PART_WORDS, ROLE_WORDS
from rebook.core.response.dispositions import BARRIERS
from rebook.web.words import words

# What a step may ask about: field, the question, what yes and no are called.
QUESTIONS = (
    ("delivered", "Has a contact arrived?"),
    ("read", "Was a message read?"),
    ("clicked", "Did they press a button on their page?"),
    ("replied", "Have they answered?"),
)


@dataclass(slots=True)
class StepForm:
    """What was typed, and what is wrong with it, by field. ``step`` only when nothing is."""

    given: dict[str, Any]
    step: Step | None = None
    errors: dict[str, str] = field(default_factory=dict)


def choices(templates: list[str]) -> dict[str, Any]:
    """What the form's lists offer, in the clinic's words."""
    return {
        "channels": [(kind, words(kind, "channel")) for kind in CHANNEL_KINDS],
        "parts": [(part, PART_WORDS[part] or "at any time of day") for part in DAY_PARTS],
        "roles": [("", "the campaign's owner"), *((role, ROLE_WORDS[role]) for role in OWNER_ROLES)],
        "texts": [
            (BY_GAP_KIND, "what the reason asks for"),
            *((key, key.replace("_", " ")) for key in templates),
        ],
        "questions": QUESTIONS,
        "barriers": list(BARRIERS.items()),
        "classes": list(range(HIGHEST_CLASS + 1)),
        "tiers": [(tier, words(tier, "tier")) for tier in TIERS],
    }


def as_given(step: Step) -> dict[str, Any]:
    """The form's fields as a step fills them."""
    return {
        "channel": step.channel,
        "delay_days": str(step.delay_days),
        "unit": "business" if step.business_days else "working" if step.working_day else "days",
        "day_part": step.day_part,
        "fallbacks": list(step.fallbacks),
        "template_key": step.template_key,
        "owner_role": step.owner_role,
        "keeps_channel": not step.preference_may_replace,
        **{name: getattr(step.when, name) for name, _ in QUESTIONS},
        "barrier": list(step.when.barrier),
        "not_barrier": list(step.when.not_barrier),
        "min_class": step.when.min_class,
        "max_class": step.when.max_class,
        "tier": list(step.when.tier),
    }


def read_step(given: QueryDict, *, before: Step | None) -> StepForm:
    """The step that the form says. ``before`` is the one it replaces: what the form does not ask stays."""
    typed: dict[str, Any] = {
        "channel": given.get("channel", ""),
        "delay_days": given.get("delay_days", "").strip(),
        "unit": given.get("unit", "days"),
        "day_part": given.get("day_part", "any"),
        "fallbacks": _in_order(given.getlist("fallbacks"), before),
        "template_key": given.get("template_key", BY_GAP_KIND),
        "owner_role": given.get("owner_role", ""),
        "keeps_channel": bool(given.get("keeps_channel")),
        **{name: given.get(name, "") for name, _ in QUESTIONS},
        "barrier": given.getlist("barrier"),
        "not_barrier": given.getlist("not_barrier"),
        "min_class": _class(given.get("min_class", ""), 0),
        "max_class": _class(given.get("max_class", ""), HIGHEST_CLASS),
        "tier": given.getlist("tier"),
    }
    form = StepForm(typed)
    text = typed["delay_days"]
    if not (text.isascii() and text.isdecimal() and int(text) <= LONGEST_DELAY):
        form.errors["delay_days"] = f"A whole number from 0 to {LONGEST_DELAY}."
    if typed["channel"] in typed["fallbacks"]:
        form.errors["fallbacks"] = "A channel cannot be its own second way."
    if set(typed["barrier"]) & set(typed["not_barrier"]):
        form.errors["not_barrier"] = "The same reason cannot be asked for and ruled out."
    if not form.errors:
        _make(form, before)
    return form


def _make(form: StepForm, before: Step | None) -> None:
    typed = form.given
    when = {name: typed[name] for name, _ in QUESTIONS if typed[name]}
    when |= {name: typed[name] for name in ("barrier", "not_barrier", "tier") if typed[name]}
    when |= {"min_class": typed["min_class"], "max_class": typed["max_class"]}
    value = {
        "channel": typed["channel"],
        "delay_days": int(typed["delay_days"]),
        "business_days": typed["unit"] == "business",
        "working_day": typed["unit"] == "working",
        "day_part": typed["day_part"],
        "fallbacks": typed["fallbacks"],
        "template_key": typed["template_key"],
        "owner_role": typed["owner_role"],
        "preference_may_replace": not typed["keeps_channel"],
        "when": when,
    }
    if before is not None:
        value["stop_conditions"] = list(before.stop_conditions)
    try:
        made = from_json({"key": "form", "steps": [value]})
    except BadSequence as bad:
        form.errors[bad.field or "form"] = str(bad).removeprefix("step 0: ").capitalize() + "."
    else:
        form.step = made.steps[0]


def _in_order(ticked: list[str], before: Step | None) -> list[str]:
    """Second ways in the order they had, new ones after them: ticking a box loses no order."""
    known = [one for one in (before.fallbacks if before else ()) if one in ticked]
    return [*known, *(one for one in ticked if one not in known)]


def _class(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= HIGHEST_CLASS else default


@dataclass(slots=True)
class SettingsForm:
    """Name, classes and rest of a sequence."""

    title: str
    min_class: int
    max_class: int
    rest_days: str
    errors: dict[str, str] = field(default_factory=dict)


def settings_of(sequence: Sequence) -> SettingsForm:
    return SettingsForm(sequence.title, sequence.min_class, sequence.max_class, str(sequence.rest_days))


def read_settings(given: QueryDict) -> SettingsForm:
    """What was typed, with what is wrong beside each field."""
    form = SettingsForm(
        " ".join(given.get("title", "").split()),
        _class(given.get("min_class", ""), 0),
        _class(given.get("max_class", ""), HIGHEST_CLASS),
        given.get("rest_days", "").strip(),
    )
    if not 0 < len(form.title) <= 60:
        form.errors["title"] = "A name of at most 60 letters."
    if form.min_class > form.max_class:
        form.errors["max_class"] = "The highest class is below the lowest."
    if not (form.rest_days.isascii() and form.rest_days.isdecimal() and int(form.rest_days) <= 730):
        form.errors["rest_days"] = "A whole number from 0 to 730."
    return form


__all__ = [
    "CHANNEL_WORDS",
    "SettingsForm",
    "StepForm",
    "as_given",
    "choices",
    "read_settings",
    "read_step",
    "settings_of",
]

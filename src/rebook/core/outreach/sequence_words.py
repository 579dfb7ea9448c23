"""A sequence in plain sentences: "2 business days later, in the evening, a call, unless they answered"."""

from collections.abc import Iterable, Mapping
from typing import Any

from rebook.core.outreach.sequence import BY_GAP_KIND, BadSequence, Sequence, Step, from_json
from rebook.core.outreach.sequence_when import conditions

CHANNEL_WORDS = {
    "sms": "a text",
    "email": "an e-mail",
    "phone": "a call",
    "letter": "a letter",
    "portal": "a portal message",
}
PART_WORDS = {"any": "", "morning": "in the morning", "midday": "around noon", "evening": "in the evening"}
ROLE_WORDS = {
    "front_desk": "the front desk",
    "coordinator": "a care coordinator",
    "clinician": "a clinician",
    "manager": "the practice manager",
}


def step_sentence(step: Step) -> str:
    """What one step means, from when to who, without a full stop."""
    parts = [_delay(step), PART_WORDS[step.day_part], _contact(step), _unless(step)]
    said = ", ".join(part for part in parts if part)
    if step.fallbacks:
        ways = " or ".join(CHANNEL_WORDS[one].split(" ", 1)[1] for one in step.fallbacks)
        said += f"; if that cannot reach them, by {ways}"
    return said[:1].upper() + said[1:]


def _delay(step: Step) -> str:
    if step.delay_days == 0:
        if step.index == 0:
            return "at once" if step.day_part == "any" and not step.business_days else "on the first day"
        return "the same day"
    unit = "business day" if step.business_days else "day"
    days = f"{step.delay_days} {unit}{'s' if step.delay_days != 1 else ''}"
    said = f"{days} {'later' if step.index else 'after they come in'}"
    return f"{said} or the next working day" if step.working_day else said


def _contact(step: Step) -> str:
    said = CHANNEL_WORDS[step.channel]
    if step.owner_role:
        said += f" by {ROLE_WORDS[step.owner_role]}"
    if step.channel == "phone" and not step.preference_may_replace:
        said += " (whatever they prefer)"
    if step.template_key != BY_GAP_KIND:
        said += f" in the words of “{step.template_key.replace('_', ' ')}”"
    return said


def _unless(step: Step) -> str:
    only = conditions(step.when)
    stops = "unless they answered" if step.index and "replied" in step.stop_conditions else ""
    if step.when.replied:
        stops = ""
    joined = f"only if {' and '.join(only)}" if only else ""
    return ", ".join(part for part in (joined, stops) if part)


def sentences(steps: Iterable[Mapping[str, Any]]) -> list[str]:
    """The sentence of each step of a frozen plan, kept as JSON; what cannot be read has none."""
    try:
        plan = from_json({"key": "frozen", "steps": list(steps)})
    except BadSequence:
        return []
    return [step_sentence(step) for step in plan.steps]


def sequence_name(sequence: Sequence) -> str:
    """Its title, or its key in plain letters: "dental.check_up" is "Check up"."""
    if sequence.title:
        return sequence.title
    words = sequence.key.rpartition(".")[2].replace("_", " ")
    return words[:1].upper() + words[1:]


def who_words(sequence: Sequence) -> str:
    """For whom it is the default."""
    low, high = sequence.min_class, sequence.max_class
    if low == 0 and high >= 5:
        classes = "every class"
    elif low == high:
        classes = f"class {low}"
    else:
        classes = f"classes {low} to {high}" if high < 5 else f"class {low} and higher"
    return classes

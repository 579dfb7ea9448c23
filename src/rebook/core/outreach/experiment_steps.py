"""Tests of a step: the part of the day, the days it waits, the channel that is tried first (R-E56).

An arm is a step that stands in the place of the one in the plan. Nothing but when and by which way may
differ: who is owed so many contacts gets as many in every arm (R-C5).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rebook.core.outreach.experiment import ANSWER_WITHIN, MAIN, NEVER_FROM_CLASS, Element, TestPlan
from rebook.core.outreach.sequence import (
    CHANNEL_KINDS,
    DAY_PARTS,
    LONGEST_DELAY,
    Step,
    as_json,
    from_json,
    next_step_at,
)
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence_effort import shortfalls
from rebook.core.reasons import Reason

# When a part of the day ends: with the next one's beginning. "any" and the evening end with the day.
_PARTS_IN_ORDER = ("morning", "midday", "evening")


@dataclass(frozen=True, slots=True)
class StepArms:
    """What is tested of a plan: the place of the step, and the step of every arm (``MAIN`` as it is now)."""

    position: int
    steps: Mapping[str, Step]

    @property
    def main(self) -> Step:
        return self.steps[MAIN]

    @property
    def earliest(self) -> Step:
        """The step as it comes at the first time of any arm: there all of them are drawn."""
        delay = min(step.delay_days for step in self.steps.values())
        part = min((step.day_part for step in self.steps.values()), key=lambda one: DAY_PARTS[one])
        return replace(self.main, delay_days=delay, day_part=part)

    @property
    def first_channels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.channel for step in self.steps.values()))

    def is_of(self, plan: ContactPlan, position: int) -> bool:
        """Whether a plan still has the step that is tested, in its place."""
        return (
            position == self.position
            and position < len(plan.steps)
            and replace(plan.steps[position], index=0) == replace(self.main, index=0)
        )


def arms_of_step(plan: ContactPlan, *, position: int, element: Element, variants: Sequence[str]) -> StepArms:
    """The arms that the variants name: a part of the day, a number of days, or a channel.

    Raises ``ValueError`` for a step that is not there, or a name that means nothing for the element.
    """
    if not 0 <= position < len(plan.steps):
        raise ValueError("the sequence has no such step")
    main = plan.steps[position]
    return StepArms(position, {MAIN: main, **{name: _varied(main, element, name) for name in variants}})


def _varied(step: Step, element: Element, name: str) -> Step:
    if element == "day_part" and name in DAY_PARTS:
        return replace(step, day_part=name)  # type: ignore[arg-type]
    if element == "delay" and name.isascii() and name.isdigit() and int(name) <= LONGEST_DELAY:
        return replace(step, delay_days=int(name))
    if element == "channel" and name in CHANNEL_KINDS:
        rest = [one for one in (step.channel, *step.fallbacks) if one != name]
        return replace(step, channel=name, fallbacks=tuple(rest))
    raise ValueError(f"\u201c{name}\u201d is nothing that this step could have instead")


def with_step(plan: ContactPlan, step: Step, position: int) -> ContactPlan:
    """The plan with another step in one place."""
    steps = (*plan.steps[:position], replace(step, index=position), *plan.steps[position + 1 :])
    return replace(plan, steps=steps)


def reasons_against_step(plan: ContactPlan, arms: StepArms, stated: TestPlan) -> tuple[Reason, ...]:
    """Everything in the plan itself that keeps the arms from being tested; empty when they may."""
    return (*_of_main(arms, stated), *_of_effort(plan, arms), *_of_time(arms, stated))


def _of_main(arms: StepArms, stated: TestPlan) -> Iterator[Reason]:
    for name in stated.variants:
        if arms.steps[name] == arms.main:
            yield Reason("nothing_differs", f"\u201c{name}\u201d is what the step does now")
    if stated.element == "channel" and not arms.main.preference_may_replace:
        yield Reason("part_of_care", "the channel of this step is part of the care: it is not tested")


def _of_effort(plan: ContactPlan, arms: StepArms) -> Iterator[Reason]:
    for name, step in arms.steps.items():
        for short in shortfalls(with_step(plan, step, arms.position)):
            yield Reason("too_little_effort", f"with \u201c{name or 'now'}\u201d {short.says}")
    if plan.min_class >= NEVER_FROM_CLASS:
        yield Reason("too_grave", f"nobody of class {NEVER_FROM_CLASS} or higher is in a test")


def _of_time(arms: StepArms, stated: TestPlan) -> Iterator[Reason]:
    delays = [step.delay_days for step in arms.steps.values()]
    most = ANSWER_WITHIN[stated.metric].days // 2
    if max(delays) - min(delays) > most:
        yield Reason("too_far_apart", f"the arms may lie at most {most} days apart to be compared")
    if stated.element == "delay" and min(delays) == 0 and arms.position > 0:
        yield Reason("same_day", "a second contact on the same day is no test: wait at least one day")


def arm_due_at(
    plan: ContactPlan, arms: StepArms, name: str, *, now: datetime, zone: str, holidays: Collection[Any] = ()
) -> datetime:
    """When the step of an arm goes out for who is drawn at ``now``, the first time of any arm. Aware, UTC.

    A part of the day that is over means the next day's; one that is under way means now.
    """
    step = arms.steps[name]
    days = step.delay_days - arms.earliest.delay_days
    if days == 0 and _is_over(step.day_part, now, zone):
        days = 1
    moved = with_step(plan, replace(step, delay_days=days), arms.position)
    due = next_step_at(moved, step_index=arms.position, anchor_at=now, zone=zone, holidays=holidays)
    assert due is not None
    return due


def part_of_day(at: datetime, zone: str) -> str:
    """The part of the day that an aware instant lies in on a place's clock; all before noon is morning."""
    local = at.astimezone(ZoneInfo(zone)).time()
    found = [part for part in _PARTS_IN_ORDER if DAY_PARTS[part] <= local]
    return found[-1] if found else "morning"


def _is_over(part: str, now: datetime, zone: str) -> bool:
    later = [one for one in _PARTS_IN_ORDER if DAY_PARTS[one] > DAY_PARTS[part]]
    return (
        part in _PARTS_IN_ORDER
        and bool(later)
        and now.astimezone(ZoneInfo(zone)).time() >= DAY_PARTS[later[0]]
    )


def was_brought_forward(arms: StepArms, *, ended_at: datetime, now: datetime, zone: str) -> bool:
    """Whether a step that comes now was given its day while the test still drew, at the earliest arm's time.

    One given its day afterwards cannot come before the plan's own delay is over.
    """
    clock = ZoneInfo(zone)
    since = now.astimezone(clock).date() - ended_at.astimezone(clock).date()
    return since < timedelta(days=max(arms.main.delay_days, 1))


def left_out_for(
    arms: StepArms, stated: TestPlan, *, risk_class: int, preferred: str, wish: str,
    reach: Collection[str], worded: Collection[str],
) -> str:  # fmt: skip
    """Why a patient is not drawn, by what was known before the draw; "" when they are.

    A wish decides whatever the arm: who asked for a channel is not in a test of channels, who asked for a
    part of the day (``wish``) not in one of times. One said after the draw wins as well; the patient stays
    counted in their arm. ``reach`` are the channels by which they can be reached, ``worded`` those that have
    words in their language.
    """
    if risk_class >= NEVER_FROM_CLASS:
        return "grave"
    if stated.element == "day_part" and wish:
        return "prefers"
    if stated.element != "channel":
        return ""
    if preferred:
        return "prefers"
    if not set(arms.first_channels) <= set(reach):
        return "one_way"
    return "" if set(arms.first_channels) <= set(worded) else "language"


def arms_as_json(arms: StepArms) -> dict[str, Any]:
    """The arms as plain JSON, to be kept as they were stated."""
    plans = {name: ContactPlan("arm", (replace(step, index=0),)) for name, step in arms.steps.items()}
    return {
        "position": arms.position,
        "steps": {name: as_json(plan)["steps"][0] for name, plan in plans.items()},
    }


def arms_from_json(value: Mapping[str, Any]) -> StepArms:
    """The arms that ``arms_as_json`` wrote."""
    position = int(value["position"])
    found = {
        name: from_json({"key": "arm", "steps": [step]}).steps[0] for name, step in value["steps"].items()
    }
    return StepArms(position, {name: replace(step, index=position) for name, step in found.items()})

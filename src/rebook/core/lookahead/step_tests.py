"""A step under test in the look ahead: every arm goes to its equal part of the patients (R-E56).

The arms stand one after the other as steps of their own, each taken by a part. A part of the day under test
changes no day, so only tests of the days a step waits and of its channel are spread out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rebook.core.lookahead.rates import share_taken
from rebook.core.lookahead.values import MILLION
from rebook.core.outreach.experiment import MAIN, NEVER_FROM_CLASS
from rebook.core.outreach.experiment_steps import StepArms
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence import Step


@dataclass(frozen=True, slots=True)
class Spread:
    """A plan with the arms of one step as steps; ``stated``: as it is without the test.

    ``parts`` are the arms' names, from ``position`` on.
    """

    stated: ContactPlan
    plan: ContactPlan
    position: int = 0
    parts: tuple[str, ...] = ()

    def taken(self, place: int, *, risk_class: int) -> int:
        """Millionths of the cases of a class that take the step at a place."""
        share = share_taken(self.plan.steps[place].when, risk_class=risk_class)
        number = place - self.position
        if not 0 <= number < len(self.parts):
            return share
        is_main = self.parts[number] == MAIN
        if risk_class >= NEVER_FROM_CLASS:
            return share if is_main else 0
        # A little more for the main arm: of two equal parts only one counts for the caps.
        other = MILLION // len(self.parts) - 1
        part = MILLION - other * (len(self.parts) - 1) if is_main else other
        return share * part // MILLION

    def place_of(self, step: int) -> int:
        """Where a step of the plan as it was stands now; the one under test at its first arm."""
        return step + max(len(self.parts) - 1, 0) if step > self.position else step


def spread_out(plan: ContactPlan, tests: Sequence[StepArms] = ()) -> Spread:
    """The plan with the step that is under test, as far as that changes days or channels."""
    arms = next((one for one in tests if one.is_of(plan, one.position) and _differs(one)), None)
    if arms is None:
        return Spread(plan, plan)
    place = arms.position
    names = tuple(sorted(arms.steps, key=lambda name: (arms.steps[name].delay_days, name != MAIN, name)))
    before, parts = 0, []
    for name in names:
        step = arms.steps[name]
        parts.append(replace(step, delay_days=step.delay_days - before))
        before = step.delay_days
    after = list(plan.steps[place + 1 :])
    if after:
        # What follows keeps its day in the plan, and comes after the last arm.
        meant = arms.main.delay_days + after[0].delay_days - before
        after[0] = replace(after[0], delay_days=max(meant, 0))
    steps = [*plan.steps[:place], *parts, *after]
    return Spread(plan, replace(plan, steps=_numbered(steps)), place, names)


def _differs(arms: StepArms) -> bool:
    return len({(step.delay_days, step.channel) for step in arms.steps.values()}) > 1


def _numbered(steps: Sequence[Step]) -> tuple[Step, ...]:
    return tuple(replace(step, index=number) for number, step in enumerate(steps))

"""A sequence as the look ahead goes through it: a step a day, and no rare branch holds up the others."""

from dataclasses import replace

from rebook.core.lookahead.rates import share_taken
from rebook.core.lookahead.values import MILLION
from rebook.core.outreach.sequence import Sequence, Step
from rebook.core.outreach.sequence_when import HIGHEST_CLASS


def one_a_day(sequence: Sequence) -> Sequence:
    """The steps with the days that they take in the look ahead, where each is dealt with on a day of its own.

    Branches of one day stand on days after each other; what follows keeps its day in the plan (R-C146).
    A branch that few take waits for no working day: those who pass it over do not wait with it.
    """
    meant = stands = 0
    steps = []
    for step in sequence.steps:
        meant += step.delay_days
        day = max(meant, stands + 1) if step.index else meant
        if step.business_days:
            day = stands + max(step.delay_days, 1 if step.index else 0)
            meant = day
        waits = step.working_day and _is_usual(step)
        steps.append(replace(step, delay_days=day - stands, working_day=waits))
        stands = day
    return replace(sequence, steps=tuple(steps))


def _is_usual(step: Step) -> bool:
    shares = (share_taken(step.when, risk_class=grade) for grade in range(HIGHEST_CLASS + 1))
    return any(2 * share >= MILLION for share in shares)

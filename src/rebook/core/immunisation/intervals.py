"""From which day an interval counts (CALCDTINT-1, -2, -8, -9)."""

from collections.abc import Sequence
from datetime import date

from .patient import GivenDose
from .progress import Progress
from .schedule import IntervalRule
from .status import TargetStatus


def reference_day(rule: IntervalRule, progress: Progress, *, earlier: Sequence[GivenDose]) -> date | None:
    """None when there is nothing to count from: the rule then asks nothing.

    ``earlier`` are the doses of any kind that come before the one in question.
    """
    if rule.from_previous:
        previous = progress.reference_dose()
        return previous.given_on if previous else None
    if rule.from_target_dose is not None:
        return next(
            (
                one.satisfied_by.given_on
                for one in progress.targets
                if one.dose.number == rule.from_target_dose
                and one.status is TargetStatus.SATISFIED
                and one.satisfied_by
            ),
            None,
        )
    if rule.from_vaccines:
        inadvertent = {id(one.given) for one in progress.judged if one.is_inadvertent}
        return max(
            (one.given_on for one in earlier if one.cvx in rule.from_vaccines and id(one) not in inadvertent),
            default=None,
        )
    if rule.from_observation:
        return progress.question.person.observed_on(rule.from_observation)
    return None

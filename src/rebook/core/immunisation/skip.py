"""May a target dose be left out? Sets of conditions, for evaluation and forecast (CDSi 6.2, 7.1, 7.6)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from .patient import GivenDose
from .periods import after, day_after
from .schedule import CountLogic, SeriesDose, SkipCondition, SkipContext, SkipKind, SkipSet


@dataclass(frozen=True, slots=True)
class SkipView:
    """What the conditions may look at.

    ``counted`` are all doses so far, ``own`` those with this antigen, ``valid`` those valid in this series,
    ``previous`` the last with this antigen. ``reference_on`` is CONDSKIP-2's day, ``rules_on`` the day that
    chooses the rules in force.
    """

    born_on: date
    reference_on: date
    rules_on: date
    counted: Sequence[GivenDose]
    own: Sequence[GivenDose]
    valid: Sequence[GivenDose]
    previous: GivenDose | None
    is_group_complete: Callable[[frozenset[str]], bool]


def skip_reason(dose: SeriesDose, context: SkipContext, view: SkipView) -> str | None:
    """The words of the set that allows skipping; None when the dose is needed."""
    for rule in dose.skips:
        if rule.context not in (context, SkipContext.BOTH):
            continue
        sets = [one for one in rule.sets if one.in_force.is_on(view.rules_on)]
        met = [one for one in sets if _is_set_met(one, view)]
        if met and (len(met) == len(sets) or not rule.needs_all):
            return met[0].words or "The schedule lets this dose be skipped"
    return None


def _is_set_met(one: SkipSet, view: SkipView) -> bool:
    answers = (_is_met(condition, view) for condition in one.conditions)
    return all(answers) if one.needs_all else any(answers)


def _is_met(condition: SkipCondition, view: SkipView) -> bool:
    if condition.kind is SkipKind.AGE:
        return _is_between(view.reference_on, condition, view)
    if condition.kind is SkipKind.COMPLETED_SERIES:
        return view.is_group_complete(condition.series_groups)
    if condition.kind is SkipKind.INTERVAL:
        if view.previous is None or condition.interval is None:
            return False
        return view.reference_on >= after(view.previous.given_on, condition.interval)
    return _compare(_count(condition, view), condition)


def _is_between(day: date, condition: SkipCondition, view: SkipView) -> bool:
    begins = day_after(view.born_on, condition.begin_age)
    ends = day_after(view.born_on, condition.end_age)
    return (begins is None or begins <= day) and (ends is None or day < ends)


def _count(condition: SkipCondition, view: SkipView) -> int:
    """CONDSKIP-1. A condition that names no vaccine means every one with the antigen."""
    total = view.counted if condition.vaccines else view.own
    return sum(
        (not condition.vaccines or one.cvx in condition.vaccines)
        and _is_between(one.given_on, condition, view)
        and (condition.start_on is None or condition.start_on <= one.given_on)
        and (condition.end_on is None or one.given_on < condition.end_on)
        for one in (view.valid if condition.valid_only else total)
    )


def _compare(count: int, condition: SkipCondition) -> bool:
    if condition.logic is CountLogic.GREATER:
        return count > condition.count
    if condition.logic is CountLogic.LESS:
        return count < condition.count
    return count == condition.count

"""Hold every dose given against the target doses of one series (CDSi 4.4 and chapter 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from .against import is_between
from .intervals import reference_day
from .patient import GivenDose
from .periods import after, day_after
from .progress import JudgedDose, Progress, Question, Target
from .schedule import Conflict, IntervalRule, Series, SeriesDose, SkipContext, VaccineRule
from .skip import skip_reason
from .status import DoseReason, DoseStatus, TargetStatus


def evaluate(question: Question, series: Series) -> Progress:
    """The series with every dose of its antigen judged, in the order they were given.

    Of several on one day (often one shot recorded twice) one that counts comes first, so that the others
    cannot spoil it; the specification names no order for them.
    """
    progress = Progress(question, series, targets=[Target(one) for one in series.doses])
    for _, same_day in groupby(doses_with_antigen(question, series.antigen), lambda one: one.given_on):
        waiting = list(same_day)
        while waiting:
            verdicts = [_verdict(progress, one) for one in waiting] if len(waiting) > 1 else []
            counts = (n for n, one in enumerate(verdicts) if one.judged.status is DoseStatus.VALID)
            _take(progress, _verdict(progress, waiting.pop(next(counts, 0))))
    return progress


def doses_with_antigen(question: Question, antigen: str) -> tuple[GivenDose, ...]:
    """The doses up to the day asked about that hold ``antigen`` (CDSi 4.2)."""
    return tuple(
        one
        for one in doses_until(question)
        if any(
            link.antigen == antigen
            and is_between(question.person, one.given_on, link.begin_age, link.end_age)
            for link in question.schedule.vaccines.get(one.cvx, ())
        )
    )


def doses_until(question: Question) -> tuple[GivenDose, ...]:
    """A dose dated after the day asked about has not been given yet."""
    return tuple(one for one in question.person.doses if one.given_on <= question.as_of)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a dose would do: the targets it passes over with why, and the one it is held against."""

    judged: JudgedDose
    passed_over: tuple[tuple[Target, str], ...] = ()
    target: Target | None = None


def _verdict(progress: Progress, given: GivenDose) -> _Verdict:
    if given.is_substandard:
        return _Verdict(JudgedDose(given, DoseStatus.SUBSTANDARD, DoseReason.SUBSTANDARD))
    earlier = _earlier(progress, given)
    passed_over: list[tuple[Target, str]] = []
    for target in progress.targets:
        if target.status is not TargetStatus.NOT_SATISFIED:
            continue
        why = _skipped(progress, target.dose, given, earlier)
        if why is None:
            judged = _held_against(progress, target.dose, given, earlier)
            return _Verdict(judged, tuple(passed_over), target)
        passed_over.append((target, why))
    judged = JudgedDose(given, DoseStatus.EXTRANEOUS, DoseReason.SERIES_DONE)
    return _Verdict(judged, tuple(passed_over))


def _take(progress: Progress, verdict: _Verdict) -> None:
    for target, why in verdict.passed_over:
        target.status, target.why = TargetStatus.SKIPPED, why
    progress.judged.append(verdict.judged)
    target_dose = verdict.target
    if target_dose is None or verdict.judged.status is not DoseStatus.VALID:
        return
    target_dose.status, target_dose.satisfied_by = TargetStatus.SATISFIED, verdict.judged.given
    if target_dose.dose.is_recurring:
        position = next(n for n, one in enumerate(progress.targets) if one is target_dose)
        progress.targets.insert(position + 1, Target(target_dose.dose))


def _held_against(
    progress: Progress, dose: SeriesDose, given: GivenDose, earlier: Sequence[GivenDose]
) -> JudgedDose:
    reason = _objection(progress, dose, given, earlier)
    if reason is DoseReason.NONE:
        return JudgedDose(given, DoseStatus.VALID, target=dose.number)
    status = DoseStatus.EXTRANEOUS if reason is DoseReason.TOO_OLD else DoseStatus.NOT_VALID
    return JudgedDose(given, status, reason, dose.number)


def _earlier(progress: Progress, given: GivenDose) -> Sequence[GivenDose]:
    """Everything before that day, and what of that day is judged already."""
    judged = {id(one.given) for one in progress.judged}
    return [
        one
        for one in doses_until(progress.question)
        if one.given_on < given.given_on or (one.given_on == given.given_on and id(one) in judged)
    ]


def _skipped(
    progress: Progress, dose: SeriesDose, given: GivenDose, earlier: Sequence[GivenDose]
) -> str | None:
    view = progress.skip_view(reference_on=given.given_on, rules_on=given.given_on, counted=earlier)
    return skip_reason(dose, SkipContext.EVALUATION, view)


def _objection(
    progress: Progress, dose: SeriesDose, given: GivenDose, earlier: Sequence[GivenDose]
) -> DoseReason:
    """Why the dose does not count, the first of table 6-31; NONE when it does."""
    if given.cvx in dose.inadvertent:
        return DoseReason.INADVERTENT
    age = _age_objection(progress, dose, given)
    if age is not DoseReason.NONE:
        return age
    if not _has_distance(progress, dose, given, earlier):
        return DoseReason.TOO_SOON
    if _is_in_conflict(progress, given, earlier):
        return DoseReason.CONFLICT
    suits = (_is_preferable(progress.question, one, given) for one in dose.preferable)
    serves = (_serves(progress.question, one, given) for one in dose.allowable)
    return DoseReason.NONE if any(suits) or any(serves) else DoseReason.WRONG_VACCINE


def _age_objection(progress: Progress, dose: SeriesDose, given: GivenDose) -> DoseReason:
    """Table 6-15; between absolute minimum and minimum is the grace of four days, and counts."""
    born, rule = progress.question.person.born_on, dose.age_rule(given.given_on)
    youngest = day_after(born, rule.absolute_minimum)
    oldest = day_after(born, rule.maximum)
    if youngest is not None and given.given_on < youngest:
        return DoseReason.TOO_YOUNG
    if oldest is not None and given.given_on >= oldest:
        return DoseReason.TOO_OLD
    return DoseReason.NONE


def _has_distance(
    progress: Progress, dose: SeriesDose, given: GivenDose, earlier: Sequence[GivenDose]
) -> bool:
    """All preferable intervals, or else all allowable ones where there are any (tables 6-18, 6-21)."""

    def keeps(rules: Sequence[IntervalRule]) -> bool:
        for rule in rules:
            first = day_after(reference_day(rule, progress, earlier=earlier), rule.absolute_minimum)
            if first is not None and given.given_on < first:
                return False
        return True

    def in_force(rules: Sequence[IntervalRule]) -> list[IntervalRule]:
        return [one for one in rules if one.in_force.is_on(given.given_on)]

    allowable = in_force(dose.allowable_intervals)
    return keeps(in_force(dose.intervals)) or (bool(allowable) and keeps(allowable))


def _is_in_conflict(progress: Progress, given: GivenDose, earlier: Sequence[GivenDose]) -> bool:
    """Too near to another vaccine (CALCDTCONFLICT-1, -2, CONFLICT-3)."""
    return any(
        previous.cvx == rule.previous and _is_too_near(progress, rule, previous, given)
        for rule in progress.question.schedule.conflicts.get(given.cvx, ())
        for previous in earlier
    )


def _is_too_near(progress: Progress, rule: Conflict, previous: GivenDose, given: GivenDose) -> bool:
    """The distance is shorter after a valid dose, and after one that no series judges."""
    on = given.given_on
    if not after(previous.given_on, rule.begins) <= on < after(previous.given_on, rule.ends):
        return False
    if on < after(previous.given_on, rule.ends_if_valid):
        return True
    status = progress.status_of(previous)
    if status is None:
        return progress.question.was_valid(previous) is False
    return status is not DoseStatus.VALID


def _serves(question: Question, rule: VaccineRule, given: GivenDose) -> bool:
    return rule.cvx == given.cvx and is_between(question.person, given.given_on, rule.begin_age, rule.end_age)


def _is_preferable(question: Question, rule: VaccineRule, given: GivenDose) -> bool:
    """Records hold no trade name; its maker stands for it, and an unknown maker is not it (table 6-26)."""
    return _serves(question, rule, given) and (not rule.mvx or rule.mvx == given.mvx)

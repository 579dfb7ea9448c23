"""A series on its way: its target doses, and what each dose given did for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from .patient import GivenDose, Person
from .schedule import Schedule, Series, SeriesDose
from .skip import SkipView
from .status import DoseReason, DoseStatus, TargetStatus


@dataclass(frozen=True, slots=True)
class JudgedDose:
    """``target`` is the number of the target dose it was held against; None when none was left."""

    given: GivenDose
    status: DoseStatus
    reason: DoseReason = DoseReason.NONE
    target: int | None = None

    @property
    def is_inadvertent(self) -> bool:
        return self.reason is DoseReason.INADVERTENT


@dataclass(slots=True, eq=False)
class Target:
    """One target dose of one person's series; ``why`` names the rule that skipped it."""

    dose: SeriesDose
    status: TargetStatus = TargetStatus.NOT_SATISFIED
    satisfied_by: GivenDose | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Whose series, by which schedule, on which day.

    ``is_group_complete`` answers for the same antigen; ``was_valid`` for a dose without it: None where no
    series of any of its antigens judges it.
    """

    schedule: Schedule
    person: Person
    as_of: date
    is_group_complete: Callable[[frozenset[str]], bool] = lambda _: False
    was_valid: Callable[[GivenDose], bool | None] = lambda _: None


@dataclass(slots=True, eq=False)
class Progress:
    """Grows while doses are judged; nobody outside this stage sees it before it is finished."""

    question: Question
    series: Series
    targets: list[Target] = field(default_factory=list)
    judged: list[JudgedDose] = field(default_factory=list)

    def status_of(self, dose: GivenDose) -> DoseStatus | None:
        return next((one.status for one in self.judged if one.given is dose), None)

    def valid_doses(self) -> list[GivenDose]:
        return [one.given for one in self.judged if one.status is DoseStatus.VALID]

    def reference_dose(self) -> GivenDose | None:
        """The most immediate previous dose that counts for intervals (CALCDTINT-1)."""
        counts = (DoseStatus.VALID, DoseStatus.NOT_VALID)
        return next(
            (one.given for one in reversed(self.judged) if one.status in counts and not one.is_inadvertent),
            None,
        )

    def skip_view(self, *, reference_on: date, rules_on: date, counted: Sequence[GivenDose]) -> SkipView:
        return SkipView(
            born_on=self.question.person.born_on,
            reference_on=reference_on,
            rules_on=rules_on,
            counted=counted,
            own=[one.given for one in self.judged],
            valid=self.valid_doses(),
            previous=self.judged[-1].given if self.judged else None,
            is_group_complete=self.question.is_group_complete,
        )

    def satisfied(self) -> int:
        return sum(one.status is TargetStatus.SATISFIED for one in self.targets)

    def open_targets(self) -> int:
        return sum(one.status is TargetStatus.NOT_SATISFIED for one in self.targets)

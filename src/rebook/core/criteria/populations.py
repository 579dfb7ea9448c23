"""A measure's answer for one patient: which populations count them, and whether that is a gap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from .definition import POPULATIONS, Condition, Counted, Every, Measure
from .engine import Inquiry, Step
from .history import History, ValueSets

INITIAL: Final = "initial_population"
DENOMINATOR: Final = "denominator"
EXCLUSION: Final = "denominator_exclusion"
EXCEPTION: Final = "denominator_exception"
NUMERATOR: Final = "numerator"
NUMERATOR_EXCLUSION: Final = "numerator_exclusion"


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Counts by population (0 or 1 for a patient; events for an event measure); None: not asked.

    As measures are reported: nobody counts in the numerator or as an exception who is not in the
    denominator or is excluded from it, and nobody is an exception who is in the numerator.
    """

    counts: Mapping[str, int | None]

    @property
    def has_gap(self) -> bool:
        """In the denominator, neither excluded nor excepted, and the numerator not met (R-C1)."""
        return self.missing() > 0

    def missing(self, *, is_inverse: bool = False) -> int:
        """How many patients or events are a gap. ``is_inverse``: the numerator is the poor result."""
        counts = {name: self.counts.get(name) or 0 for name in POPULATIONS}
        met = counts[NUMERATOR] - counts[NUMERATOR_EXCLUSION]
        if is_inverse:
            return max(met, 0)
        left = counts[DENOMINATOR] - counts[EXCLUSION] - counts[EXCEPTION]
        return max(left - met, 0)


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """One result for every group of the measure, and what was looked at."""

    groups: tuple[GroupResult, ...]
    steps: tuple[Step, ...] = ()


def evaluate(
    *,
    measure: Measure,
    history: History,
    value_sets: ValueSets,
    period: tuple[datetime, datetime],
    is_traced: bool = False,
) -> MeasureResult:
    """Judge one patient. ``period``: first and last instant of the measurement period (aware, UTC).

    Raises ``engine.ValueSetMissing``.
    """
    inquiry = Inquiry(measure.criteria, history, value_sets, period, is_traced)
    judge = _events if measure.basis == "event" else _patient
    groups = tuple(GroupResult(judge(inquiry, group)) for group in measure.groups)
    return MeasureResult(groups, tuple(inquiry.steps))


def has_gap(*, measure: Measure, result: MeasureResult) -> bool:
    """Whether the patient should come back for what the measure asks, in any of its groups.

    In the denominator, not excluded, not excepted, not in the numerator; of an inverse measure (CMS122: the
    numerator is poor control) in the numerator. Evaluate with a period that ends on the day in question.
    """
    return any(group.missing(is_inverse=measure.is_inverse) > 0 for group in result.groups)


def asked(group: Mapping[str, Condition]) -> dict[str, Condition]:
    """Every population of the group; the denominator is the initial population where nothing else is said."""
    return {DENOMINATOR: Every(()), **group}


def _patient(inquiry: Inquiry, group: Mapping[str, Condition]) -> dict[str, int | None]:
    wanted = asked(group)
    is_in = dict.fromkeys(POPULATIONS, False)

    def holds(name: str) -> bool:
        return name in wanted and inquiry.holds(wanted[name]) is True

    is_in[INITIAL] = holds(INITIAL)
    is_in[DENOMINATOR] = is_in[INITIAL] and holds(DENOMINATOR)
    if is_in[DENOMINATOR]:
        is_in[EXCLUSION] = holds(EXCLUSION)
        left = not is_in[EXCLUSION]
        is_in[NUMERATOR] = left and holds(NUMERATOR)
        is_in[NUMERATOR_EXCLUSION] = is_in[NUMERATOR] and holds(NUMERATOR_EXCLUSION)
        is_in[EXCEPTION] = left and not is_in[NUMERATOR] and holds(EXCEPTION)
    return {name: int(is_in[name]) if name in wanted else None for name in POPULATIONS}


def _events(inquiry: Inquiry, group: Mapping[str, Condition]) -> dict[str, int | None]:
    def ids(name: str) -> frozenset[int]:
        condition = group.get(name)
        return inquiry.ids(condition.name) if isinstance(condition, Counted) else frozenset()

    initial = _initial(inquiry, group)
    denominator = initial & ids(DENOMINATOR) if DENOMINATOR in group else initial
    excluded = denominator & ids(EXCLUSION)
    left = denominator - excluded
    numerator = left & ids(NUMERATOR)
    found = {
        INITIAL: initial,
        DENOMINATOR: denominator,
        EXCLUSION: excluded,
        NUMERATOR: numerator,
        NUMERATOR_EXCLUSION: numerator & ids(NUMERATOR_EXCLUSION),
        EXCEPTION: (left - numerator) & ids(EXCEPTION),
    }
    wanted = asked(group)
    return {name: len(found[name]) if name in wanted else None for name in POPULATIONS}


def _initial(inquiry: Inquiry, group: Mapping[str, Condition]) -> frozenset[int]:
    """The events of the set, where every other condition beside it holds for the patient."""
    condition = group[INITIAL]
    parts = condition.parts if isinstance(condition, Every) else (condition,)
    sets = [part.name for part in parts if isinstance(part, Counted)]
    others = [part for part in parts if not isinstance(part, Counted)]
    if any(inquiry.holds(part) is not True for part in others):
        return frozenset()
    found = inquiry.ids(sets[0])
    for name in sets[1:]:
        found &= inquiry.ids(name)
    return found

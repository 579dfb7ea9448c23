"""What ``eligible_when`` and ``excluded_when`` say of one patient, in three answers: yes, no, not known.

Leaves in the clinic's own words are asked of the chart, those that name a value set of the chart's codes.
While the value set or the codes are not loaded the answer is "not known", never a silent no.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from rebook.core.chart import Chart
from rebook.core.criteria import (
    Condition,
    Counted,
    Criteria,
    Every,
    Expression,
    History,
    Inquiry,
    No,
    Some,
    chart_history,
    period_of,
)
from rebook.core.criteria.moments import all_of, any_of, negated

from .codes import CODED, NO_CODES, CodeSets, not_loaded, value_set_of


@dataclass(slots=True)
class Asked:
    """One chart that expressions are asked of; its history is made when the first one is."""

    chart: Chart
    as_of: date
    codes: CodeSets = NO_CODES
    _history: History | None = None

    def holds(self, expression: Expression) -> tuple[bool | None, str]:
        """(whether it holds, None when that is not known; what was looked at, in words)."""
        if self._history is None:
            self._history = chart_history(self.chart)
        inquiry = Inquiry(
            expression.criteria, self._history, self.codes.sets, period_of(self.as_of), is_traced=True
        )
        answer = _holds(expression.condition, expression.criteria, inquiry)
        seen = [f"{one.rule}: {one.detail}" for one in inquiry.steps]
        if expression.value_sets:
            seen += not_loaded((expression,), self.codes)
        return answer, "; ".join(seen)


def is_open(condition: Counted, criteria: Criteria, codes: Container[str]) -> bool:
    """Whether the leaf asks for codes, or for a value set, that are not loaded."""
    canonical = value_set_of(criteria, condition.name)
    return bool(canonical) and (canonical not in codes or criteria.sets[condition.name].kind not in CODED)


def _holds(condition: Condition, criteria: Criteria, inquiry: Inquiry) -> bool | None:
    match condition:
        case Every(parts):
            return all_of(_holds(part, criteria, inquiry) for part in parts)
        case Some(parts):
            return any_of(_holds(part, criteria, inquiry) for part in parts)
        case No(part):
            return negated(_holds(part, criteria, inquiry))
        case Counted() if is_open(condition, criteria, inquiry.value_sets):
            return None
        case _:
            return inquiry.holds(condition)

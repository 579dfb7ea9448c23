"""What ``eligible_when`` and ``excluded_when`` say of one patient, in three answers: yes, no, not known.

Leaves in the clinic's own words are asked of the chart. A leaf that names a value set needs coded events;
while none are loaded its answer is "not known", never a silent no.
"""

from dataclasses import dataclass
from datetime import date

from rebook.core.chart import Chart
from rebook.core.criteria import (
    Condition,
    Counted,
    Criteria,
    Every,
    Expression,
    HasCode,
    History,
    Inquiry,
    No,
    Some,
    chart_history,
    period_of,
    walk_tests,
)
from rebook.core.criteria.moments import all_of, any_of, negated

NOT_LOADED = "needs coded events: not loaded"


@dataclass(slots=True)
class Asked:
    """One chart that expressions are asked of; its history is made when the first one is."""

    chart: Chart
    as_of: date
    _history: History | None = None

    def holds(self, expression: Expression) -> tuple[bool | None, str]:
        """(whether it holds, None when that is not known; what was looked at, in words)."""
        if self._history is None:
            self._history = chart_history(self.chart)
        inquiry = Inquiry(expression.criteria, self._history, {}, period_of(self.as_of), is_traced=True)
        answer = _holds(expression.condition, expression.criteria, inquiry)
        seen = [f"{one.rule}: {one.detail}" for one in inquiry.steps]
        seen += [f"{one}: {NOT_LOADED}" for one in expression.value_sets]
        return answer, "; ".join(seen)


def needs_codes(condition: Counted, criteria: Criteria) -> bool:
    """Whether the leaf names a value set."""
    tests = walk_tests(criteria.sets[condition.name].test)
    return any(isinstance(one, HasCode) and one.value_sets for one in tests)


def _holds(condition: Condition, criteria: Criteria, inquiry: Inquiry) -> bool | None:
    match condition:
        case Every(parts):
            return all_of(_holds(part, criteria, inquiry) for part in parts)
        case Some(parts):
            return any_of(_holds(part, criteria, inquiry) for part in parts)
        case No(part):
            return negated(_holds(part, criteria, inquiry))
        case Counted() if needs_codes(condition, criteria):
            return None
        case _:
            return inquiry.holds(condition)

"""Bench ``simulate``: 100,000 cases over 30 days, beside a plain loop over the same rules.

The reference is the plain loop on a part of the cases, scaled up; both must give the same numbers there.
"""

from typing import Any

BUDGET_S = 60.0
# The plain loop grows with the cases; on this many it takes seconds.
PLAIN_PART = 20


def run(*, size: int = 100_000) -> dict[str, Any]:
    """``size`` cases, a third of them under way. ``ours`` and ``reference`` are seconds."""
    # Imported only now: it brings in numpy.
    from rebook.flow.lookahead.timing import timed

    found = timed(cases=size, plain_cases=max(1, size // PLAIN_PART))
    reference = found.plain_seconds * size / found.plain_cases
    return {
        "name": "simulate",
        "ours": round(found.seconds, 3),
        "reference": round(reference, 3),
        "unit": f"seconds for {found.days} days",
        "reference_is": f"a plain loop over {found.plain_cases:,} of the cases, scaled up",
        "ratio": round(reference / found.seconds, 1),
        "budget": BUDGET_S,
        "ok": found.agree and found.seconds <= BUDGET_S,
        "cases": found.cases,
        "days": found.days,
        "agree": found.agree,
    }

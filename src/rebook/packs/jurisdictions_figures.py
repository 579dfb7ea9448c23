"""Figures of rows that the guard's limits follow: the strictest of all places counts (R-A33)."""

from collections.abc import Iterable, Mapping
from typing import Any

from rebook.core.outreach.law import Law

# A figure of a row, the limit in ``GuardPolicy`` that it may lower, and by how much it is multiplied.
LOWERS: Mapping[str, tuple[str, int]] = {
    "exempt_per_day": ("max_per_day", 1),
    "exempt_per_week": ("max_per_week", 1),
    "confirmation_minutes": ("opt_out_confirmation_minutes", 1),
    "number_unverified_after_months": ("unseen_number_months", 1),
    "offer_item_dollars": ("offer_item_cents", 100),
    "offer_year_dollars": ("offer_year_cents", 100),
}


def lowered(limits: Mapping[str, Any], laws: Iterable[Law]) -> dict[str, Any]:
    """``limits`` with what the figures of ``laws`` lower; a limit that has no value yet takes theirs."""
    found = dict(limits)
    for law in laws:
        for figure, value in law.figures.items():
            if figure in LOWERS:
                name, times = LOWERS[figure]
                found[name] = min(found.get(name, value * times), value * times)
    return found

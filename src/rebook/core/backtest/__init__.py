"""Backtest: rules run as if on past dates, and what they would have brought (field notes, no. 2).

What is asked is a ``Question``; the population engine answers with cells (listings that are alike, counted);
``tally`` turns cells into the figures that people read. Nothing here knows the engine or the ledger.
"""

from .caveats import Caveat, caveats
from .cells import ContactCell, ListedCell, MissedCell, VisitCell
from .changes import (
    changed_definitions,
    changed_settings,
    needed_definitions,
    reference_definitions,
    unchangeable,
)
from .question import Assumptions, BadQuestion, Question, Setting, judged_days, read_changes
from .tally import Chances, Figures, Tally, tally

__all__ = [
    "Assumptions",
    "BadQuestion",
    "Caveat",
    "Chances",
    "ContactCell",
    "Figures",
    "ListedCell",
    "MissedCell",
    "Question",
    "Setting",
    "Tally",
    "VisitCell",
    "caveats",
    "changed_definitions",
    "changed_settings",
    "judged_days",
    "needed_definitions",
    "read_changes",
    "reference_definitions",
    "tally",
    "unchangeable",
]

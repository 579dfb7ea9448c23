"""What outreach brought, from counted cells to figures with their fractions."""

from .figures import Breakdown, Cell, ChannelCounts, Rate, Step, Waits, breakdown, funnel, rates
from .lift import MINIMUM_EVENTS, MINIMUM_HOLDOUT, Z_95, Lift, lift, newcombe, wilson
from .won import Definition, Won, definitions, won_by_kind

__all__ = [
    "MINIMUM_EVENTS",
    "MINIMUM_HOLDOUT",
    "Z_95",
    "Breakdown",
    "Cell",
    "ChannelCounts",
    "Definition",
    "Lift",
    "Rate",
    "Step",
    "Waits",
    "Won",
    "breakdown",
    "definitions",
    "funnel",
    "lift",
    "newcombe",
    "rates",
    "wilson",
    "won_by_kind",
]

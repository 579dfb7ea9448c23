"""Immunisation by CDC's logic specification for clinical decision support (CDSi 4.6), one person at a time.

``assess`` evaluates every dose and forecasts every vaccine group; ``review`` turns that into gaps with what
may be done about them. The schedule is a value that the organisation supplies; nothing of it is shipped.
"""

from .assess import Assessment, NotCovered, assess
from .groups import DoseAnswer, GroupForecast
from .histories import Doubt, MergedHistory, merge_histories
from .patient import GivenDose, Observation, Person
from .review import (
    Authority,
    Contact,
    GapState,
    ImmunisationGap,
    ImmunisationReview,
    ReviewSettings,
    review,
)
from .schedule import Schedule
from .status import DoseReason, DoseStatus, SeriesStatus

__all__ = [
    "Assessment",
    "Authority",
    "Contact",
    "DoseAnswer",
    "DoseReason",
    "DoseStatus",
    "Doubt",
    "GapState",
    "GivenDose",
    "GroupForecast",
    "ImmunisationGap",
    "ImmunisationReview",
    "MergedHistory",
    "NotCovered",
    "Observation",
    "Person",
    "ReviewSettings",
    "Schedule",
    "SeriesStatus",
    "assess",
    "merge_histories",
    "review",
]

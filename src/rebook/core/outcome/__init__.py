"""How a case ends, and whether it was a success: two questions, both answered for either arm alike."""

from .ending import (
    CLINICIAN_RISK_CLASS,
    ENDS_FOR_A_CLINICIAN,
    KEPT_STATUSES,
    LOST_STATUSES,
    OPEN_STATUSES,
    CaseAppointment,
    CaseFacts,
    CaseVerdict,
    CaseVisit,
    CaseWindows,
    decide_outcome,
    satisfies,
)

__all__ = [
    "CLINICIAN_RISK_CLASS",
    "ENDS_FOR_A_CLINICIAN",
    "KEPT_STATUSES",
    "LOST_STATUSES",
    "OPEN_STATUSES",
    "CaseAppointment",
    "CaseFacts",
    "CaseVerdict",
    "CaseVisit",
    "CaseWindows",
    "decide_outcome",
    "satisfies",
]

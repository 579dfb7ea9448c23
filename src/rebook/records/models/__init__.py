"""The ledger's tables, one module per noun. Only ``records`` imports them."""

from .booking import Booking, PatientLink, SlotClaim
from .care import Appointment, Condition, FollowUp, Procedure, Visit
from .gaps import Gap, GapSignOff, Snapshot
from .imports import ImportRun, RejectedRow, Source
from .outreach import (
    Attempt,
    AttemptEvent,
    Campaign,
    Case,
    GuardDecision,
    HoldoutAssignment,
    Stop,
    TemplateApproval,
)
from .people import AutomationHold, Consent, ContactPoint, Patient
from .practice import Practitioner, PractitionerHours, VisitType
from .response import Reply, Task

__all__ = [
    "Appointment",
    "Attempt",
    "AttemptEvent",
    "AutomationHold",
    "Booking",
    "Campaign",
    "Case",
    "Condition",
    "Consent",
    "ContactPoint",
    "FollowUp",
    "Gap",
    "GapSignOff",
    "GuardDecision",
    "HoldoutAssignment",
    "ImportRun",
    "Patient",
    "PatientLink",
    "Practitioner",
    "PractitionerHours",
    "Procedure",
    "RejectedRow",
    "Reply",
    "SlotClaim",
    "Snapshot",
    "Source",
    "Stop",
    "Task",
    "TemplateApproval",
    "Visit",
    "VisitType",
]

"""The ledger's tables, one module per noun. Only ``records`` imports them."""

from .approvals import Approval, TextClass
from .booking import Booking, PatientLink, SlotClaim
from .care import Appointment, Condition, FollowUp, Medication, Procedure, Visit
from .evidence import ConsentEvidence
from .experiments import WordingAssignment, WordingTest
from .gaps import Gap, GapSignOff, Snapshot
from .guarding import ConfidentialRequest, NumberMark, OfferGiven, OtherContact, SpecialApproval
from .imports import ImportRun, RejectedRow, Source
from .likelihood import FittedModel
from .lookahead import CapacityDay, Forecast, RoomCount
from .looking import Backtest, Examination
from .outlook import GapOutlook, GapRound, PatientChange
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
from .pending import PendingItem
from .people import AutomationHold, Consent, ContactPoint, Patient
from .places import PlaceRuleReview
from .practice import Practitioner, PractitionerHours, VisitType
from .preferences import RecallPreference
from .readiness import ReadinessRecord
from .response import Reply, Task
from .segments import SavedSegment, SegmentVersion
from .sent_tests import SentTest, SentTestFact, StaffContact
from .sequences import CampaignSequence, PassedStep, SequenceVersion
from .success import CaseSuccess, LinkStep
from .texts import Letter, LetterBatch, ReturnedAddress, TemplateText

__all__ = [
    "Appointment",
    "Approval",
    "Attempt",
    "AttemptEvent",
    "AutomationHold",
    "Backtest",
    "Booking",
    "Campaign",
    "CampaignSequence",
    "CapacityDay",
    "Case",
    "CaseSuccess",
    "Condition",
    "ConfidentialRequest",
    "Consent",
    "ConsentEvidence",
    "ContactPoint",
    "Examination",
    "FittedModel",
    "FollowUp",
    "Forecast",
    "Gap",
    "GapOutlook",
    "GapRound",
    "GapSignOff",
    "GuardDecision",
    "HoldoutAssignment",
    "ImportRun",
    "Letter",
    "LetterBatch",
    "LinkStep",
    "Medication",
    "NumberMark",
    "OfferGiven",
    "OtherContact",
    "PassedStep",
    "Patient",
    "PatientChange",
    "PatientLink",
    "PendingItem",
    "PlaceRuleReview",
    "Practitioner",
    "PractitionerHours",
    "Procedure",
    "ReadinessRecord",
    "RecallPreference",
    "RejectedRow",
    "Reply",
    "ReturnedAddress",
    "RoomCount",
    "SavedSegment",
    "SegmentVersion",
    "SentTest",
    "SentTestFact",
    "SequenceVersion",
    "SlotClaim",
    "Snapshot",
    "Source",
    "SpecialApproval",
    "StaffContact",
    "Stop",
    "Task",
    "TemplateApproval",
    "TemplateText",
    "TextClass",
    "Visit",
    "VisitType",
    "WordingAssignment",
    "WordingTest",
]

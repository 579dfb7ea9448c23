"""The words of the specification (CDSi tables 3-1 to 3-3)."""

from enum import StrEnum


class DoseStatus(StrEnum):
    VALID = "Valid"
    NOT_VALID = "Not Valid"
    EXTRANEOUS = "Extraneous"
    SUBSTANDARD = "Sub-standard"


class DoseReason(StrEnum):
    NONE = ""
    TOO_YOUNG = "Age: Too Young"
    TOO_OLD = "Age: Too Old"
    TOO_SOON = "Interval: Too Short"
    CONFLICT = "Live Virus Conflict"
    WRONG_VACCINE = "Vaccine: Invalid Usage"
    INADVERTENT = "Inadvertent Vaccine"
    SUBSTANDARD = "Dose Condition"
    SERIES_DONE = "Series already complete"


class TargetStatus(StrEnum):
    SATISFIED = "Satisfied"
    NOT_SATISFIED = "Not Satisfied"
    SKIPPED = "Skipped"


class SeriesStatus(StrEnum):
    NOT_COMPLETE = "Not Complete"
    COMPLETE = "Complete"
    IMMUNE = "Immune"
    CONTRAINDICATED = "Contraindicated"
    AGED_OUT = "Aged Out"
    NOT_RECOMMENDED = "Not Recommended"

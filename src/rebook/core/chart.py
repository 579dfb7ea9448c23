"""One patient as the rules see them: the ledger's rows, read once, frozen.

``records.read`` builds these values; the population engine reads the same columns from the snapshot.
All dates are calendar dates on the clock of the patient's location (``Chart.time_zone``); the instants
behind them are kept where a rule needs the instant.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PatientRecord:
    id: int
    organisation_id: int
    birth_on: date | None
    sex: str
    language: str
    is_deceased: bool
    deceased_on: date | None
    left_practice_on: date | None
    do_not_contact: bool
    merged_into_id: int | None
    home_location_id: int | None
    practitioner_id: int | None
    responsible_patient_id: int | None
    payer_class: str
    value_cents: int
    preferred_channel: str
    sensitivity: tuple[str, ...]
    exclusions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppointmentRecord:
    id: int
    visit_type: str
    status: str
    starts_at: datetime
    starts_on: date
    booked_at: datetime | None
    cancelled_at: datetime | None
    cancelled_on: date | None
    cancelled_by: str
    location_id: int | None
    practitioner_id: int | None


@dataclass(frozen=True, slots=True)
class VisitRecord:
    id: int
    visit_type: str
    started_at: datetime
    visited_on: date
    location_id: int | None
    practitioner_id: int | None


@dataclass(frozen=True, slots=True)
class ProcedureRecord:
    id: int
    kind: str
    performed_on: date
    system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ConditionRecord:
    id: int
    kind: str
    onset_on: date | None
    abated_on: date | None
    system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class MedicationRecord:
    """``supply_until``: the last day that what was dispensed lasts; None when no source says."""

    id: int
    kind: str
    started_on: date | None
    ended_on: date | None
    supply_until: date | None
    system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class PendingRecord:
    """Something begun that waits to be finished; ``kind`` is one of ``core.words.PENDING_KINDS``."""

    id: int
    kind: str
    visit_type: str
    priority: str
    state: str
    opened_on: date
    due_on: date | None = None
    closed_on: date | None = None
    location_id: int | None = None
    practitioner_id: int | None = None
    units_left: int | None = None
    units_threshold: int | None = None
    visits_per_week: int | None = None
    matched_on: date | None = None


@dataclass(frozen=True, slots=True)
class FollowUpRecord:
    id: int
    visit_type: str
    recommended_on: date
    due_on: date
    practitioner_id: int | None


@dataclass(frozen=True, slots=True)
class RecallPreference:
    """What was settled for one patient, whatever the pack says (R-C2); all days are included.

    ``kind`` is one of ``core.words.RECALL_PREFERENCE_KINDS``. ``definition_key`` empty: for every rule.
    """

    id: int
    kind: str
    definition_key: str
    made_on: date
    interval_months: int = 0
    interval_days: int = 0
    due_on: date | None = None
    # The last day it counts; None for good.
    valid_until: date | None = None
    # The day it was taken back.
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything about one patient that a gap rule may look at, in ascending order of date."""

    patient: PatientRecord
    time_zone: str
    appointments: tuple[AppointmentRecord, ...] = ()
    visits: tuple[VisitRecord, ...] = ()
    procedures: tuple[ProcedureRecord, ...] = ()
    conditions: tuple[ConditionRecord, ...] = ()
    follow_ups: tuple[FollowUpRecord, ...] = ()
    medications: tuple[MedicationRecord, ...] = ()
    pending: tuple[PendingRecord, ...] = ()
    preferences: tuple[RecallPreference, ...] = ()

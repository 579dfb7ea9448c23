"""What a source says: one frozen value per fact, keyed by the source's own ids.

Sources turn bytes into these values and into rejects; the ledger turns them into rows. Nothing here knows
a database id. Text is already trimmed, times are aware, dates are dates; a value that could not be made
sense of never becomes a fact but a ``Reject``.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

Sex = Literal["female", "male", "other", "unknown"]
AppointmentStatus = Literal[
    "proposed",
    "pending",
    "booked",
    "arrived",
    "fulfilled",
    "cancelled",
    "noshow",
    "entered-in-error",
    "checked-in",
    "waitlist",
]


@dataclass(frozen=True, slots=True)
class LocationFact:
    external_id: str
    name: str
    time_zone: str = ""
    phone: str = ""
    address_line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    # Taken only when another fact of the same run names it: a parent organisation is no site.
    only_if_named: bool = False


@dataclass(frozen=True, slots=True)
class PractitionerFact:
    """``name`` may be empty when one record of the source names the person and another the location."""

    external_id: str
    name: str
    location_id: str = ""


@dataclass(frozen=True, slots=True)
class AliasFact:
    """Another name that facts of the same run use for a location, practitioner or patient."""

    alias: str
    external_id: str


@dataclass(frozen=True, slots=True)
class ContactFact:
    """One phone or e-mail as the source gives it; ``use`` is mobile, home, work or empty."""

    system: Literal["phone", "email"]
    value: str
    use: str = ""
    rank: int = 1
    # How the practice got it (``core.outreach.number_source``), when, and words for what it was given (R-A4).
    number_source: str = ""
    given_on: date | None = None
    given_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """A permission column of a practice system, with where it stood ("hipaa_allowsms=YES")."""

    channel: Literal["sms", "email", "phone", "letter", "portal", "all"]
    state: Literal["granted", "revoked"]
    wording: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PatientFact:
    external_id: str
    given_name: str = ""
    family_name: str = ""
    birth_on: date | None = None
    sex: Sex = "unknown"
    language: str = ""
    is_deceased: bool = False
    deceased_on: date | None = None
    left_practice_on: date | None = None
    do_not_contact: bool = False
    time_zone: str = ""
    address_line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    location_id: str = ""
    practitioner_id: str = ""
    responsible_patient_id: str = ""
    payer_class: str = "unknown"
    value_cents: int = 0
    preferred_channel: str = ""
    sensitivity: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    contacts: tuple[ContactFact, ...] = ()
    consents: tuple[ConsentFact, ...] = ()


@dataclass(frozen=True, slots=True)
class AppointmentFact:
    external_id: str
    patient_id: str
    status: AppointmentStatus
    starts_at: datetime
    ends_at: datetime | None = None
    booked_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: Literal["patient", "clinic", ""] = ""
    visit_type: str = ""
    location_id: str = ""
    practitioner_id: str = ""


@dataclass(frozen=True, slots=True)
class VisitFact:
    external_id: str
    patient_id: str
    started_at: datetime
    visit_type: str = ""
    appointment_id: str = ""
    location_id: str = ""
    practitioner_id: str = ""
    collected_cents: int | None = None


@dataclass(frozen=True, slots=True)
class ProcedureFact:
    """``kind`` is the clinic's own name, from the mapping; empty when the code is not mapped."""

    external_id: str
    patient_id: str
    performed_on: date
    kind: str = ""
    system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ConditionFact:
    external_id: str
    patient_id: str
    kind: str = ""
    system: str = ""
    code: str = ""
    onset_on: date | None = None
    abated_on: date | None = None


@dataclass(frozen=True, slots=True)
class FollowUpFact:
    """A return that a practitioner recommended on a day, due on another (R-C2)."""

    external_id: str
    patient_id: str
    recommended_on: date
    due_on: date
    visit_type: str = ""
    practitioner_id: str = ""


@dataclass(frozen=True, slots=True)
class MedicationFact:
    """``kind`` is the clinic's own name, from the mapping; ``supply_until`` the last day it lasts (R-C63)."""

    external_id: str
    patient_id: str
    kind: str = ""
    system: str = ""
    code: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    supply_until: date | None = None


@dataclass(frozen=True, slots=True)
class PendingItemFact:
    """Something begun that waits to be finished; see ``core.words.PENDING_KINDS`` (R-C120 to R-C133).

    ``state`` "done" or "cancelled" counts from ``closed_on``, without one always. ``due_on`` is what it
    counts to where the source knows it: the end of a supply or an authorisation, the day a test is for.
    """

    external_id: str
    patient_id: str
    kind: str
    opened_on: date
    priority: str = "routine"
    state: str = "open"
    visit_type: str = ""
    due_on: date | None = None
    closed_on: date | None = None
    location_id: str = ""
    practitioner_id: str = ""
    units_left: int | None = None
    units_threshold: int | None = None
    visits_per_week: int | None = None
    day_part: str = ""


@dataclass(frozen=True, slots=True)
class PendingClosedFact:
    """Another fact of the source that finishes a pending item: an appointment for a referral, a report.

    ``item_id`` is the item's external id; ``closes`` says which kinds it finishes. Without ``closed_on`` it
    no longer does: the appointment was cancelled.
    """

    item_id: str
    closes: Literal["booking", "result", "report"]
    closed_by: str
    closed_on: date | None = None


Fact = (
    LocationFact
    | PractitionerFact
    | PatientFact
    | AppointmentFact
    | VisitFact
    | ProcedureFact
    | ConditionFact
    | FollowUpFact
    | MedicationFact
    | PendingItemFact
    | PendingClosedFact
    | AliasFact
)


class Placed(NamedTuple):
    """A fact and where it stood; ``line`` counts from 1."""

    file: str
    line: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be taken: where it stood and why. ``raw`` stays in the ledger, cut to 2,000.

    ``entity`` is what it would have been ("patient"); "file" means that the file itself broke off, so
    that the source is not complete. With ``taken`` the fact was taken, only without this field.
    """

    file: str
    line: int
    field: str
    reason: str
    raw: str = dataclasses.field(default="", repr=False)
    entity: str = ""
    taken: bool = False


@dataclass(frozen=True, slots=True)
class ReadProgress:
    """How far a source has been read; ``total_bytes`` is 0 when unknown."""

    file: str
    bytes_read: int
    total_bytes: int
    rows: int

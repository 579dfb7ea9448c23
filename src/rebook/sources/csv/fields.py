"""The fields a mapping may fill, per entity: what kind of value each one wants."""

from dataclasses import dataclass
from typing import Literal

from rebook.core import facts
from rebook.core.words import (
    APPOINTMENT_STATUSES,
    DAY_PARTS,
    NUMBER_SOURCES,
    PATIENT_SEXES,
    PENDING_KINDS,
    PENDING_PRIORITIES,
    PENDING_STATES,
)

Kind = Literal["id", "text", "day", "instant", "word", "yes_no", "cents", "count", "language", "key", "zone"]


@dataclass(frozen=True, slots=True)
class FieldKind:
    """``words`` are ours when the vocabulary is closed. A bad value of a soft field costs only the field."""

    kind: Kind
    is_required: bool = False
    is_soft: bool = False
    words: tuple[str, ...] = ()


_ID = FieldKind("id", is_required=True)
_REFERENCE = FieldKind("id")
_TEXT = FieldKind("text")
_DAY = FieldKind("day")
_INSTANT = FieldKind("instant")
_CENTS = FieldKind("cents")
_COUNT = FieldKind("count")
_KEY = FieldKind("key", is_soft=True)
_ZONE = FieldKind("zone", is_soft=True)
_ADDRESS = {"address_line": _TEXT, "city": _TEXT, "state": _TEXT, "postal_code": _TEXT}

_PATIENT: dict[str, FieldKind] = {
    "external_id": _ID,
    "given_name": _TEXT,
    "family_name": _TEXT,
    # "Garcia, Ana" or "Ana Garcia", taken apart; instead of the two above.
    "full_name": _TEXT,
    "birth_on": _DAY,
    "sex": FieldKind("word", is_soft=True, words=PATIENT_SEXES),
    "language": FieldKind("language", is_soft=True),
    "is_deceased": FieldKind("yes_no"),
    "deceased_on": _DAY,
    "left_practice_on": _DAY,
    "do_not_contact": FieldKind("yes_no"),
    "time_zone": _ZONE,
    **_ADDRESS,
    "location_id": _REFERENCE,
    "practitioner_id": _REFERENCE,
    "responsible_patient_id": _REFERENCE,
    "payer_class": _KEY,
    "value_cents": _CENTS,
    "preferred_channel": FieldKind("word", is_soft=True, words=("sms", "email", "phone", "letter", "portal")),
}
# Of a number or address of a patient: how it came, when, and what for.
CONTACT_FIELDS: dict[str, FieldKind] = {
    "number_source": FieldKind("word", is_soft=True, words=tuple(word for word in NUMBER_SOURCES if word)),
    "given_on": FieldKind("day", is_soft=True),
    "given_for": FieldKind("text", is_soft=True),
}
_OF_PATIENT = {"external_id": _ID, "patient_id": _ID}
_CODE = {"kind": _KEY, "system": _TEXT, "code": _TEXT}

FACTS: dict[str, tuple[type[facts.Fact], dict[str, FieldKind]]] = {
    "location": (
        facts.LocationFact,
        {"external_id": _ID, "name": _TEXT, "time_zone": _ZONE, "phone": _TEXT, **_ADDRESS},
    ),
    "practitioner": (
        facts.PractitionerFact,
        {"external_id": _ID, "name": _TEXT, "location_id": _REFERENCE},
    ),
    "patient": (facts.PatientFact, _PATIENT),
    "appointment": (
        facts.AppointmentFact,
        {
            **_OF_PATIENT,
            "status": FieldKind("word", is_required=True, words=APPOINTMENT_STATUSES),
            "starts_at": FieldKind("instant", is_required=True),
            "ends_at": _INSTANT,
            "booked_at": _INSTANT,
            "cancelled_at": _INSTANT,
            "cancelled_by": FieldKind("word", is_soft=True, words=("patient", "clinic")),
            "visit_type": _KEY,
            "location_id": _REFERENCE,
            "practitioner_id": _REFERENCE,
        },
    ),
    "visit": (
        facts.VisitFact,
        {
            **_OF_PATIENT,
            "started_at": FieldKind("instant", is_required=True),
            "visit_type": _KEY,
            "appointment_id": _REFERENCE,
            "location_id": _REFERENCE,
            "practitioner_id": _REFERENCE,
            "collected_cents": _CENTS,
        },
    ),
    "procedure": (
        facts.ProcedureFact,
        {**_OF_PATIENT, "performed_on": FieldKind("day", is_required=True), **_CODE},
    ),
    "condition": (facts.ConditionFact, {**_OF_PATIENT, "onset_on": _DAY, "abated_on": _DAY, **_CODE}),
    "follow_up": (
        facts.FollowUpFact,
        {
            **_OF_PATIENT,
            "recommended_on": FieldKind("day", is_required=True),
            "due_on": FieldKind("day", is_required=True),
            "visit_type": _KEY,
            "practitioner_id": _REFERENCE,
        },
    ),
    "medication": (
        facts.MedicationFact,
        {**_OF_PATIENT, "started_on": _DAY, "ended_on": _DAY, "supply_until": _DAY, **_CODE},
    ),
    "pending_item": (
        facts.PendingItemFact,
        {
            **_OF_PATIENT,
            "kind": FieldKind("word", is_required=True, words=PENDING_KINDS),
            "opened_on": FieldKind("day", is_required=True),
            # An unknown priority or state would make the item run early, late or not at all.
            "priority": FieldKind("word", words=PENDING_PRIORITIES),
            "state": FieldKind("word", words=PENDING_STATES),
            "visit_type": _KEY,
            "due_on": _DAY,
            "closed_on": _DAY,
            "location_id": _REFERENCE,
            "practitioner_id": _REFERENCE,
            "units_left": _COUNT,
            "units_threshold": _COUNT,
            "visits_per_week": _COUNT,
            "day_part": FieldKind("word", is_soft=True, words=DAY_PARTS),
        },
    ),
}
# In the order in which a row gives them: what others refer to comes first.
ENTITIES = tuple(FACTS)

"""Appointments, visits, procedures, conditions and follow-ups."""

from rebook.records.models import Appointment, Condition, FollowUp, Procedure, Visit
from rebook.records.write.facts_merge import (
    LOCATION,
    PATIENT,
    PATIENT_ID,
    PATIENT_MISSING,
    PRACTITIONER,
    Merge,
)

_WHERE_AND_WHO = {"location_id": "l.id", "practitioner_id": "r.id"}
_VISIT_TYPE = {"visit_type": "coalesce(s.visit_type, '')"}
_CODE = {
    "kind": "coalesce(s.kind, '')",
    "system": "coalesce(s.system, '')",
    "code": "coalesce(s.code, '')",
}

MERGES = (
    Merge(
        "appointment",
        Appointment,
        {
            "patient_id": PATIENT_ID,
            **_WHERE_AND_WHO,
            **_VISIT_TYPE,
            "status": "s.status",
            "starts_at": "s.starts_at",
            "ends_at": "s.ends_at",
            "booked_at": "s.booked_at",
            "cancelled_at": "s.cancelled_at",
            "cancelled_by": "coalesce(s.cancelled_by, '')",
        },
        joins=PATIENT + LOCATION + PRACTITIONER,
        problems=(
            PATIENT_MISSING,
            ("s.ends_at < s.starts_at", "ends_at", "the appointment ends before it starts"),
        ),
    ),
    Merge(
        "visit",
        Visit,
        {
            "patient_id": PATIENT_ID,
            **_WHERE_AND_WHO,
            "appointment_external_id": "coalesce(s.appointment_id, '')",
            **_VISIT_TYPE,
            "started_at": "s.started_at",
            "collected_cents": "s.collected_cents",
        },
        joins=PATIENT + LOCATION + PRACTITIONER,
        problems=(PATIENT_MISSING,),
    ),
    Merge(
        "procedure",
        Procedure,
        {"patient_id": PATIENT_ID, **_CODE, "performed_on": "s.performed_on"},
        joins=PATIENT,
        problems=(PATIENT_MISSING,),
    ),
    Merge(
        "condition",
        Condition,
        {"patient_id": PATIENT_ID, **_CODE, "onset_on": "s.onset_on", "abated_on": "s.abated_on"},
        joins=PATIENT,
        problems=(PATIENT_MISSING,),
    ),
    Merge(
        "follow_up",
        FollowUp,
        {
            "patient_id": PATIENT_ID,
            **_VISIT_TYPE,
            "recommended_on": "s.recommended_on",
            "due_on": "s.due_on",
            "practitioner_id": "r.id",
        },
        joins=PATIENT + PRACTITIONER,
        problems=(
            PATIENT_MISSING,
            ("s.due_on < s.recommended_on", "due_on", "the return is due before it was recommended"),
        ),
    ),
)

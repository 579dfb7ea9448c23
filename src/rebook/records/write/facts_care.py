"""Appointments, visits, procedures, conditions, follow-ups, medications and pending items."""

from typing import Any

from django.db import connection

from rebook.core.words import DAY_PARTS, PENDING_KINDS, PENDING_PRIORITIES, PENDING_STATES
from rebook.records.models import (
    Appointment,
    Condition,
    FollowUp,
    Medication,
    PendingItem,
    Procedure,
    Visit,
)
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


def _not_among(column: str, words: tuple[str, ...]) -> str:
    return f"s.{column} NOT IN ({', '.join(repr(one) for one in words)})"


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
    Merge(
        "medication",
        Medication,
        {
            "patient_id": PATIENT_ID,
            **_CODE,
            "started_on": "s.started_on",
            "ended_on": "s.ended_on",
            "supply_until": "s.supply_until",
        },
        joins=PATIENT,
        problems=(
            PATIENT_MISSING,
            ("s.ended_on < s.started_on", "ended_on", "the medication ended before it began"),
        ),
    ),
    Merge(
        "pending_item",
        PendingItem,
        {
            "patient_id": PATIENT_ID,
            **_WHERE_AND_WHO,
            "kind": "s.kind",
            **_VISIT_TYPE,
            "priority": "s.priority",
            "state": "s.state",
            "opened_on": "s.opened_on",
            "due_on": "s.due_on",
            "closed_on": "s.closed_on",
            "units_left": "s.units_left",
            "units_threshold": "s.units_threshold",
            "visits_per_week": "s.visits_per_week",
            "day_part": "coalesce(s.day_part, '')",
        },
        joins=PATIENT + LOCATION + PRACTITIONER,
        # What another fact finished stays finished when its own source only says something else anew.
        kept={
            "closed_on": "CASE WHEN f.closed_on IS NULL AND t.closed_by <> '' THEN t.closed_on"
            " ELSE f.closed_on END"
        },
        problems=(
            PATIENT_MISSING,
            (_not_among("kind", PENDING_KINDS), "kind", "not a kind of pending item"),
            (_not_among("priority", PENDING_PRIORITIES), "priority", "not a priority"),
            (_not_among("state", PENDING_STATES), "state", "not a state of a pending item"),
            (_not_among("day_part", DAY_PARTS), "day_part", "not a part of the day"),
            ("s.due_on < s.opened_on", "due_on", "it was due before it was opened"),
            ("s.closed_on < s.opened_on", "closed_on", "it was closed before it was opened"),
            ("s.units_left < 0", "units_left", "below zero"),
        ),
    ),
)

_CLOSES = {
    "booking": ("referral_out_incomplete", "referral_in_not_scheduled", "treatment_unscheduled"),
    "result": ("test_not_done",),
    "report": ("report_missing", "referral_out_incomplete"),
}
_CLOSED = """
UPDATE records_pendingitem x
SET closed_on = CASE WHEN c.closed_on IS NOT NULL THEN greatest(c.closed_on, x.opened_on) END,
    closed_by = CASE WHEN c.closed_on IS NULL THEN '' ELSE c.closed_by END
FROM (
    SELECT DISTINCT ON (item_id, closes) item_id, closes, left(closed_by, 300) AS closed_by, closed_on
    FROM import_pending_closed ORDER BY item_id, closes, closed_on NULLS LAST, closed_by
) c
WHERE x.organisation_id = %(organisation)s AND x.source_id = %(source)s
    AND x.external_id IN (c.item_id, 'report/' || c.item_id) AND x.state = 'open' AND ({kinds})
    AND CASE WHEN c.closed_on IS NULL THEN x.closed_by = c.closed_by
        ELSE x.closed_on IS NULL OR x.closed_by <> '' END
    AND (x.closed_on, x.closed_by) IS DISTINCT FROM
        (CASE WHEN c.closed_on IS NOT NULL THEN greatest(c.closed_on, x.opened_on) END,
         CASE WHEN c.closed_on IS NULL THEN '' ELSE c.closed_by END)
"""


def close_pending(parameters: dict[str, Any]) -> int:
    """Finish the items that appointments, results and reports of this run speak of, whenever they came.

    Of several for one item the earliest counts. Running it again changes nothing.
    """
    kinds = " OR ".join(
        f"c.closes = '{word}' AND x.kind IN ({', '.join(repr(one) for one in kinds)})"
        for word, kinds in _CLOSES.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED.replace("{kinds}", kinds), parameters)
        return int(cursor.rowcount)

"""Outcomes of cases: written once, in one statement for all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from rebook.core.outcome import CaseVerdict
from rebook.records.models import Case, Task

UPDATE = """
UPDATE records_case c SET
    appointment_id = coalesce(v.appointment_id, c.appointment_id),
    booked_at = coalesce(v.booked_at, c.booked_at),
    visit_kept_at = coalesce(v.visit_kept_at, c.visit_kept_at),
    outcome = v.outcome,
    outcome_detail = v.detail,
    next_step_at = CASE WHEN v.outcome = '' THEN c.next_step_at END,
    closed_at = CASE WHEN v.outcome <> '' THEN %(now)s::timestamptz END
FROM unnest(%(ids)s::bigint[], %(outcomes)s::text[], %(details)s::text[], %(appointments)s::bigint[],
            %(booked)s::timestamptz[], %(kept)s::timestamptz[])
     AS v(id, outcome, detail, appointment_id, booked_at, visit_kept_at)
WHERE c.id = v.id AND c.organisation_id = %(organisation_id)s AND c.closed_at IS NULL
  AND (v.outcome <> '' OR (v.appointment_id, v.booked_at, v.visit_kept_at)
       IS DISTINCT FROM (c.appointment_id, c.booked_at, c.visit_kept_at))
"""


def apply_verdicts(*, organisation_id: int, verdicts: Sequence[CaseVerdict], now: datetime) -> int:
    """Write credits and outcomes; returns rows changed. A case that somebody else closed meanwhile stays."""
    if not verdicts:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            UPDATE,
            {
                "organisation_id": organisation_id,
                "now": now,
                "ids": [one.case_id for one in verdicts],
                "outcomes": [one.outcome for one in verdicts],
                "details": [one.detail for one in verdicts],
                "appointments": [one.appointment_id for one in verdicts],
                "booked": [one.booked_at for one in verdicts],
                "kept": [one.visit_kept_at for one in verdicts],
            },
        )
        return int(cursor.rowcount)


def open_unable_to_reach(*, organisation_id: int, case_ids: Sequence[int], now: datetime) -> int:
    """A clinician's task for every case that ended without reaching a patient of risk class 3 or 4 (R-C6)."""
    cases = Case.objects.filter(organisation_id=organisation_id, pk__in=case_ids)
    tasks = [
        Task(
            organisation_id=organisation_id,
            kind="unable_to_reach",
            patient_id=case.patient_id,
            case=case,
            owner_role="clinician",
            urgency=1,
            opened_at=now,
            due_at=now + timedelta(days=1),
        )
        for case in cases
    ]
    return len(Task.objects.bulk_create(tasks))

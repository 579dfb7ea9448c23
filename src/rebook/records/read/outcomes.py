"""Open cases with everything that may end them, read in three queries."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from rebook.core.outcome import (
    CLINICIAN_RISK_CLASS,
    ENDS_FOR_A_CLINICIAN,
    CaseAppointment,
    CaseFacts,
    CaseVisit,
    CaseWindows,
)
from rebook.records.models import Appointment, Attempt, Case, Visit


def open_cases(
    *, organisation_id: int, now: datetime, satisfying: Mapping[str, frozenset[str]]
) -> list[CaseFacts]:
    """Every case without an outcome.

    ``satisfying`` maps a gap's definition key to the visit types that close it; a missing key means any.
    """
    cases = list(
        Case.objects.filter(organisation_id=organisation_id, closed_at__isnull=True, opened_at__lte=now)
        .select_related("gap", "patient", "campaign")
        .order_by("pk")
    )
    if not cases:
        return []
    patients = {case.patient_id for case in cases}
    since = min(case.opened_at for case in cases)
    appointments: dict[int, list[CaseAppointment]] = defaultdict(list)
    for one in Appointment.objects.filter(patient__in=patients, organisation_id=organisation_id).filter(
        starts_at__gte=since
    ):
        appointments[one.patient_id].append(
            CaseAppointment(one.pk, one.visit_type, one.status, one.booked_at, one.starts_at)
        )
    visits: dict[int, list[CaseVisit]] = defaultdict(list)
    for visit in Visit.objects.filter(
        patient__in=patients, organisation_id=organisation_id, started_at__gte=since
    ):
        visits[visit.patient_id].append(CaseVisit(visit.visit_type, visit.started_at))
    # What is yet to go out belongs to the sequence: no case ends over a letter that waits for Monday.
    waiting = set(
        Attempt.objects.filter(
            organisation_id=organisation_id,
            case__in=cases,
            state__in=("planned", "deferred", "claimed"),
            expires_at__gt=now,
        ).values_list("case_id", flat=True)
    )
    return [_facts(case, appointments, visits, satisfying, waits=case.pk in waiting) for case in cases]


def _facts(
    case: Case,
    appointments: Mapping[int, list[CaseAppointment]],
    visits: Mapping[int, list[CaseVisit]],
    satisfying: Mapping[str, frozenset[str]],
    *,
    waits: bool,
) -> CaseFacts:
    return CaseFacts(
        case_id=case.pk,
        arm="holdout" if case.arm == "holdout" else "contact",
        opened_at=case.opened_at,
        first_attempt_at=case.first_attempt_at,
        last_attempt_at=case.last_attempt_at,
        reached_at=case.reached_at,
        sequence_exhausted=case.next_step_at is None
        and case.paused_at is None
        and case.arm == "contact"
        and not waits,
        is_paused=case.paused_at is not None,
        risk_class=case.gap.risk_class,
        satisfying=satisfying.get(case.gap.definition_key, frozenset()),
        patient_is_deceased=case.patient.is_deceased,
        patient_has_left=case.patient.left_practice_on is not None,
        gap_close_reason=case.gap.close_reason,
        campaign_is_over=case.campaign.state == "archived",
        appointments=tuple(appointments.get(case.patient_id, ())),
        visits=tuple(visits.get(case.patient_id, ())),
        windows=CaseWindows(
            booking_days=case.campaign.booking_window_days, visit_days=case.campaign.visit_window_days
        ),
    )


_UNTOLD = """
SELECT c.id FROM records_case c JOIN records_gap g ON g.id = c.gap_id
WHERE c.organisation_id = %s AND c.closed_at >= %s AND c.closed_at <= %s AND c.arm = 'contact'
  AND g.risk_class >= %s AND g.closed_on IS NULL AND c.outcome = ANY(%s)
  AND NOT EXISTS (SELECT 1 FROM records_task t WHERE t.case_id = c.id AND t.kind = 'unable_to_reach')
ORDER BY c.id
"""


def ended_untold(*, organisation_id: int, since: datetime, now: datetime) -> list[int]:
    """Cases of class 3 and higher, lately ended with the reason still open, of which no clinician heard."""
    with connection.cursor() as cursor:
        words = sorted(ENDS_FOR_A_CLINICIAN)
        cursor.execute(_UNTOLD, [organisation_id, since, now, CLINICIAN_RISK_CLASS, words])
        return [row[0] for row in cursor.fetchall()]

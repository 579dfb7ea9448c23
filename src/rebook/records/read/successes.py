"""Cases whose success may have changed, with all that decides it, of both arms alike."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from rebook.core.outcome import CaseAppointment, CaseVisit
from rebook.core.outcome.judging import SuccessFacts
from rebook.core.outcome.success import SuccessRule, kind_of
from rebook.core.outreach.campaign_plan import CampaignPlan, read_plan
from rebook.records.models import Appointment, Campaign, Case, Gap, Visit

# The newest judgement of a case named "c": a row of its own, or none. What every figure joins.
NEWEST = """LEFT JOIN LATERAL (
    SELECT s.met_at, s.definition, s.appointment_id FROM records_casesuccess s
    WHERE s.case_id = c.id ORDER BY s.id DESC LIMIT 1
) won ON true"""

# Only who has been seen or booked since, whose gap has ended, or who was judged before, can be news. One that
# was kept without a judgement comes from before judgements were written.
WATCHED = """
SELECT c.id FROM records_case c JOIN records_gap g ON g.id = c.gap_id
WHERE c.organisation_id = %(org)s AND c.opened_at <= %(now)s AND (
    c.opened_at >= %(since)s AND (
        g.closed_on IS NOT NULL
        OR EXISTS (SELECT FROM records_casesuccess s WHERE s.case_id = c.id)
        OR EXISTS (SELECT FROM records_appointment a
            WHERE a.patient_id = c.patient_id AND a.starts_at > c.opened_at)
        OR EXISTS (SELECT FROM records_visit v
            WHERE v.patient_id = c.patient_id AND v.started_at > c.opened_at))
    OR c.visit_kept_at IS NOT NULL AND NOT EXISTS (SELECT FROM records_casesuccess s WHERE s.case_id = c.id)
) ORDER BY c.id
"""
JUDGED = """
SELECT DISTINCT ON (case_id) case_id, definition, met_at FROM records_casesuccess
WHERE organisation_id = %(org)s AND case_id = ANY(%(ids)s) ORDER BY case_id, id DESC
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was written last about a case; ``met_at`` None: taken back."""

    definition: str
    met_at: datetime | None


def _rows(sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()


def plans(*, organisation_id: int) -> dict[int, CampaignPlan]:
    """Every campaign's plan; a launched one says by which definitions its cases count."""
    rows = Campaign.objects.filter(organisation_id=organisation_id).values_list("pk", "plan")
    return {key: read_plan(plan) for key, plan in rows}


def watched_cases(*, organisation_id: int, since: datetime, now: datetime) -> list[int]:
    """Cases taken in since an instant of which a success may be news, and old ones never judged."""
    asked = {"org": organisation_id, "since": since, "now": now}
    return [row[0] for row in _rows(WATCHED, asked)]


def judged(*, organisation_id: int, case_ids: Sequence[int]) -> dict[int, Judged]:
    """The newest judgement of each of these cases that has one."""
    rows = _rows(JUDGED, {"org": organisation_id, "ids": list(case_ids)})
    return {row[0]: Judged(row[1], row[2]) for row in rows}


def success_facts(
    *,
    organisation_id: int,
    case_ids: Sequence[int],
    plans: Mapping[int, CampaignPlan],
    satisfying: Mapping[str, frozenset[str]],
    zone: str,
) -> list[SuccessFacts]:
    """What decides about these cases, in three queries; ``satisfying`` as ``read.outcomes`` has it."""
    mine = Case.objects.filter(organisation_id=organisation_id, pk__in=list(case_ids))
    cases = list(mine.select_related("gap").order_by("pk"))
    if not cases:
        return []
    since = min(case.opened_at for case in cases)
    of = {"organisation_id": organisation_id, "patient__in": {case.patient_id for case in cases}}
    appointments: dict[int, list[CaseAppointment]] = defaultdict(list)
    for one in Appointment.objects.filter(**of, starts_at__gt=since):
        appointments[one.patient_id].append(
            CaseAppointment(one.pk, one.visit_type, one.status, one.booked_at, one.starts_at)
        )
    visits: dict[int, list[CaseVisit]] = defaultdict(list)
    for visit in Visit.objects.filter(**of, started_at__gt=since):
        visits[visit.patient_id].append(CaseVisit(visit.visit_type, visit.started_at))
    return [
        SuccessFacts(
            case_id=case.pk,
            rule=rule_of(plans, case.campaign_id, case.gap.kind),
            opened_at=case.opened_at,
            satisfying=satisfying.get(case.gap.definition_key, frozenset()),
            gap_closed_at=_closed_at(case.gap, zone),
            gap_close_reason=case.gap.close_reason,
            appointments=tuple(appointments[case.patient_id]),
            visits=tuple(visits[case.patient_id]),
            visit_kept_at=case.visit_kept_at,
            booked_at=case.booked_at,
        )
        for case in cases
    ]


def rule_of(plans: Mapping[int, CampaignPlan], campaign_id: int, gap_kind: str) -> SuccessRule:
    """By which definition a campaign's cases of a kind of gap count."""
    return plans[campaign_id].success_of(kind_of(gap_kind))


def _closed_at(gap: Gap, zone: str) -> datetime | None:
    return datetime.combine(gap.closed_on, time(), tzinfo=ZoneInfo(zone)) if gap.closed_on else None

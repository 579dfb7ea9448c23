"""What the launch checklist looks at besides the campaign: statements, late replies, rooms to book."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.outreach.campaign_readiness import Stated
from rebook.core.segment import Segment
from rebook.records.models import ReadinessRecord, Task

from .segment_sql import in_segment

# Work that a patient waits for; calls that we make are no answers.
ANSWERS = ("safety", "call_back", "answer_reply", "clinical_question", "confirm_opt_out", "complaint")


def statements(*, organisation_id: int) -> dict[tuple[str, str], Stated]:
    """The newest record by (kind, key); the key is empty but for channels."""
    rows = ReadinessRecord.objects.filter(organisation_id=organisation_id)
    newest = rows.order_by("kind", "key", "-recorded_at", "-pk").distinct("kind", "key")
    return {(row.kind, row.key): Stated(row.detail, row.recorded_at, row.recorded_by) for row in newest}


def late_answers(*, organisation_id: int, before: datetime) -> int:
    """Patients' messages and requests whose answer was due before an instant and is still open."""
    rows = Task.objects.filter(organisation_id=organisation_id, state="open", kind__in=ANSWERS)
    return rows.filter(due_at__lt=before).exclude(call_back_at__gt=before).count()


class OfferedVisit(NamedTuple):
    key: str
    label: str
    minutes: int
    is_self_bookable: bool


def offered_visits(*, organisation_id: int, segment: dict[str, Any], now: datetime) -> list[OfferedVisit]:
    """The kinds of visit that open gaps of the segment need; every kind when one gap takes any."""
    fits, parameters = in_segment(Segment.from_json(segment), today=now.date(), now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH needed AS (SELECT DISTINCT g.visit_type FROM records_gap g
                WHERE g.organisation_id = %(org)s AND g.closed_on IS NULL AND g.outreach = 'yes' AND {fits})
            SELECT v.key, v.label, v.minutes, v.is_self_bookable FROM records_visittype v
            WHERE v.organisation_id = %(org)s AND (v.key IN (SELECT visit_type FROM needed)
                OR '' IN (SELECT visit_type FROM needed) OR NOT EXISTS (SELECT 1 FROM needed))
            ORDER BY v.key
            """,
            {"org": organisation_id, **parameters},
        )
        return list(map(OfferedVisit._make, cursor.fetchall()))


def any_patient(*, organisation_id: int) -> int | None:
    """Somebody for whom a booking can be tried; None in an empty practice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM records_patient WHERE organisation_id = %s AND merged_into_id IS NULL LIMIT 1",
            [organisation_id],
        )
        row = cursor.fetchone()
    return row[0] if row else None

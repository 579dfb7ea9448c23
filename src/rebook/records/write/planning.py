"""Cases whose next step is due, locked for planning, with what a message about them needs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from rebook.core.outreach.sequence_days import Contact
from rebook.core.reasons import Reason
from rebook.records.models import PassedStep


class DueCase(NamedTuple):
    """A case whose step ``step_index`` is due, and the person it is about."""

    id: int
    campaign_id: int
    step_index: int
    purpose: str
    patient_id: int
    given_name: str
    birth_on: date | None
    language: str
    preferred_channel: str
    time_zone: str
    home_location_id: int | None
    responsible_patient_id: int | None
    gap_kind: str
    gap_anchor_on: date | None
    location_id: int | None
    household_key: str
    # Place in the plan; which version of the campaign's plan, 0 the present one.
    position: int
    sequence_version: int
    # What has happened so far (``core.outreach.sequence_when.SoFar``).
    risk_class: int
    tier: str
    barrier: str
    was_delivered: bool
    was_read: bool
    # By a press of the patient's: only what passes the page's check opens a link (``links.mark_opened``).
    has_clicked: bool
    has_replied: bool
    # The part of the day that the patient asked for ("" none).
    preferred_day_part: str = ""


# Nothing is planned for who has an attempt waiting, an appointment, or a stop in the way.
LOCK_DUE_CASES = """
SELECT c.id, c.campaign_id, c.step_index, k.purpose, p.id, p.given_name, p.birth_on, p.language,
       p.preferred_channel, p.time_zone, p.home_location_id, p.responsible_patient_id, g.kind, g.anchor_on,
       g.location_id, p.household_key,
       c.step_index + c.step_shift, c.sequence_version, g.risk_class, g.tier, c.barrier,
       c.reached_at IS NOT NULL OR c.responded_at IS NOT NULL,
       c.responded_at IS NOT NULL OR EXISTS (SELECT 1 FROM records_attempt r
           WHERE r.case_id = c.id AND r.state = 'read'),
       EXISTS (SELECT 1 FROM records_patientlink l WHERE l.case_id = c.id AND l.opened_at <= %(now)s),
       c.responded_at IS NOT NULL, p.preferred_day_part
FROM records_case c
JOIN records_campaign k ON k.id = c.campaign_id
JOIN records_gap g ON g.id = c.gap_id
JOIN records_patient p ON p.id = c.patient_id
WHERE c.organisation_id = %(org)s AND c.arm = 'contact' AND c.closed_at IS NULL AND c.paused_at IS NULL
  AND c.next_step_at <= %(now)s AND c.booked_at IS NULL AND k.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM records_attempt a
      WHERE a.case_id = c.id AND a.state IN ('planned', 'deferred', 'claimed'))
  AND NOT EXISTS (SELECT 1 FROM records_stop s WHERE s.organisation_id = %(org)s AND s.ended_at IS NULL
      AND (s.scope = 'organisation' OR s.scope = 'campaign' AND s.key = c.campaign_id::text))
ORDER BY c.next_step_at, g.rank NULLS LAST, c.id LIMIT %(limit)s
FOR UPDATE OF c SKIP LOCKED
"""


def lock_due_cases(*, organisation_id: int, now: datetime, limit: int) -> list[DueCase]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_DUE_CASES, {"org": organisation_id, "now": now, "limit": limit})
        return list(map(DueCase._make, cursor.fetchall()))


def channels_tried(*, organisation_id: int, cases: Sequence[DueCase]) -> dict[int, set[str]]:
    """Channels on which the present step of each case was attempted already."""
    tried: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.case_id, a.channel FROM records_attempt a
            JOIN unnest(%s::bigint[], %s::int[]) AS v(case_id, step) ON v.case_id = a.case_id
                AND v.step = a.step_index
            WHERE a.organisation_id = %s AND a.origin = 'campaign' AND a.error_code <> 'replanned'
            """,
            [[one.id for one in cases], [one.step_index for one in cases], organisation_id],
        )
        for case_id, channel in cursor.fetchall():
            tried[case_id].add(channel)
    return tried


def contacts_stood(*, organisation_id: int, case_ids: Sequence[int]) -> dict[int, list[Contact]]:
    """The contacts of these cases that went out or wait to: when, by case."""
    found: dict[int, list[Contact]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.case_id, a.step_index, coalesce(a.sent_at, a.due_at) FROM records_attempt a
            WHERE a.organisation_id = %s AND a.case_id = ANY(%s::bigint[]) AND a.origin = 'campaign'
              AND a.state NOT IN ('refused', 'expired', 'failed')
            """,
            [organisation_id, list(case_ids)],
        )
        for case_id, step_index, at in cursor.fetchall():
            found[case_id].append(Contact(step_index, at))
    return found


class Passed(NamedTuple):
    """A step that a case does not take, and why."""

    case_id: int
    step_index: int
    reasons: Sequence[Reason]


def add_passed_steps(*, organisation_id: int, passed: Sequence[Passed], now: datetime) -> None:
    """Keep why steps were passed over; one that is known already stays as it was first told."""
    PassedStep.objects.bulk_create(
        (
            PassedStep(
                organisation_id=organisation_id,
                case_id=one.case_id,
                step_index=one.step_index,
                reasons=[reason.as_json() for reason in one.reasons],
                passed_at=now,
            )
            for one in passed
        ),
        ignore_conflicts=True,
    )


class ReachableBy(NamedTuple):
    """A number or address that somebody may be reached by, best first."""

    id: int
    patient_id: int
    system: str
    value: str
    line_type: str
    # The last sign that a number is theirs; ``is_vouched`` when it was verified and nobody noted when.
    seen_at: datetime | None = None
    is_vouched: bool = False


# A standing request for another number or address leaves only that one (R-A101).
REACHABLE = """
SELECT c.id, c.patient_id, c.system, c.value, c.line_type,
    CASE WHEN c.system = 'phone' THEN greatest(
        CASE WHEN c.state = 'verified' THEN c.state_changed_at END,
        CASE WHEN c.number_source IN ('patient_form', 'patient_page', 'patient_said')
            THEN c.given_on::timestamp AT TIME ZONE 'UTC' + interval '12 hours' END,
        (SELECT max(coalesce(a.result_at, a.sent_at)) FROM records_attempt a
            WHERE a.organisation_id = c.organisation_id AND a.to_value = c.value
              AND a.state IN ('delivered', 'read')),
        (SELECT max(r.received_at) FROM records_reply r
            WHERE r.patient_id = c.patient_id AND r.from_value = c.value),
        (SELECT max(v.started_at) FROM records_visit v WHERE v.patient_id = c.patient_id),
        (SELECT max(b.starts_at) FROM records_appointment b WHERE b.patient_id = c.patient_id
            AND b.status IN ('arrived', 'checked-in', 'fulfilled'))) END,
    c.state = 'verified' AND c.state_changed_at IS NULL
FROM records_contactpoint c
WHERE c.organisation_id = %s AND c.patient_id = ANY(%s) AND c.is_current
  AND c.state IN ('unverified', 'verified')
  AND NOT EXISTS (SELECT 1 FROM records_confidentialrequest w
      WHERE w.organisation_id = c.organisation_id AND w.patient_id = c.patient_id AND w.ended_at IS NULL
        AND CASE c.system WHEN 'phone' THEN w.phone ELSE w.email END NOT IN ('', c.value))
ORDER BY c.patient_id,
    coalesce((SELECT m.kind = 'reassigned' FROM records_numbermark m
        WHERE m.organisation_id = c.organisation_id AND m.value = c.value AND m.ended_at IS NULL
          AND m.kind IN ('same', 'reassigned') ORDER BY m.at DESC LIMIT 1), false),
    c.number_source IN ('previous_practice', 'insurer', 'skip_trace', 'other'),
    c.state = 'verified' DESC, c.rank, c.id
"""


def reachable_by(*, organisation_id: int, patient_ids: Sequence[int]) -> dict[int, list[ReachableBy]]:
    """Contact points in a state fit for use: verified ones first, then as the source ranks them.

    Those from elsewhere than the patient stand behind (R-A4), those with another owner last (R-A61).
    """
    found: dict[int, list[ReachableBy]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(REACHABLE, [organisation_id, sorted(set(patient_ids))])
        for row in map(ReachableBy._make, cursor.fetchall()):
            found[row.patient_id].append(row)
    return found

"""What became of claimed attempts: results, later reports, and the marks they leave on cases."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from rebook.records.models import Attempt, Case, ContactPoint, Task
from rebook.records.rows import as_ids, as_rows


class Outcome(NamedTuple):
    """The new state of one attempt. ``due_at`` is set when it goes back to wait (deferred)."""

    attempt_id: int
    state: str
    provider_message_id: str
    code: str
    due_at: datetime | None
    adds_a_try: bool


# A late answer still counts when a settler has already written "unknown"; anything else was decided.
RECORD = """
UPDATE records_attempt a SET
    state = v.state, provider_message_id = coalesce(nullif(v.provider_id, ''), a.provider_message_id),
    error_code = v.code, result_at = %(now)s, due_at = coalesce(v.due_at, a.due_at),
    tries = a.tries + v.tries,
    sent_at = CASE WHEN v.state IN ('accepted', 'sent', 'unknown') THEN coalesce(a.sent_at, a.claimed_at)
                   ELSE a.sent_at END
FROM json_to_recordset(%(rows)s::json) AS v(id bigint, state text, provider_id text, code text,
    due_at timestamptz, tries int)
WHERE a.id = v.id AND a.organisation_id = %(org)s AND a.state IN ('claimed', 'unknown')
  AND (%(worker)s = '' OR a.claimed_by = %(worker)s)
RETURNING a.id
"""


def record_outcomes(
    *, organisation_id: int, outcomes: Sequence[Outcome], worker: str, now: datetime
) -> set[int]:
    """Write results of attempts that ``worker`` claimed (empty: any); ids of those that were still open."""
    if not outcomes:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            {
                "org": organisation_id,
                "now": now,
                "worker": worker,
                "rows": as_rows(
                    {
                        "id": one.attempt_id,
                        "state": one.state,
                        "provider_id": one.provider_message_id[:120],
                        "code": one.code[:60],
                        "due_at": one.due_at,
                        "tries": int(one.adds_a_try),
                    }
                    for one in outcomes
                ),
            },
        )
        return {row[0] for row in cursor.fetchall()}


class Event(NamedTuple):
    attempt_id: int
    state: str
    code: str


def add_events(
    *, organisation_id: int, events: Sequence[Event], source: str, at: datetime | Sequence[datetime]
) -> None:
    """Append facts about attempts; one that is known already adds nothing."""
    if not events:
        return
    times = [at] * len(events) if isinstance(at, datetime) else list(at)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO records_attemptevent (organisation_id, attempt_id, state, at, source, code)
            SELECT %s, v.id, v.state, v.at, %s, v.code
            FROM json_to_recordset(%s::json) AS v(id bigint, state text, at timestamptz, code text)
            ON CONFLICT DO NOTHING
            """,
            [
                organisation_id,
                source,
                as_rows(
                    {"id": one.attempt_id, "state": one.state, "at": on, "code": one.code[:60]}
                    for one, on in zip(events, times, strict=True)
                ),
            ],
        )


def touch_cases(*, organisation_id: int, case_ids: Sequence[int], now: datetime) -> None:
    """A contact of these cases went out at ``now``."""
    if not case_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE records_case SET first_attempt_at = coalesce(first_attempt_at, %(now)s),
                last_attempt_at = greatest(last_attempt_at, %(now)s)
            WHERE organisation_id = %(org)s AND id = ANY(%(ids)s::bigint[])
            """,
            {"now": now, "org": organisation_id, "ids": as_ids(sorted(set(case_ids)))},
        )


class NextStep(NamedTuple):
    """The step after ``after_step`` of a case falls due at ``at``; None ends the sequence."""

    case_id: int
    after_step: int
    at: datetime | None


def set_next_steps(*, organisation_id: int, steps: Sequence[NextStep]) -> None:
    """Count the next step from when the one before really went out."""
    if not steps:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE records_case c SET next_step_at = v.at
            FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS v(id, after_step, at)
            WHERE c.id = v.id AND c.organisation_id = %s AND c.closed_at IS NULL
              AND c.step_index = v.after_step + 1
            """,
            [
                [one.case_id for one in steps],
                [one.after_step for one in steps],
                [one.at for one in steps],
                organisation_id,
            ],
        )


def reopen_steps(*, organisation_id: int, attempt_ids: Sequence[int], now: datetime) -> int:
    """Take cases back to the step whose attempt came to nothing, so that planning tries its other channels.

    Only where planning has not gone on since, and nothing of that step went out.
    """
    if not attempt_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE records_case c SET step_index = a.step_index, next_step_at = %(now)s
            FROM records_attempt a
            WHERE a.id = ANY(%(ids)s) AND a.organisation_id = %(org)s AND a.origin = 'campaign'
              AND c.id = a.case_id AND c.closed_at IS NULL AND c.step_index = a.step_index + 1
              AND NOT EXISTS (SELECT 1 FROM records_attempt b WHERE b.case_id = c.id
                  AND b.step_index = a.step_index AND b.origin = 'campaign'
                  AND b.state NOT IN ('refused', 'failed', 'expired'))
            """,
            {"now": now, "org": organisation_id, "ids": list(attempt_ids)},
        )
        return int(cursor.rowcount)


def spoil_contact_points(
    *, organisation_id: int, contact_point_ids: Sequence[int], reason: str, now: datetime
) -> int:
    """The vendor says that these numbers or addresses reach nobody."""
    return ContactPoint.objects.filter(
        organisation_id=organisation_id, pk__in=list(contact_point_ids), state__in=("unverified", "verified")
    ).update(state="invalid", state_reason=reason[:100], state_changed_at=now)


def mark_landlines(*, organisation_id: int, contact_point_ids: Sequence[int]) -> int:
    """The vendor says that these numbers take calls but no texts."""
    return ContactPoint.objects.filter(
        organisation_id=organisation_id, pk__in=list(contact_point_ids), system="phone"
    ).update(line_type="fixed_line")


class NewTask(NamedTuple):
    kind: str
    patient_id: int | None
    case_id: int | None
    attempt_id: int | None
    owner_id: int | None
    owner_role: str
    urgency: int
    due_in: timedelta
    note: str = ""


def add_tasks(*, organisation_id: int, tasks: Sequence[NewTask], now: datetime) -> None:
    """Open work for people; one task of a kind per attempt, however often it is asked for."""
    Task.objects.bulk_create(
        [
            Task(
                organisation_id=organisation_id,
                kind=one.kind,
                patient_id=one.patient_id,
                case_id=one.case_id,
                attempt_id=one.attempt_id,
                owner_id=one.owner_id,
                owner_role=one.owner_role,
                urgency=one.urgency,
                opened_at=now,
                due_at=now + one.due_in,
                note=one.note,
            )
            for one in tasks
        ],
        ignore_conflicts=True,
    )


# A later word never takes back a stronger one (R-D13); "failed" after "delivered" is a vendor's slip.
_RANK = {"claimed": 0, "unknown": 1, "accepted": 2, "sent": 3, "failed": 4, "delivered": 5, "read": 6}


class ReportedAttempt(NamedTuple):
    id: int
    patient_id: int
    case_id: int | None
    contact_point_id: int | None
    to_value: str
    channel: str
    state: str


def lock_reported(*, organisation_id: int, provider_message_ids: Sequence[str]) -> dict[str, ReportedAttempt]:
    """The attempts that these vendor ids belong to, locked."""
    rows = (
        Attempt.objects.select_for_update(no_key=True)
        .filter(organisation_id=organisation_id, provider_message_id__in=set(provider_message_ids) - {""})
        .order_by("pk")
    )
    return {
        row.provider_message_id: ReportedAttempt(
            row.pk,
            row.patient_id,
            row.case_id,
            row.contact_point_id,
            row.to_value,
            row.channel,
            row.state,
        )
        for row in rows
    }


def advance_state(*, organisation_id: int, attempt: ReportedAttempt, state: str, code: str) -> bool:
    """Move an attempt forward to a reported state; False when it is already as far."""
    if _RANK[state] <= _RANK.get(attempt.state, 99):
        return False
    values = {"state": state} | ({"error_code": code[:60]} if state == "failed" else {})
    return bool(Attempt.objects.filter(organisation_id=organisation_id, pk=attempt.id).update(**values))


def mark_reached(*, organisation_id: int, case_id: int, at: datetime) -> None:
    Case.objects.filter(organisation_id=organisation_id, pk=case_id, reached_at__isnull=True).update(
        reached_at=at
    )


def put_back(*, organisation_id: int, attempt_ids: Sequence[int], now: datetime) -> int:
    """The vendor never heard of these: they wait again, and the guard is asked again before they go."""
    return Attempt.objects.filter(
        organisation_id=organisation_id, pk__in=list(attempt_ids), state__in=("claimed", "unknown")
    ).update(state="planned", sent_at=None, result_at=None, claimed_at=None, claimed_by="", error_code="")

"""Attempts: written before the call, claimed by one worker, their result recorded after (promise 1).

Every statement here works on a whole batch; the caller's transaction decides what stands or falls together.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason
from rebook.records.models import Attempt, PatientLink
from rebook.records.rows import as_ids, as_rows


def as_json(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    """Reasons as the ledger keeps them."""
    return [reason.as_json() for reason in reasons]


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """A row to write before anything is sent. ``link_hash`` is empty for messages without a patient link."""

    patient_id: int
    case_id: int | None
    origin: str
    step_index: int
    channel: str
    reference: str
    purpose: str
    contact_point_id: int | None
    to_value: str
    template_key: str
    template_hash: str
    language: str
    subject: str
    body: str
    body_html: str
    unsubscribe_url: str
    segments: int
    state: str
    due_at: datetime
    expires_at: datetime
    decision: Decision
    link_hash: str = ""


def add_attempts(
    *, organisation_id: int, attempts: Sequence[NewAttempt], link_expires_at: datetime, now: datetime
) -> list[int]:
    """Write the rows, the guard's decision on each, and the links in their texts; the new ids in order."""
    rows = Attempt.objects.bulk_create(
        Attempt(
            organisation_id=organisation_id,
            patient_id=new.patient_id,
            case_id=new.case_id,
            origin=new.origin,
            step_index=new.step_index,
            channel=new.channel,
            reference=new.reference,
            purpose=new.purpose,
            lawful_basis=new.decision.lawful_basis,
            contact_point_id=new.contact_point_id,
            to_value=new.to_value,
            template_key=new.template_key,
            template_hash=new.template_hash,
            language=new.language,
            subject=new.subject,
            body=new.body,
            body_html=new.body_html,
            unsubscribe_url=new.unsubscribe_url,
            segments=new.segments,
            state=new.state,
            planned_at=now,
            due_at=new.due_at,
            expires_at=new.expires_at,
            result_at=now if new.state in ("refused", "expired") else None,
            reasons=as_json(new.decision.reasons),
        )
        for new in attempts
    )
    PatientLink.objects.bulk_create(
        PatientLink(
            organisation_id=organisation_id,
            token_hash=new.link_hash,
            patient_id=new.patient_id,
            case_id=new.case_id,
            attempt_id=row.pk,
            created_at=now,
            expires_at=link_expires_at,
        )
        for new, row in zip(attempts, rows, strict=True)
        if new.link_hash
    )
    add_decisions(
        organisation_id=organisation_id,
        decisions=[
            JudgedContact(new.patient_id, row.pk, new.case_id, new.channel, new.decision)
            for new, row in zip(attempts, rows, strict=True)
        ],
        now=now,
    )
    return [row.pk for row in rows]


class JudgedContact(NamedTuple):
    patient_id: int
    attempt_id: int | None
    case_id: int | None
    channel: str
    decision: Decision


ADD_DECISIONS = """
INSERT INTO records_guarddecision
    (organisation_id, patient_id, attempt_id, case_id, channel, verdict, reasons, decided_at, defer_until)
SELECT %(org)s, v.patient_id, v.attempt_id, v.case_id, v.channel, v.verdict, v.reasons, %(now)s,
       v.until
FROM json_to_recordset(%(rows)s::json) AS v(patient_id bigint, attempt_id bigint, case_id bigint,
    channel text, verdict text, reasons jsonb, until timestamptz)
"""


def add_decisions(*, organisation_id: int, decisions: Sequence[JudgedContact], now: datetime) -> None:
    """Append what the guard said, with its reasons."""
    if not decisions:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ADD_DECISIONS,
            {
                "org": organisation_id,
                "now": now,
                "rows": as_rows(
                    {
                        "patient_id": one.patient_id,
                        "attempt_id": one.attempt_id,
                        "case_id": one.case_id,
                        "channel": one.channel,
                        "verdict": one.decision.verdict,
                        "reasons": as_json(one.decision.reasons),
                        "until": one.decision.defer_until if one.decision.verdict == "defer" else None,
                    }
                    for one in decisions
                ),
            },
        )


class DueAttempt(NamedTuple):
    """A row that may be claimed, locked by this transaction."""

    id: int
    patient_id: int
    case_id: int | None
    household_key: str
    origin: str
    purpose: str
    channel: str
    step_index: int
    reference: str
    contact_point_id: int | None
    to_value: str
    template_key: str
    template_hash: str
    language: str
    subject: str
    body: str
    body_html: str
    unsubscribe_url: str
    due_at: datetime
    expires_at: datetime
    tries: int
    campaign_id: int | None = None
    # When the patient likes to be reached, and by which clock.
    preferred_day_part: str = ""
    time_zone: str = ""
    home_location_id: int | None = None


# What is paused or stopped is not asked about at all: it waits as it is until somebody lets it go on.
LOCK_DUE = """
SELECT a.id, a.patient_id, a.case_id, p.household_key, a.origin, a.purpose, a.channel, a.step_index,
       a.reference, a.contact_point_id, a.to_value, a.template_key, a.template_hash, a.language, a.subject,
       a.body, a.body_html, a.unsubscribe_url, a.due_at, a.expires_at, a.tries, c.campaign_id,
       p.preferred_day_part, p.time_zone, p.home_location_id
FROM records_attempt a
JOIN records_patient p ON p.id = a.patient_id
LEFT JOIN records_case c ON c.id = a.case_id
LEFT JOIN records_campaign k ON k.id = c.campaign_id
WHERE a.organisation_id = %(org)s AND a.state IN ('planned', 'deferred') AND a.due_at <= %(now)s
  AND a.channel = ANY(%(channels)s) AND (%(only)s::bigint[] IS NULL OR a.id = ANY(%(only)s))
  AND (a.origin <> 'campaign' OR NOT %(answers)s)
  AND (c.paused_at IS NULL OR c.closed_at IS NOT NULL) AND (k.id IS NULL OR k.state = 'active')
  AND NOT EXISTS (
      SELECT 1 FROM records_stop s
      WHERE s.organisation_id = %(org)s AND s.ended_at IS NULL
        AND (s.scope = 'organisation' OR s.scope = 'channel' AND s.key = a.channel
             OR s.scope = 'campaign' AND s.key = c.campaign_id::text))
ORDER BY a.due_at, a.id LIMIT %(limit)s
FOR UPDATE OF a SKIP LOCKED
"""


def lock_due(
    *,
    organisation_id: int,
    now: datetime,
    limit: int,
    channels: Sequence[str],
    only: Sequence[int] | None = None,
    answers: bool = False,
) -> list[DueAttempt]:
    """Up to ``limit`` due attempts on these kinds of channel, that no other worker has in hand.

    ``answers`` leaves campaigns out.

    At most one per person, household and number: a cap counts what was claimed before, so those that share
    one are judged one after the other. Who lost the race for the lock waits for the next round.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            LOCK_DUE,
            {
                "org": organisation_id,
                "now": now,
                "limit": limit,
                "channels": list(channels),
                "only": list(only) if only is not None else None,
                "answers": answers,
            },
        )
        due = list(map(DueAttempt._make, cursor.fetchall()))
        chosen: list[tuple[DueAttempt, set[int]]] = []
        taken: set[int] = set()
        for one in due:
            keys = _shared_keys(organisation_id, one)
            if not keys & taken:
                taken |= keys
                chosen.append((one, keys))
        cursor.execute(
            "SELECT k FROM unnest(%s::bigint[]) AS k WHERE pg_try_advisory_xact_lock(k)",
            [as_ids(sorted(taken))],
        )
        ours = {row[0] for row in cursor.fetchall()}
    return [one for one, keys in chosen if keys <= ours]


def _shared_keys(organisation_id: int, one: DueAttempt) -> set[int]:
    names = [f"house:{one.household_key}" if one.household_key else f"patient:{one.patient_id}"]
    if one.to_value:
        names.append(f"number:{one.to_value}")
    return {_lock_key(f"{organisation_id}:{name}") for name in names}


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


class Ruling(NamedTuple):
    """What becomes of a locked attempt: claimed, deferred, refused or expired."""

    attempt_id: int
    state: str
    due_at: datetime
    decision: Decision
    adapter: str


APPLY_RULINGS = """
UPDATE records_attempt a SET
    state = v.state, due_at = v.due_at, reasons = v.reasons,
    lawful_basis = CASE WHEN v.state = 'claimed' THEN v.basis ELSE a.lawful_basis END,
    adapter = CASE WHEN v.state = 'claimed' THEN v.adapter ELSE a.adapter END,
    claimed_at = CASE WHEN v.state = 'claimed' THEN %(now)s ELSE a.claimed_at END,
    claimed_by = CASE WHEN v.state = 'claimed' THEN %(worker)s ELSE a.claimed_by END,
    result_at = CASE WHEN v.state IN ('refused', 'expired') THEN %(now)s ELSE a.result_at END
FROM json_to_recordset(%(rows)s::json) AS v(id bigint, state text, due_at timestamptz, reasons jsonb,
    basis text, adapter text)
WHERE a.id = v.id AND a.organisation_id = %(org)s AND a.state IN ('planned', 'deferred')
"""


def apply_rulings(*, organisation_id: int, rulings: Sequence[Ruling], worker: str, now: datetime) -> int:
    """Write the guard's word on locked attempts; returns the rows changed."""
    if not rulings:
        return 0
    parameters: dict[str, Any] = {
        "org": organisation_id,
        "now": now,
        "worker": worker,
        "rows": as_rows(
            {
                "id": one.attempt_id,
                "state": one.state,
                "due_at": one.due_at,
                "reasons": as_json(one.decision.reasons),
                "basis": one.decision.lawful_basis,
                "adapter": one.adapter,
            }
            for one in rulings
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(APPLY_RULINGS, parameters)
        return int(cursor.rowcount)

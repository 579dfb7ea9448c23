"""Replies as received, what they were read as, the answers planned for them, and what becomes of the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest

from rebook.core.channel import InboundMessage
from rebook.records.models import Attempt, AttemptEvent, Case, ContactPoint, Patient, Reply


@dataclass(frozen=True, slots=True)
class StoredReply:
    id: int
    is_new: bool
    # Empty until the message was read and acted upon.
    intent: str


def store_reply(*, organisation_id: int, channel: str, message: InboundMessage) -> StoredReply:
    """Keep a message exactly as received, once per vendor's id (R-A50, R-D34)."""
    row, is_new = Reply.objects.get_or_create(
        organisation_id=organisation_id,
        channel=channel,
        provider_message_id=message.provider_message_id,
        defaults={
            "from_value": message.from_value[:254],
            "to_value": message.to_value[:254],
            # PostgreSQL keeps no NUL in text; nobody types one.
            "body": message.body.replace("\x00", ""),
            "received_at": message.received_at,
        },
    )
    return StoredReply(row.pk, is_new, row.intent)


def lock_reply(*, organisation_id: int, reply_id: int) -> Any:
    """The reply's row for this transaction alone, or None."""
    rows = Reply.objects.select_for_update(no_key=True)
    return rows.filter(organisation_id=organisation_id, pk=reply_id).first()


def save_reading(
    *,
    organisation_id: int,
    reply_id: int,
    patient_id: int | None,
    case_id: int | None,
    attempt_id: int | None,
    intent: str,
    intents: list[dict[str, object]],
    language: str,
    is_handled: bool,
    now: datetime,
) -> None:
    """What the message was read as, and whose it is. ``is_handled``: nothing is left for a person."""
    Reply.objects.filter(organisation_id=organisation_id, pk=reply_id).update(
        patient_id=patient_id,
        case_id=case_id,
        attempt_id=attempt_id,
        intent=intent,
        intents=intents,
        language=language[:8],
        state="handled" if is_handled else "new",
        handled_at=now if is_handled else None,
        handled_by="system" if is_handled else "",
    )


def mark_handled(*, organisation_id: int, reply_id: int, by: str, now: datetime) -> bool:
    rows = Reply.objects.filter(organisation_id=organisation_id, pk=reply_id, state="new")
    return bool(rows.update(state="handled", handled_at=now, handled_by=by[:100]))


# --- the case ------------------------------------------------------------------------------------------


def _open(organisation_id: int, case_ids: Sequence[int]) -> Any:
    return Case.objects.filter(organisation_id=organisation_id, pk__in=case_ids, closed_at__isnull=True)


def note_response(
    *, organisation_id: int, case_id: int, barrier: str, is_reached: bool, now: datetime
) -> None:
    """The patient spoke: the first time counts; a barrier named later replaces one named before."""
    rows = Case.objects.filter(organisation_id=organisation_id, pk=case_id)
    changes: dict[str, Any] = {"responded_at": Coalesce(F("responded_at"), now)}
    if is_reached:
        changes["reached_at"] = Coalesce(F("reached_at"), now)
    if barrier:
        changes["barrier"] = barrier
    rows.update(**changes)


def note_reached(*, organisation_id: int, case_id: int, now: datetime) -> None:
    Case.objects.filter(organisation_id=organisation_id, pk=case_id, reached_at__isnull=True).update(
        reached_at=now
    )


def pause_case(*, organisation_id: int, case_id: int, reason: str, now: datetime) -> bool:
    """Nothing more is planned until somebody lets it go on (R-A191). A graver reason replaces "reply"."""
    rows = _open(organisation_id, [case_id]).exclude(pause_reason="booked")
    return bool(
        rows.filter(Q(paused_at__isnull=True) | Q(pause_reason="reply")).update(
            paused_at=now, pause_reason=reason[:40]
        )
    )


def resume_case(*, organisation_id: int, case_id: int, not_before: datetime | None = None) -> bool:
    """The sequence goes on where it was, at the earliest at ``not_before``. A booked case stays as it is."""
    rows = _open(organisation_id, [case_id]).exclude(pause_reason="booked")
    changes: dict[str, Any] = {"paused_at": None, "pause_reason": ""}
    if not_before is not None:
        changes["next_step_at"] = Greatest(F("next_step_at"), not_before)
    return bool(rows.update(**changes))


def close_case(*, organisation_id: int, case_id: int, outcome: str, detail: str, now: datetime) -> bool:
    """End it with its one outcome, and take back what was waiting to go out; False when it is closed."""
    closed = _open(organisation_id, [case_id]).update(
        outcome=outcome, outcome_detail=detail[:100], closed_at=now, next_step_at=None, paused_at=None,
        pause_reason="",
    )  # fmt: skip
    if closed:
        refuse_waiting(
            organisation_id=organisation_id,
            which=Q(case_id=case_id),
            rule="case_closed",
            detail=f"the case ended: {outcome}",
            now=now,
        )
    return bool(closed)


def open_case_of(*, organisation_id: int, patient_id: int) -> int | None:
    row = Case.objects.filter(
        organisation_id=organisation_id, patient_id=patient_id, closed_at__isnull=True
    ).first()
    return row.pk if row else None


# --- attempts ------------------------------------------------------------------------------------------


def refuse_waiting(*, organisation_id: int, which: Q, rule: str, detail: str, now: datetime) -> int:
    """Refuse planned and deferred attempts with a reason; one that a worker has claimed is on its way."""
    return Attempt.objects.filter(
        which, organisation_id=organisation_id, state__in=("planned", "deferred")
    ).update(state="refused", result_at=now, reasons=[{"rule": rule, "detail": detail}])


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """A fixed answer to plan. ``reference`` is unique: asking twice plans once."""

    reference: str
    origin: str
    patient_id: int
    channel: str
    contact_point_id: int | None
    to_value: str
    purpose: str
    template_key: str
    template_hash: str
    language: str
    body: str
    segments: int
    expires_at: datetime


def plan_answer(*, organisation_id: int, answer: NewAnswer, now: datetime) -> int | None:
    """Write an answer that is due at once; the guard is asked when it is claimed. None when it exists."""
    if Attempt.objects.filter(reference=answer.reference).exists():
        return None
    row = Attempt.objects.create(
        organisation_id=organisation_id,
        # No case: a paused or closed case must not keep the answer back.
        case_id=None,
        patient_id=answer.patient_id,
        origin=answer.origin,
        channel=answer.channel,
        reference=answer.reference,
        purpose=answer.purpose,
        contact_point_id=answer.contact_point_id,
        to_value=answer.to_value,
        template_key=answer.template_key,
        template_hash=answer.template_hash,
        language=answer.language,
        body=answer.body,
        segments=answer.segments,
        planned_at=now,
        due_at=now,
        expires_at=answer.expires_at,
        reasons=[{"rule": "answers_a_message", "detail": answer.template_key}],
    )
    return row.pk


def note_call(
    *, organisation_id: int, attempt_id: int, disposition: str, is_reached: bool, now: datetime
) -> None:
    """What came of a call, appended to its attempt; a call that reached somebody counts as delivered."""
    AttemptEvent.objects.get_or_create(
        organisation_id=organisation_id,
        attempt_id=attempt_id,
        state="delivered" if is_reached else "sent",
        source="staff",
        code=disposition,
        defaults={"at": now},
    )
    rows = Attempt.objects.filter(
        organisation_id=organisation_id, pk=attempt_id, state__in=("accepted", "sent")
    )
    rows.update(state="delivered" if is_reached else "sent", result_at=now)


# --- the person ----------------------------------------------------------------------------------------


def mark_number(*, organisation_id: int, value: str, patient_id: int | None, state: str, reason: str,
                now: datetime) -> int:  # fmt: skip
    """Mark a number or address of one patient, or of everybody who has it; rows changed."""
    rows = ContactPoint.objects.filter(organisation_id=organisation_id, value=value)
    if patient_id is not None:
        rows = rows.filter(patient_id=patient_id)
    return rows.exclude(state=state).update(state=state, state_reason=reason[:100], state_changed_at=now)


def mark_left(*, organisation_id: int, patient_id: int, on: date) -> bool:
    """The patient goes elsewhere now; a day known before stays."""
    return bool(
        Patient.objects.filter(
            organisation_id=organisation_id, pk=patient_id, left_practice_on__isnull=True
        ).update(left_practice_on=on)
    )

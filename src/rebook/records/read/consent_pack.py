"""Everything between the practice and one number or person, as evidence (R-A7, R-A50, R-A109)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from rebook.accounts.models import AuditEvent
from rebook.records.models import Attempt, AttemptEvent, GuardDecision, Patient, Reply
from rebook.records.read.consent import Entry, entries, everybody_in
from rebook.records.read.worklist import full_name


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What the guard said of one attempt, with the rules and what they saw."""

    at: datetime
    verdict: str
    reasons: tuple[dict[str, str], ...]
    defer_until: datetime | None


@dataclass(frozen=True, slots=True)
class EventLine:
    at: datetime
    state: str
    source: str
    code: str


@dataclass(frozen=True, slots=True)
class AttemptEvidence:
    """One attempt: what was sent or kept back, on what ground, and what became of it."""

    id: int
    patient_id: int
    channel: str
    origin: str
    purpose: str
    to_value: str
    state: str
    planned_at: datetime
    due_at: datetime
    sent_at: datetime | None
    template_key: str
    template_hash: str
    language: str
    lawful_basis: str
    subject: str
    body: str
    provider_message_id: str
    reasons: tuple[dict[str, str], ...]
    decisions: tuple[DecisionLine, ...]
    events: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class ReplyEvidence:
    """A message of theirs exactly as received, and what it was read as."""

    id: int
    channel: str
    from_value: str
    received_at: datetime
    body: str
    intent: str
    intents: tuple[dict[str, Any], ...]
    handled_by: str


@dataclass(frozen=True, slots=True)
class TrailLine:
    sequence: int
    at: datetime
    actor: str
    action: str
    hash: str


@dataclass(frozen=True, slots=True)
class Pack:
    """All of it, oldest first. ``people``: (id, name, number in the practice's system)."""

    value: str
    people: tuple[tuple[int, str, str], ...]
    consents: tuple[Entry, ...]
    attempts: tuple[AttemptEvidence, ...]
    replies: tuple[ReplyEvidence, ...]
    trail: tuple[TrailLine, ...]


def pack(*, organisation_id: int, value: str = "", patient_id: int | None = None) -> Pack:
    """About a number (``value`` as the ledger writes it: whoever was contacted on it) or about a person."""
    mine = {"organisation_id": organisation_id}
    if patient_id is not None:
        people = everybody_in(**mine, patient_id=patient_id)
        to, by = Q(patient_id__in=people), Q(patient_id__in=people)
    else:
        to, by = Q(to_value=value), Q(from_value=value)
        people = list(
            Patient.objects.filter(**mine, contact_points__value=value)
            .distinct()
            .values_list("pk", flat=True)
        )
    attempts = list(Attempt.objects.filter(to, **mine).order_by("planned_at", "pk"))
    replies = Reply.objects.filter(by, **mine).order_by("received_at", "pk")
    return Pack(
        value=value,
        people=tuple(
            (row.pk, full_name(row), row.external_id)
            for row in Patient.objects.filter(**mine, pk__in=people).order_by("pk")
        ),
        consents=tuple(reversed(entries(**mine, value=value, patient_id=patient_id))),
        attempts=_attempts(attempts),
        replies=tuple(_reply(row) for row in replies),
        trail=_trail(organisation_id, people, only_consent=patient_id is None),
    )


def _attempts(rows: Sequence[Attempt]) -> tuple[AttemptEvidence, ...]:
    ids = [row.pk for row in rows]
    decisions: dict[int, list[DecisionLine]] = defaultdict(list)
    for one in GuardDecision.objects.filter(attempt_id__in=ids).order_by("decided_at", "pk"):
        line = DecisionLine(one.decided_at, one.verdict, tuple(one.reasons), one.defer_until)
        decisions[one.attempt_id or 0].append(line)
    events: dict[int, list[EventLine]] = defaultdict(list)
    for event in AttemptEvent.objects.filter(attempt_id__in=ids).order_by("at", "pk"):
        events[event.attempt_id].append(EventLine(event.at, event.state, event.source, event.code))
    plain = (
        "patient_id", "channel", "origin", "purpose", "to_value", "state", "planned_at", "due_at", "sent_at",
        "template_key", "template_hash", "language", "lawful_basis", "subject", "body", "provider_message_id",
    )  # fmt: skip
    return tuple(
        AttemptEvidence(
            id=row.pk,
            **{name: getattr(row, name) for name in plain},
            reasons=tuple(row.reasons),
            decisions=tuple(decisions[row.pk]),
            events=tuple(events[row.pk]),
        )
        for row in rows
    )


def _reply(row: Reply) -> ReplyEvidence:
    return ReplyEvidence(
        row.pk,
        row.channel,
        row.from_value,
        row.received_at,
        row.body,
        row.intent,
        tuple(row.intents),
        row.handled_by,
    )


def _trail(organisation_id: int, people: Sequence[int], *, only_consent: bool) -> tuple[TrailLine, ...]:
    """Who saw and changed these patients; about a number only what concerns consent."""
    rows = AuditEvent.objects.filter(
        organisation_id=organisation_id,
        subject_kind="patient",
        subject_id__in=[str(one) for one in people],
    )
    if only_consent:
        rows = rows.filter(action__startswith="consent.")
    return tuple(
        TrailLine(row.sequence, row.at, row.actor, row.action, row.hash) for row in rows.order_by("sequence")
    )


def chain_end(*, organisation_id: int) -> tuple[int, str]:
    """(number, hash) of the newest line of the trail: what proves that none was added or taken out before."""
    row = AuditEvent.objects.filter(organisation_id=organisation_id).order_by("-sequence").first()
    return (row.sequence, row.hash) if row else (0, "")

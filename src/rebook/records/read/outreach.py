"""Attempts counted and listed: nothing that was planned is ever out of sight (promise 1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from rebook.records.models import Attempt, GuardDecision

# What counts as gone out, in the equation planned = sent + refused + deferred + unknown + failed + expired.
GONE_OUT = ("accepted", "sent", "delivered", "read")


@dataclass(frozen=True, slots=True)
class AttemptTotals:
    """Every attempt ever planned, by where it is now. ``waiting`` and ``in_the_air`` are on their way."""

    planned: int
    sent: int
    refused: int
    deferred: int
    unknown: int
    failed: int
    expired: int
    waiting: int
    in_the_air: int

    @property
    def adds_up(self) -> bool:
        """Nothing was lost: every attempt is in exactly one place."""
        return self.planned == (
            self.sent
            + self.refused
            + self.deferred
            + self.unknown
            + self.failed
            + self.expired
            + self.waiting
            + self.in_the_air
        )


def attempt_totals(
    *, organisation_id: int, campaign_id: int | None = None, since: datetime | None = None
) -> AttemptTotals:
    """Counts over all attempts of the organisation, or of one campaign, planned since an instant."""
    rows = _attempts(organisation_id, campaign_id, since)
    by_state = dict(rows.values_list("state").annotate(n=Count("pk")).order_by("state"))
    return AttemptTotals(
        planned=rows.count(),
        sent=sum(by_state.get(state, 0) for state in GONE_OUT),
        refused=by_state.get("refused", 0),
        deferred=by_state.get("deferred", 0),
        unknown=by_state.get("unknown", 0),
        failed=by_state.get("failed", 0),
        expired=by_state.get("expired", 0),
        waiting=by_state.get("planned", 0),
        in_the_air=by_state.get("claimed", 0),
    )


def _attempts(organisation_id: int, campaign_id: int | None, since: datetime | None) -> QuerySet[Attempt]:
    rows = Attempt.objects.filter(organisation_id=organisation_id)
    if campaign_id is not None:
        rows = rows.filter(case__campaign_id=campaign_id)
    return rows if since is None else rows.filter(planned_at__gte=since)


@dataclass(frozen=True, slots=True)
class AttemptLine:
    id: int
    channel: str
    origin: str
    state: str
    planned_at: datetime
    due_at: datetime
    sent_at: datetime | None
    template_key: str
    language: str
    reasons: tuple[dict[str, Any], ...]
    error_code: str


def attempts_of(*, organisation_id: int, patient_id: int, limit: int = 100) -> tuple[AttemptLine, ...]:
    """The attempts to reach a patient, newest first."""
    rows = Attempt.objects.filter(organisation_id=organisation_id, patient_id=patient_id)
    return tuple(
        AttemptLine(
            id=row.pk,
            channel=row.channel,
            origin=row.origin,
            state=row.state,
            planned_at=row.planned_at,
            due_at=row.due_at,
            sent_at=row.sent_at,
            template_key=row.template_key,
            language=row.language,
            reasons=tuple(row.reasons),
            error_code=row.error_code,
        )
        for row in rows.order_by("-planned_at", "-pk")[:limit]
    )


@dataclass(frozen=True, slots=True)
class DecisionLine:
    decided_at: datetime
    channel: str
    verdict: str
    reasons: tuple[dict[str, Any], ...]
    defer_until: datetime | None
    attempt_id: int | None


def decisions_of(*, organisation_id: int, patient_id: int, limit: int = 100) -> tuple[DecisionLine, ...]:
    """What the guard decided about a patient, newest first."""
    rows = GuardDecision.objects.filter(organisation_id=organisation_id, patient_id=patient_id)
    return tuple(
        DecisionLine(
            decided_at=row.decided_at,
            channel=row.channel,
            verdict=row.verdict,
            reasons=tuple(row.reasons),
            defer_until=row.defer_until,
            attempt_id=row.attempt_id,
        )
        for row in rows.order_by("-decided_at", "-pk")[:limit]
    )

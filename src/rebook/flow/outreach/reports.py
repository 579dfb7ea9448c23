"""What vendors say later of a message: delivered, read, or that it failed after all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rebook.core.channel import DeliveryReport
from rebook.records.write import results
from rebook.records.write.results import Event, ReportedAttempt

from .recording import opt_out_by_provider
from .test_sends_later import report_tests


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """Reports that moved an attempt on, that told nothing new, and that name no attempt of ours."""

    applied: int = 0
    known: int = 0
    unmatched: int = 0


def record_reports(
    *, organisation_id: int, channel: str, reports: Sequence[DeliveryReport], now: datetime
) -> ReportSummary:
    """Apply delivery reports of the adapter ``channel``, in any order and however often they come (R-D13)."""
    totals: Counter[str] = Counter()
    with transaction.atomic(durable=True):
        attempts = results.lock_reported(
            organisation_id=organisation_id,
            provider_message_ids=[report.provider_message_id for report in reports],
        )
        tests = report_tests(organisation_id=organisation_id, reports=reports)
        for report in sorted(reports, key=lambda one: one.at):
            if report.provider_message_id in tests:
                totals["applied"] += 1
                continue
            attempt = attempts.get(report.provider_message_id)
            if attempt is None:
                totals["unmatched"] += 1
                continue
            results.add_events(
                organisation_id=organisation_id,
                events=[Event(attempt.id, report.state, report.code)],
                source="provider",
                at=report.at,
            )
            moved = results.advance_state(
                organisation_id=organisation_id, attempt=attempt, state=report.state, code=report.code
            )
            totals["applied" if moved else "known"] += 1
            if moved:
                attempts[report.provider_message_id] = attempt._replace(state=report.state)
                _effects(organisation_id, attempt, report, now=now)
    return ReportSummary(totals["applied"], totals["known"], totals["unmatched"])


def _effects(
    organisation_id: int, attempt: ReportedAttempt, report: DeliveryReport, *, now: datetime
) -> None:
    # What lies unread in a portal has reached nobody (R-D61).
    arrived = ("read",) if attempt.channel == "portal" else ("delivered", "read")
    if report.state in arrived and attempt.case_id:
        results.mark_reached(organisation_id=organisation_id, case_id=attempt.case_id, at=report.at)
    if report.state != "failed":
        return
    results.reopen_steps(organisation_id=organisation_id, attempt_ids=[attempt.id], now=now)
    point = attempt.contact_point_id
    if report.failure == "permanent_number" and point:
        results.spoil_contact_points(
            organisation_id=organisation_id, contact_point_ids=[point], reason=report.code, now=now
        )
    elif report.failure == "permanent_channel" and point and attempt.channel == "sms":
        results.mark_landlines(organisation_id=organisation_id, contact_point_ids=[point])
    elif report.failure == "opt_out":
        opt_out_by_provider(
            organisation_id=organisation_id,
            patient_id=attempt.patient_id,
            value=attempt.to_value,
            channel=attempt.channel,
            code=report.code,
            now=now,
        )

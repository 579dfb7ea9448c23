"""Statements of consent, appended; and what a revocation takes back at once (R-A27, R-A52)."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason
from rebook.records.models import Attempt, Consent
from rebook.records.write.attempts import JudgedContact, add_decisions


def add_statements(
    *,
    organisation_id: int,
    value: str,
    patient_id: int | None,
    channels: Sequence[str],
    state: str,
    origin: str,
    wording: str,
    by: str,
    now: datetime,
) -> int:
    """One line per channel for the number (whoever owns it) and one for the person; lines written.

    ``value`` "" writes only the person's, ``patient_id`` None only the number's. Raises ``ValueError`` when
    both are missing.
    """
    if not value and patient_id is None:
        raise ValueError("a statement of consent names a number or a person")
    owners = ([(None, value)] if value else []) + ([(patient_id, "")] if patient_id is not None else [])
    lines = [
        Consent(
            organisation_id=organisation_id,
            patient_id=owner,
            contact_value=number,
            channel=channel,
            state=state,
            origin=origin,
            wording=wording.replace("\x00", ""),
            recorded_by=by[:100],
            at=now,
        )
        for channel in channels
        for owner, number in owners
    ]
    return len(Consent.objects.bulk_create(lines))


def refuse_revoked(
    *, organisation_id: int, value: str, patient_id: int | None, channels: Sequence[str], now: datetime
) -> int:
    """Refuse every waiting attempt that the revocation reaches, before the next send; how many.

    Call it before anything else is written in the transaction: workers lock attempts first too.
    """
    reached = Q(pk__in=[])
    for channel in channels:
        on = Q() if channel == "all" else Q(channel=channel)
        if value:
            reached |= on & Q(to_value=value)
        if patient_id is not None:
            reached |= on & Q(patient_id=patient_id)
    rows = list(
        Attempt.objects.select_for_update(no_key=True)
        .filter(reached, organisation_id=organisation_id, state__in=("planned", "deferred"))
        .order_by("pk")
    )
    reason = Reason("opted_out", f"opted out of {', '.join(channels)} on {now:%Y-%m-%d}")
    Attempt.objects.filter(pk__in=[row.pk for row in rows]).update(
        state="refused", result_at=now, reasons=[reason.as_json()]
    )
    add_decisions(
        organisation_id=organisation_id,
        decisions=[
            JudgedContact(row.patient_id, row.pk, row.case_id, row.channel, Decision("refuse", (reason,)))
            for row in rows
        ],
        now=now,
    )
    return len(rows)


def refuse_waiting_for(
    *, organisation_id: int, patient_id: int, rule: str, detail: str, now: datetime
) -> int:
    """Refuse everything that waits to go out to a patient; how many."""
    return Attempt.objects.filter(
        organisation_id=organisation_id, patient_id=patient_id, state__in=("planned", "deferred")
    ).update(state="refused", result_at=now, reasons=[{"rule": rule, "detail": detail}])

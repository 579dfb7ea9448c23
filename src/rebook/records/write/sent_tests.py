"""Tests that members send to themselves: appended, never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rebook.core.outreach.values import Decision
from rebook.records.models import SentTest, SentTestFact


def add_sent_test(
    *, organisation_id: int, columns: Mapping[str, Any], decision: Decision, now: datetime
) -> int:
    """Write one test down with the guard's verdict; when it is allowed, as claimed too. Its id.

    ``columns`` as in ``records.models.SentTest``.
    """
    row = SentTest.objects.create(
        organisation_id=organisation_id,
        verdict=decision.verdict,
        reasons=[one.as_json() for one in decision.reasons],
        lawful_basis=decision.lawful_basis,
        asked_at=now,
        **columns,
    )
    if decision.verdict == "allow":
        add_fact(organisation_id=organisation_id, test_id=row.pk, state="claimed", source="worker", at=now)
    return row.pk


def add_fact(
    *,
    organisation_id: int,
    test_id: int,
    state: str,
    source: str,
    at: datetime,
    code: str = "",
    provider_message_id: str = "",
) -> bool:
    """Append one fact; False when it was known."""
    _, is_new = SentTestFact.objects.get_or_create(
        test_id=test_id,
        state=state,
        source=source,
        code=code[:60],
        defaults={
            "organisation_id": organisation_id,
            "at": at,
            "provider_message_id": provider_message_id[:120],
        },
    )
    return is_new

"""Keep tests on wording and the arms that were drawn."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rebook.records.models import WordingAssignment, WordingTest


def add_test(
    *,
    organisation_id: int,
    campaign_id: int,
    template_key: str,
    channel: str,
    plan: dict[str, Any],
    actor: str,
    now: datetime,
) -> int:
    """A running test; its id. The database allows one at a time for a text of a campaign."""
    row = WordingTest.objects.create(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        template_key=template_key,
        channel=channel,
        plan=plan,
        started_at=now,
        started_by=actor,
    )
    return row.pk


def keep_arms(*, organisation_id: int, arms: Iterable[tuple[int, int, str]], now: datetime) -> None:
    """(test, case, variant) of cases drawn now; one that was drawn meanwhile stays as it was."""
    rows = [
        WordingAssignment(
            organisation_id=organisation_id, test_id=test, case_id=case, variant=variant, assigned_at=now
        )
        for test, case, variant in arms
    ]
    WordingAssignment.objects.bulk_create(rows, ignore_conflicts=True)


def keep_look(
    *, organisation_id: int, test_id: int, looks: list[dict[str, Any]], is_over: bool, now: datetime
) -> None:
    """Add what a look said; with ``is_over`` nobody more is drawn."""
    changes: dict[str, Any] = {"looks": looks}
    if is_over:
        changes |= {"state": "found", "ended_at": now}
    WordingTest.objects.filter(organisation_id=organisation_id, pk=test_id).update(**changes)


def end_test(*, organisation_id: int, test_id: int, now: datetime) -> None:
    """Ended by a person before the rule has spoken."""
    rows = WordingTest.objects.filter(organisation_id=organisation_id, pk=test_id, state="running")
    rows.update(state="ended", ended_at=now)


def apply_variant(*, organisation_id: int, test_id: int, variant: str, actor: str, now: datetime) -> None:
    """From now on this arm's text goes out in the campaign."""
    rows = WordingTest.objects.filter(organisation_id=organisation_id, pk=test_id)
    rows.update(state="applied", applied_variant=variant, applied_at=now, applied_by=actor)

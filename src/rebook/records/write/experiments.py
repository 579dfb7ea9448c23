"""Keep tests on wording, time and channel, and what was drawn."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from rebook.records.models import WordingAssignment, WordingTest


def add_test(
    *,
    organisation_id: int,
    campaign_id: int,
    template_key: str,
    channel: str,
    plan: dict[str, Any],
    content: dict[str, Any],
    actor: str,
    now: datetime,
) -> int:
    """A running test; its id. The database allows one at a time for a text of a campaign, and one for its
    steps, which have no text ("")."""
    row = WordingTest.objects.create(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        template_key=template_key,
        channel=channel,
        plan=plan,
        content=content,
        started_at=now,
        started_by=actor,
    )
    return row.pk


class NewArm(NamedTuple):
    """A case drawn now, or left out for a reason. ``unit``: its household, or the patient alone."""

    test_id: int
    case_id: int
    unit: str
    variant: str = ""
    left_out: str = ""
    step_index: int | None = None
    due_at: datetime | None = None


def keep_arms(*, organisation_id: int, arms: Iterable[NewArm], now: datetime) -> None:
    """Keep what was drawn now; a case that was drawn meanwhile stays as it was."""
    rows = [
        WordingAssignment(organisation_id=organisation_id, assigned_at=now, **one._asdict()) for one in arms
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

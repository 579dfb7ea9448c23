"""Tests on wording, time and channel as kept: what was stated, and who is in which arm."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.outreach.experiment import TestPlan, plan_from_json
from rebook.core.outreach.experiment_steps import StepArms, arms_from_json
from rebook.records.models import WordingAssignment, WordingTest

# The instant on a case at which what decides has happened.
HAPPENED = {"booked": "c.booked_at", "responded": "c.responded_at"}


@dataclass(frozen=True, slots=True)
class WordingTestView:
    """``looks``: one entry for each look taken, as kept.

    ``texts`` are the hashes of each arm's texts by language, ``arms`` the steps of a test of a step; of the
    two only the one that is tested is there.
    """

    id: int
    campaign_id: int
    template_key: str
    channel: str
    state: str
    plan: TestPlan
    started_at: datetime
    ended_at: datetime | None
    looks: tuple[dict[str, Any], ...]
    applied_variant: str
    applied_at: datetime | None
    texts: dict[str, dict[str, str]]
    arms: StepArms | None

    # Not a test of ours, whatever its name says to the test runner.
    __test__ = False


def _view(row: WordingTest) -> WordingTestView:
    return WordingTestView(
        id=row.pk,
        campaign_id=row.campaign_id,
        template_key=row.template_key,
        channel=row.channel,
        state=row.state,
        plan=plan_from_json(row.plan),
        started_at=row.started_at,
        ended_at=row.ended_at,
        looks=tuple(row.looks),
        applied_variant=row.applied_variant,
        applied_at=row.applied_at,
        texts=row.content.get("texts", {}),
        arms=arms_from_json(row.content) if "steps" in row.content else None,
    )


def wording_tests(
    *, organisation_id: int, campaign_id: int | None = None, states: Collection[str] = ()
) -> tuple[WordingTestView, ...]:
    """Tests, the newest first."""
    rows = WordingTest.objects.filter(organisation_id=organisation_id).order_by("-started_at", "-pk")
    if campaign_id is not None:
        rows = rows.filter(campaign_id=campaign_id)
    if states:
        rows = rows.filter(state__in=states)
    return tuple(map(_view, rows))


def wording_test(*, organisation_id: int, test_id: int, for_update: bool = False) -> WordingTestView | None:
    rows = WordingTest.objects.filter(organisation_id=organisation_id, pk=test_id)
    row = (rows.select_for_update() if for_update else rows).first()
    return _view(row) if row else None


class Drawn(NamedTuple):
    """What was drawn for a case. ``left_out``: why it is not in the test, then ``variant`` means nothing.

    Of a step ``due_at`` says when the arm has it due.
    """

    variant: str
    left_out: str = ""
    step_index: int | None = None
    due_at: datetime | None = None


def assigned(*, organisation_id: int, case_ids: Collection[int]) -> dict[tuple[int, int], Drawn]:
    """(test, case) to what was drawn."""
    rows = WordingAssignment.objects.filter(organisation_id=organisation_id, case_id__in=list(case_ids))
    return {
        (one.test_id, one.case_id): Drawn(one.variant, one.left_out, one.step_index, one.due_at)
        for one in rows
    }


def organic_rate(*, organisation_id: int) -> tuple[int, int]:
    """(won back by their definition, followed to the end) of closed holdout cases: back uncontacted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE (SELECT s.met_at FROM records_casesuccess s WHERE s.case_id = c.id
                ORDER BY s.id DESC LIMIT 1) IS NOT NULL), count(*) FROM records_case c
            WHERE organisation_id = %s AND arm = 'holdout' AND closed_at IS NOT NULL
              AND outcome NOT IN ('campaign_ended', 'deceased', 'moved')
            """,
            [organisation_id],
        )
        row = cursor.fetchone()
    return int(row[0]), int(row[1])

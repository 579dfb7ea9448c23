"""Tests on wording as kept: what was stated, who is in which arm, and what came of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from rebook.core.outreach.experiment import ArmCount, TestPlan, plan_from_json
from rebook.records.models import WordingAssignment, WordingTest

# Time to answer or book after the draw, by what decides.
ANSWER_WITHIN = {"booked": timedelta(days=30), "responded": timedelta(days=14)}


@dataclass(frozen=True, slots=True)
class WordingTestView:
    """``looks``: one entry for each look taken, as kept. ``assigned``: cases drawn so far, by arm."""

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


def assigned(*, organisation_id: int, case_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """(test, case) to the arm that was drawn."""
    rows = WordingAssignment.objects.filter(organisation_id=organisation_id, case_id__in=list(case_ids))
    return {(one.test_id, one.case_id): one.variant for one in rows}


_COUNTS = """
SELECT a.variant, count(*),
       count(*) FILTER (WHERE a.assigned_at <= %(until)s),
       count(*) FILTER (WHERE a.assigned_at <= %(until)s AND {happened} >= a.assigned_at
                        AND {happened} <= a.assigned_at + %(within)s)
FROM records_wordingassignment a JOIN records_case c ON c.id = a.case_id
WHERE a.organisation_id = %(org)s AND a.test_id = %(test)s
GROUP BY a.variant
"""
_HAPPENED = {"booked": "c.booked_at", "responded": "c.responded_at"}


def arm_counts(
    *, organisation_id: int, test: WordingTestView, now: datetime
) -> tuple[dict[str, int], tuple[ArmCount, ...]]:
    """(cases drawn so far by arm, arms with those whose time to answer is over). By assignment (R-F51)."""
    within = ANSWER_WITHIN[test.plan.metric]
    query = _COUNTS.format(happened=_HAPPENED[test.plan.metric])
    given: dict[str, Any] = {
        "org": organisation_id,
        "test": test.id,
        "until": now - within,
        "within": within,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    drawn = {arm: int(found.get(arm, (0,))[0]) for arm in test.plan.arms}
    counts = (ArmCount(arm, *map(int, found.get(arm, (0, 0, 0))[1:])) for arm in test.plan.arms)
    return drawn, tuple(counts)


def organic_rate(*, organisation_id: int) -> tuple[int, int]:
    """(won back by their definition, followed to the end) of closed holdout cases: who returns uncontacted."""
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


def usual_rate(*, organisation_id: int, campaign_id: int, metric: str) -> tuple[int, int]:
    """(successes, cases) of a campaign's contacted cases whose time to answer is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count({_HAPPENED[metric]}), count(*) FROM records_case c
            WHERE organisation_id = %s AND campaign_id = %s AND arm = 'contact'
              AND closed_at IS NOT NULL AND first_attempt_at IS NOT NULL
            """,
            [organisation_id, campaign_id],
        )
        row = cursor.fetchone()
    return int(row[0]), int(row[1])

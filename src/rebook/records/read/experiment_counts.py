"""What tests count: who was drawn, who was left out, and, at a look only, what came of it.

A household counts once, by the first of its cases that was drawn: its members were drawn together, so they
are one chance and not two.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from rebook.core.outreach.experiment import ANSWER_WITHIN, ArmCount

from .experiments import HAPPENED, WordingTestView

# A row from before households were kept stands for its case alone.
FIRST_OF_UNIT = """
    SELECT DISTINCT ON (coalesce(nullif(unit, ''), 'case:' || case_id)) *
    FROM records_wordingassignment
    WHERE organisation_id = %(org)s AND test_id = %(test)s AND left_out = ''
    ORDER BY coalesce(nullif(unit, ''), 'case:' || case_id), assigned_at, id
"""


def drawn_by_arm(*, organisation_id: int, test: WordingTestView, now: datetime) -> dict[str, tuple[int, int]]:
    """Arm -> (drawn so far, of them with their time to answer over). Asks nothing of what came of it."""
    given = {"org": organisation_id, "test": test.id, "until": now - ANSWER_WITHIN[test.plan.metric]}
    query = f"""
        SELECT variant, count(*), count(*) FILTER (WHERE assigned_at <= %(until)s)
        FROM ({FIRST_OF_UNIT}) one GROUP BY variant
    """
    found = {row[0]: (int(row[1]), int(row[2])) for row in _rows(query, given)}
    return {arm: found.get(arm, (0, 0)) for arm in test.plan.arms}


def full_at(*, organisation_id: int, test: WordingTestView) -> datetime | None:
    """When the last arm had its size drawn; None while one has not."""
    query = f"""
        SELECT count(*), max(assigned_at) FROM (
            SELECT assigned_at, row_number() OVER (PARTITION BY variant ORDER BY assigned_at, id) AS place
            FROM ({FIRST_OF_UNIT}) one) two WHERE place = %(size)s
    """
    given = {"org": organisation_id, "test": test.id, "size": test.plan.per_arm}
    ((arms, at),) = _rows(query, given)
    return at if arms == len(test.plan.arms) else None


def arm_counts(*, organisation_id: int, test: WordingTestView, now: datetime) -> tuple[ArmCount, ...]:
    """Arms by assignment, of those whose time to answer is over (R-F51). For a look only."""
    within = ANSWER_WITHIN[test.plan.metric]
    given = {"org": organisation_id, "test": test.id, "until": now - within, "within": within}
    happened = HAPPENED[test.plan.metric]
    query = f"""
        SELECT a.variant, count(*), count(*) FILTER (
            WHERE {happened} >= a.assigned_at AND {happened} <= a.assigned_at + %(within)s)
        FROM ({FIRST_OF_UNIT}) a JOIN records_case c ON c.id = a.case_id
        WHERE a.assigned_at <= %(until)s GROUP BY a.variant
    """
    found = {row[0]: (int(row[1]), int(row[2])) for row in _rows(query, given)}
    return tuple(ArmCount(arm, *found.get(arm, (0, 0))) for arm in test.plan.arms)


def left_out_counts(*, organisation_id: int, test_id: int) -> dict[str, int]:
    """Why -> cases that came by and were not drawn, most first."""
    query = """
        SELECT left_out, count(*) FROM records_wordingassignment
        WHERE organisation_id = %(org)s AND test_id = %(test)s AND left_out <> ''
        GROUP BY 1 ORDER BY 2 DESC, 1
    """
    return {row[0]: int(row[1]) for row in _rows(query, {"org": organisation_id, "test": test_id})}


def _rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())

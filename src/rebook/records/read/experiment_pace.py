"""How many come by a text or a step, and how many of them usually do what decides (for stating a rule)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.outreach.experiment import ANSWER_WITHIN, Metric
from rebook.core.outreach.experiment_pace import Pace

from .experiments import HAPPENED

# Shorter, and one day's luck would be a pace.
PACE_FROM = timedelta(days=7)
PACE_OVER = timedelta(days=28)


class ComesBy(NamedTuple):
    """What is tested in a campaign: a text by a channel, or the step at a place of the plan (from 0)."""

    campaign_id: int
    template_key: str = ""
    channel: str = ""
    position: int | None = None


# The first contact of each case by what is tested; entering it is coming by.
_CAME_BY = """
    SELECT DISTINCT ON (a.case_id) a.case_id, a.planned_at FROM records_attempt a
    JOIN records_case c ON c.id = a.case_id
    WHERE c.organisation_id = %(org)s AND c.campaign_id = %(campaign_id)s AND a.origin = 'campaign'
      AND CASE WHEN %(position)s::int IS NULL
            THEN a.template_key = %(template_key)s AND a.channel = %(channel)s
            ELSE a.step_index + c.step_shift = %(position)s END
      AND a.planned_at <= %(now)s
    ORDER BY a.case_id, a.planned_at
"""


def pace_of(*, organisation_id: int, what: ComesBy, now: datetime) -> Pace:
    """Cases a day that come by; the campaign's daily limit before a week of its own is over."""
    query = f"""
        SELECT k.daily_limit, least(k.launched_at, %(now)s),
               (SELECT count(*) FROM ({_CAME_BY}) one WHERE one.planned_at > %(since)s)
        FROM records_campaign k WHERE k.organisation_id = %(org)s AND k.id = %(campaign_id)s
    """
    limit, launched_at, cases = _row(query, organisation_id, what, now, since=now - PACE_OVER)
    if launched_at is None or now - launched_at < PACE_FROM or not cases:
        return Pace(float(limit), is_own=False)
    return Pace(cases * timedelta(days=1) / min(now - launched_at, PACE_OVER), is_own=True)


def usual_rate(*, organisation_id: int, what: ComesBy, metric: Metric, now: datetime) -> tuple[int, int]:
    """(successes, cases) of those that came by and have had their time, counted as a test counts them."""
    happened = HAPPENED[metric]
    query = f"""
        SELECT count(*) FILTER (WHERE {happened} >= one.planned_at
                                  AND {happened} <= one.planned_at + %(within)s), count(*)
        FROM ({_CAME_BY}) one JOIN records_case c ON c.id = one.case_id
        WHERE one.planned_at <= %(until)s
    """
    within = ANSWER_WITHIN[metric]
    row = _row(query, organisation_id, what, now, within=within, until=now - within)
    return int(row[0]), int(row[1])


def _row(query: str, organisation_id: int, what: ComesBy, now: datetime, **more: Any) -> tuple[Any, ...]:
    given: Mapping[str, Any] = {"org": organisation_id, "now": now, **what._asdict(), **more}
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        found = cursor.fetchone()
    assert found is not None
    return tuple(found)

"""What a campaign's messages brought that nobody wants: the counts of its complaint budget (R-F57)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.capacity_budget import LOOKS_BACK, Batch
from rebook.records.models import Stop

# Who put the stop: such a one is ended with a reason only.
BY_BUDGET = "system:complaint-budget"
# An opt-out or complaint within so long of a message is laid to it.
WITHIN = timedelta(days=7)

BATCH = """
WITH mine AS (
    SELECT a.id, a.channel, a.sent_at, a.patient_id, a.to_value, a.state, a.error_code
    FROM records_attempt a JOIN records_case c ON c.id = a.case_id
    WHERE a.organisation_id = %(org)s AND c.campaign_id = %(campaign)s AND a.sent_at > %(since)s
      AND a.sent_at <= %(now)s
), went AS (SELECT * FROM mine WHERE state IN ('accepted', 'sent', 'delivered', 'read')),
of_campaign AS (
    SELECT r.* FROM records_reply r JOIN records_case c ON c.id = r.case_id
    WHERE r.organisation_id = %(org)s AND c.campaign_id = %(campaign)s AND r.received_at > %(since)s
      AND r.received_at <= %(now)s
)
SELECT
    (SELECT count(*) FROM went WHERE channel = 'sms'),
    (SELECT count(*) FROM went WHERE channel = 'sms' AND EXISTS (
        SELECT 1 FROM records_consent k WHERE k.organisation_id = %(org)s AND k.state = 'revoked'
          AND (k.patient_id = went.patient_id OR k.contact_value = went.to_value AND went.to_value <> '')
          AND k.channel IN ('sms', 'all') AND k.at BETWEEN went.sent_at AND went.sent_at + %(within)s)),
    (SELECT count(*) FROM went),
    (SELECT count(*) FROM of_campaign WHERE intent IN ('complaint', 'abuse')),
    (SELECT count(*) FROM records_case c WHERE c.organisation_id = %(org)s AND c.campaign_id = %(campaign)s
       AND c.outcome = 'wrong_person' AND c.closed_at > %(since)s AND c.closed_at <= %(now)s),
    (SELECT count(*) FROM of_campaign),
    (SELECT count(*) FROM of_campaign r WHERE EXISTS (SELECT 1 FROM records_task t
       WHERE t.reply_id = r.id AND t.state = 'open' AND t.due_at < %(now)s
         AND (t.call_back_at IS NULL OR t.call_back_at < %(now)s))),
    (SELECT count(*) FROM of_campaign r WHERE EXISTS (SELECT 1 FROM records_task t
       WHERE t.reply_id = r.id AND t.kind = 'safety' AND t.due_at + interval '1 hour'
         < coalesce(t.done_at, %(now)s))),
    (SELECT count(*) FROM mine WHERE channel = 'email' AND sent_at > %(week)s),
    (SELECT count(*) FROM mine WHERE channel = 'email' AND sent_at > %(week)s AND EXISTS (
        SELECT 1 FROM records_attemptevent e WHERE e.attempt_id = mine.id AND e.code LIKE '%%complain%%')),
    (SELECT count(*) FROM mine WHERE channel = 'email' AND sent_at > %(week)s AND state = 'failed')
"""


class BudgetStop(NamedTuple):
    """A stop that the budget put on a campaign, in force or ended."""

    campaign_id: int
    reason: str
    started_at: datetime
    ended_at: datetime | None
    ended_by: str


def batch(*, organisation_id: int, campaign_id: int, launched_at: datetime, now: datetime) -> Batch:
    """The counts since launch, or since a person let the campaign go on; four weeks back at most."""
    ended = [
        one.ended_at
        for one in budget_stops(organisation_id=organisation_id, campaign_id=campaign_id)
        if one.ended_at is not None
    ]
    since = max([launched_at - timedelta(seconds=1), now - LOOKS_BACK, *ended])
    asked: dict[str, Any] = {
        "org": organisation_id,
        "campaign": campaign_id,
        "since": since,
        "now": now,
        "week": max(since, now - WITHIN),
        "within": WITHIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(BATCH, asked)
        return Batch(*cursor.fetchone())


def budget_stops(*, organisation_id: int, campaign_id: int) -> list[BudgetStop]:
    """Every stop that the budget ever put on a campaign, newest first."""
    rows = Stop.objects.filter(
        organisation_id=organisation_id, scope="campaign", key=str(campaign_id), started_by=BY_BUDGET
    )
    return [
        BudgetStop(campaign_id, row.reason, row.started_at, row.ended_at, row.ended_by)
        for row in rows.order_by("-started_at")
    ]


def is_stopped_by_budget(*, organisation_id: int, campaign_id: int) -> bool:
    """Whether such a stop is in force."""
    stops = budget_stops(organisation_id=organisation_id, campaign_id=campaign_id)
    return any(one.ended_at is None for one in stops)

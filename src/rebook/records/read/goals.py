"""How many cases campaigns have won back, by the definition of success frozen with each launch (Q-545)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, Subquery

from rebook.records.models import Campaign, CaseSuccess

# When the case of the row was won back; NULL where it was not, or was taken back since. For ``annotate``.
WON_AT = Subquery(CaseSuccess.objects.filter(case=OuterRef("pk")).order_by("-pk").values("met_at")[:1])

# Only judged cases are looked at: far fewer than there are cases.
WON = """
SELECT c.campaign_id, count(*) FROM (
    SELECT DISTINCT ON (s.case_id) s.case_id, s.met_at FROM records_casesuccess s
    WHERE s.organisation_id = %(org)s ORDER BY s.case_id, s.id DESC
) newest JOIN records_case c ON c.id = newest.case_id
WHERE newest.met_at IS NOT NULL AND c.arm = 'contact'
GROUP BY 1
"""


def won_by_campaign(*, organisation_id: int) -> dict[int, int]:
    """Contacted cases won back, by campaign; one without any is left out."""
    with connection.cursor() as cursor:
        cursor.execute(WON, {"org": organisation_id})
        return dict(cursor.fetchall())


# Of those booked and not won yet the visit that is to come; one that fell through is none.
BOOKED = """
SELECT c.campaign_id, (a.starts_at AT TIME ZONE %(zone)s)::date
FROM records_case c JOIN records_appointment a ON a.id = c.appointment_id
WHERE c.organisation_id = %(org)s AND c.campaign_id = ANY(%(campaigns)s) AND c.arm = 'contact'
  AND c.booked_at IS NOT NULL AND a.status IN ('booked', 'arrived')
  AND a.starts_at > %(now)s - interval '3 days'
  AND (SELECT s.met_at FROM records_casesuccess s WHERE s.case_id = c.id ORDER BY s.id DESC LIMIT 1) IS NULL
ORDER BY 1, 2
"""
# Bookings of the last half year whose time is over for a while: whether they counted, and how long that took.
AFTER_BOOKING = """
SELECT (won.met_at::date - c.booked_at::date)
FROM records_case c JOIN records_appointment a ON a.id = c.appointment_id
LEFT JOIN LATERAL (
    SELECT s.met_at FROM records_casesuccess s WHERE s.case_id = c.id ORDER BY s.id DESC LIMIT 1
) won ON true
WHERE c.organisation_id = %(org)s AND c.arm = 'contact' AND c.booked_at > %(now)s - interval '180 days'
  AND a.starts_at < %(now)s - interval '7 days'
"""


class CampaignGoal(NamedTuple):
    """A campaign with a goal; ``plan`` as ``core.outreach.campaign_plan.read_plan`` reads it."""

    id: int
    name: str
    goal_visits: int
    goal_on: date | None
    plan: dict[str, Any]
    segment: dict[str, Any]


def campaign_goals(*, organisation_id: int, campaign_ids: Sequence[int] | None = None) -> list[CampaignGoal]:
    """The goals of these campaigns, or of all that run, by name."""
    rows = Campaign.objects.filter(organisation_id=organisation_id, goal_visits__isnull=False)
    rows = rows.filter(state="active") if campaign_ids is None else rows.filter(pk__in=list(campaign_ids))
    named = rows.order_by("name", "pk")
    return [
        CampaignGoal._make(row)
        for row in named.values_list("pk", "name", "goal_visits", "goal_on", "plan", "segment")
    ]


def visits_to_come(
    *, organisation_id: int, campaign_ids: Sequence[int], now: datetime, zone: str
) -> dict[int, list[date]]:
    """The days of the booked visits of contacted cases that are not won back yet, by campaign."""
    asked: dict[str, Any] = {
        "org": organisation_id,
        "campaigns": list(campaign_ids),
        "now": now,
        "zone": zone,
    }
    found: dict[int, list[date]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(BOOKED, asked)
        for campaign_id, on in cursor.fetchall():
            found[campaign_id].append(on)
    return found


def after_booking(*, organisation_id: int, now: datetime) -> tuple[int, list[int]]:
    """(bookings whose time is over, days from booking to success of those that were won back)."""
    with connection.cursor() as cursor:
        cursor.execute(AFTER_BOOKING, {"org": organisation_id, "now": now})
        days = [row[0] for row in cursor.fetchall()]
    return len(days), [max(one, 0) for one in days if one is not None]

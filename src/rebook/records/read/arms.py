"""What the arms of a test on wording or a step won back, by each case's own definition."""

from datetime import datetime

from django.db import connection

from rebook.core.gaps import KINDS
from rebook.core.measure.arms import ArmCell

from .successes import NEWEST, plans, rule_of

ARMS = f"""
SELECT a.variant, c.campaign_id, rule.kind, count(*),
       count(*) FILTER (WHERE won.met_at <= %(now)s),
       count(*) FILTER (WHERE c.opened_at + coalesce(rule.days, campaign.visit_window_days) * interval '1 day'
                            > %(now)s AND (won.met_at IS NULL OR won.met_at > %(now)s))
FROM records_wordingassignment a
JOIN records_case c ON c.id = a.case_id
JOIN records_campaign campaign ON campaign.id = c.campaign_id
JOIN records_gap g ON g.id = c.gap_id
JOIN unnest(%(campaigns)s::bigint[], %(kinds)s::text[], %(days)s::int[]) AS rule(campaign_id, kind, days)
    ON rule.campaign_id = c.campaign_id AND rule.kind = split_part(g.kind, ':', 1)
{NEWEST}
WHERE a.organisation_id = %(org)s AND a.test_id = %(test)s AND a.left_out = ''
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def arm_cells(*, organisation_id: int, test_id: int, now: datetime) -> list[ArmCell]:
    """Cases drawn for a test, by arm, campaign and kind of reason, as drawn (R-F51)."""
    known = plans(organisation_id=organisation_id)
    rules = [(key, kind, plan.success_of(kind)) for key, plan in known.items() for kind in KINDS]
    asked = {
        "org": organisation_id,
        "test": test_id,
        "now": now,
        "campaigns": [key for key, _, _ in rules],
        "kinds": [kind for _, kind, _ in rules],
        "days": [rule.within_days for _, _, rule in rules],
    }
    with connection.cursor() as cursor:
        cursor.execute(ARMS, asked)  # type: ignore[arg-type]
        rows = cursor.fetchall()
    return [
        ArmCell(variant, rule_of(known, campaign, kind), cases, succeeded, maturing)
        for variant, campaign, kind, cases, succeeded, maturing in rows
    ]

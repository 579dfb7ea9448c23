"""What of a campaign went out, by channel, and what its cases brought by the rules frozen at launch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Count, Sum

from rebook.core.outreach.campaign_budget import GoneOut
from rebook.records.models import Attempt

from .outreach import GONE_OUT


def gone_out(*, organisation_id: int, campaign_id: int) -> list[GoneOut]:
    """Contacts of a campaign that went out, with the segments of its texts."""
    rows = Attempt.objects.filter(
        organisation_id=organisation_id,
        case__campaign_id=campaign_id,
        origin="campaign",
        state__in=GONE_OUT,
    )
    counted = rows.values("channel").annotate(n=Count("pk"), parts=Sum("segments")).order_by("channel")
    return [GoneOut(row["channel"], row["n"], row["parts"] or 0) for row in counted]


def gone_out_by_campaign(*, organisation_id: int, campaign_ids: Sequence[int]) -> dict[int, list[GoneOut]]:
    """The same for these campaigns, in one look."""
    if not campaign_ids:
        return {}
    rows = Attempt.objects.filter(
        organisation_id=organisation_id,
        case__campaign_id__in=campaign_ids,
        origin="campaign",
        state__in=GONE_OUT,
    )
    counted = rows.values("case__campaign_id", "channel").annotate(n=Count("pk"), parts=Sum("segments"))
    found: dict[int, list[GoneOut]] = defaultdict(list)
    for row in counted.order_by("case__campaign_id", "channel"):
        found[row["case__campaign_id"]].append(GoneOut(row["channel"], row["n"], row["parts"] or 0))
    return found


# Kept through us: booked while the campaign ran and the visit took place, as the page has it.
SUCCESSES = """
SELECT split_part(g.kind, ':', 1), count(*),
    count(*) FILTER (WHERE c.visit_kept_at IS NOT NULL AND c.first_attempt_at IS NOT NULL),
    count(*) FILTER (WHERE c.visit_kept_at IS NOT NULL AND c.booked_at IS NOT NULL),
    count(*) FILTER (WHERE c.visit_kept_at IS NOT NULL AND c.first_attempt_at IS NOT NULL AND (
        EXISTS (SELECT 1 FROM records_appointment a WHERE a.patient_id = c.patient_id
            AND a.starts_at > c.visit_kept_at + interval '1 day'
            AND a.status NOT IN ('cancelled', 'noshow', 'entered-in-error'))
        OR EXISTS (SELECT 1 FROM records_visit v WHERE v.patient_id = c.patient_id
            AND v.started_at > c.visit_kept_at + interval '1 day' AND v.started_at <= %(now)s)))
FROM records_case c JOIN records_gap g ON g.id = c.gap_id
WHERE c.organisation_id = %(org)s AND c.campaign_id = %(campaign)s AND c.arm = 'contact'
GROUP BY 1 ORDER BY 1
"""
_COLUMN = {"visit": 2, "rebooked_and_kept": 3, "visit_and_follow_up": 4}


def successes(
    *, organisation_id: int, campaign_id: int, success: Mapping[str, str], now: datetime
) -> list[tuple[str, str, int, int]]:
    """[(kind of gap, what success is, cases, successes)]; a kind not in ``success`` counts a kept visit."""
    with connection.cursor() as cursor:
        cursor.execute(SUCCESSES, {"org": organisation_id, "campaign": campaign_id, "now": now})
        rows = cursor.fetchall()
    found = []
    for row in rows:
        what = success.get(row[0], "visit")
        found.append((row[0], what, row[1], row[_COLUMN[what]]))
    return found

"""What of a campaign went out, by channel."""

from collections import defaultdict
from collections.abc import Sequence

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

"""What was forecast, and what then happened, by campaign, site and day."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max, Min

from rebook.records.models import Forecast

GONE_OUT = ("accepted", "sent", "delivered", "read", "unknown")
_SITE = "coalesce(g.location_id, p.home_location_id, 0)"
_OF_CASE = """JOIN records_gap g ON g.id = c.gap_id JOIN records_patient p ON p.id = c.patient_id
WHERE c.organisation_id = %(org)s"""
_DAY = "({} AT TIME ZONE %(zone)s)::date"
# One row for each (measure, campaign, site, day): the same words as ``core.words.FORECAST_MEASURES``.
HAPPENED = f"""
SELECT 'enrolled', c.campaign_id, {_SITE}, {_DAY.format("c.opened_at")} AS day, count(*)
FROM records_case c {_OF_CASE}
  AND c.opened_at >= %(from_at)s AND c.opened_at < %(until_at)s GROUP BY 1, 2, 3, 4
UNION ALL
SELECT a.channel, c.campaign_id, {_SITE}, {_DAY.format("a.sent_at")}, count(*)
FROM records_attempt a JOIN records_case c ON c.id = a.case_id {_OF_CASE} AND a.origin = 'campaign'
  AND a.state = ANY(%(gone_out)s) AND a.sent_at >= %(from_at)s AND a.sent_at < %(until_at)s
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT 'replies', c.campaign_id, {_SITE}, {_DAY.format("r.received_at")}, count(*)
FROM records_reply r JOIN records_case c ON c.id = r.case_id {_OF_CASE}
  AND r.received_at >= %(from_at)s AND r.received_at < %(until_at)s GROUP BY 1, 2, 3, 4
UNION ALL
SELECT 'bookings', c.campaign_id, {_SITE}, {_DAY.format("c.booked_at")}, count(*)
FROM records_case c {_OF_CASE} AND c.arm = 'contact' AND c.first_attempt_at IS NOT NULL
  AND c.booked_at >= %(from_at)s AND c.booked_at < %(until_at)s GROUP BY 1, 2, 3, 4
UNION ALL
SELECT 'visits', c.campaign_id, {_SITE}, {_DAY.format("v.starts_at")}, count(*)
FROM records_case c JOIN records_appointment v ON v.id = c.appointment_id {_OF_CASE} AND c.arm = 'contact'
  AND v.starts_at >= %(from_at)s AND v.starts_at < %(until_at)s AND c.booked_at >= %(from_at)s
  AND v.status NOT IN ('cancelled', 'entered-in-error') GROUP BY 1, 2, 3, 4
"""


class Said(NamedTuple):
    """One forecast figure."""

    campaign_id: int
    location_id: int
    meant_on: date
    measure: str
    expected: float
    low: float
    high: float


class Happened(NamedTuple):
    """One count of what happened."""

    measure: str
    campaign_id: int
    location_id: int
    on: date
    many: int


def made_on(*, organisation_id: int, limit: int = 60) -> list[date]:
    """The days on which a forecast was made and kept, newest first."""
    rows = Forecast.objects.filter(organisation_id=organisation_id)
    found = rows.values_list("made_on", flat=True).order_by("-made_on").distinct()
    return list(found[:limit])


def said(
    *,
    organisation_id: int,
    made: date,
    from_on: date | None = None,
    until_on: date | None = None,
    measure: str = "",
) -> list[Said]:
    """The figures of the forecast that was made on a day; of the days asked for alone, both included.

    ``measure``: only this one.
    """
    rows = Forecast.objects.filter(organisation_id=organisation_id, made_on=made)
    if from_on is not None:
        rows = rows.filter(meant_on__gte=from_on)
    if until_on is not None:
        rows = rows.filter(meant_on__lte=until_on)
    if measure:
        rows = rows.filter(measure=measure)
    columns = ("campaign_id", "location_id", "meant_on", "measure", "expected", "low", "high")
    return list(map(Said._make, rows.values_list(*columns)))


def said_of_days(*, organisation_id: int, made: Sequence[date], before: date) -> list[Said]:
    """What the forecasts made on these days said of whole days before a day, over all campaigns and sites."""
    rows = Forecast.objects.filter(
        organisation_id=organisation_id,
        made_on__in=list(made),
        meant_on__lt=before,
        campaign_id=-1,
        location_id=-1,
    )
    columns = ("campaign_id", "location_id", "meant_on", "measure", "expected", "low", "high")
    return list(map(Said._make, rows.values_list(*columns)))


def span(*, organisation_id: int, made: date) -> tuple[date, date] | None:
    """The first and last day that a forecast speaks of; None when there is none."""
    rows = Forecast.objects.filter(organisation_id=organisation_id, made_on=made)
    found = rows.aggregate(first=Min("meant_on"), last=Max("meant_on"))
    return (found["first"], found["last"]) if found["first"] else None


def happened(
    *, organisation_id: int, from_at: Any, until_at: Any, zone: str, campaign_ids: Sequence[int] = ()
) -> list[Happened]:
    """Counts between two instants, by day on the practice's clock."""
    asked: dict[str, Any] = {
        "org": organisation_id,
        "from_at": from_at,
        "until_at": until_at,
        "zone": zone,
        "gone_out": list(GONE_OUT),
    }
    with connection.cursor() as cursor:
        cursor.execute(HAPPENED, asked)
        found = map(Happened._make, cursor.fetchall())
        return [one for one in found if not campaign_ids or one.campaign_id in campaign_ids]

"""Keep each day's forecast, to be held against what then happens."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from rebook.core.lookahead.values import ALL, MEASURES, SO_FAR
from rebook.records.read import forecasts as read
from rebook.records.write import forecasts as write
from rebook.records.write.forecasts import NewForecast

from .simulating import LookAhead, simulate

KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class ForecastSummary:
    """How many figures were kept, and what is expected of the coming 30 days."""

    figures: int = 0
    contacts: int = 0
    bookings: int = 0
    staff_hours: int = 0


def keep_forecast(*, organisation_id: int, as_of: date, now: datetime) -> ForecastSummary:
    """The stage of the pass: look 30 days ahead and keep what is expected, with its ranges.

    The first of a day stands: what is said after the day has begun is no forecast of it.
    """
    if as_of in read.made_on(organisation_id=organisation_id, limit=1):
        return ForecastSummary()
    found = simulate(organisation_id=organisation_id, start_on=as_of, days=KEPT_DAYS, now=now)[0]
    if not found.campaigns:
        return ForecastSummary()
    with transaction.atomic(durable=True):
        kept = write.keep_forecast(organisation_id=organisation_id, made_on=as_of, figures=figures_of(found))
    total = found.result.total
    return ForecastSummary(
        kept,
        round(total.messages + total.figures["phone"].expected),
        round(total.figures["bookings"].expected),
        round(total.hours),
    )


def figures_of(found: LookAhead) -> Iterator[NewForecast]:
    """Every figure that is not nothing: by campaign, site and day; by day; and added up since the first."""
    campaigns, sites = list(found.campaigns), list(found.sites)
    every, everywhere = range(len(campaigns)), range(len(sites))
    for day, line in enumerate(found.result.days):
        for place, campaign_id in enumerate(campaigns):
            for site, location_id in enumerate(sites):
                yield from _rows(found, campaign_id, location_id, line.on, ([place], [site], [day]))
        yield from _rows(found, ALL, ALL, line.on, (every, everywhere, [day]))
        yield from _rows(found, ALL, SO_FAR, line.on, (every, everywhere, range(day + 1)))


def _rows(
    found: LookAhead, campaign_id: int, location_id: int, on: date, places: tuple[object, object, object]
) -> Iterator[NewForecast]:
    counts = found.reading.outlook.counts
    campaigns, sites, days = (list(one) for one in places)  # type: ignore[call-overload]
    if not any(
        counts[name][one][site][day]
        for name in MEASURES
        for one in campaigns
        for site in sites
        for day in days
    ):
        return
    cell = found.reading.cell(campaigns, sites, days)
    for name, one in cell.figures.items():
        if one.expected > 0:
            yield NewForecast(campaign_id, location_id, on, name, one.expected, one.low, one.high)

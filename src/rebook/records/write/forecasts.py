"""Keep forecasts; old ones go."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from rebook.records.models import Forecast

KEPT_FOR = timedelta(days=400)


class NewForecast(NamedTuple):
    campaign_id: int
    location_id: int
    meant_on: date
    measure: str
    expected: float
    low: float
    high: float


def keep_forecast(*, organisation_id: int, made_on: date, figures: Iterable[NewForecast]) -> int:
    """Write one day's forecast in the caller's transaction; how many figures it has."""
    mine = Forecast.objects.filter(organisation_id=organisation_id)
    mine.filter(made_on__lt=made_on - KEPT_FOR).delete()
    rows = [
        Forecast(organisation_id=organisation_id, made_on=made_on, **figure._asdict()) for figure in figures
    ]
    Forecast.objects.bulk_create(rows, batch_size=5000)
    return len(rows)

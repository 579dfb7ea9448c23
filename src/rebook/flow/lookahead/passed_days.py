"""What earlier forecasts said of days that are over, beside what those days were."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rebook.accounts.read import OrganisationView
from rebook.core.lookahead.daywise import DaySaid
from rebook.records.read import forecasts as read

# Forecasts about so many days old are looked at: each tells of the days since.
AGES = (28, 21, 14)
SLACK = 3


def passed_days(house: OrganisationView, *, today: date) -> dict[str, list[DaySaid]]:
    """Measure -> its days, from a few kept forecasts of the last weeks; empty where there are none.

    A weekday on which nothing is ever expected and nothing happens tells nothing and is left out.
    """
    kept = read.made_on(organisation_id=house.id)
    made = {one for age in AGES if (one := _nearest(kept, today - timedelta(days=age))) is not None}
    if not made:
        return {}
    said = read.said_of_days(organisation_id=house.id, made=sorted(made), before=today)
    zone = ZoneInfo(house.time_zone)
    counts: dict[tuple[str, date], int] = defaultdict(int)
    for happened in read.happened(
        organisation_id=house.id,
        from_at=datetime.combine(min(made), time(), tzinfo=zone),
        until_at=datetime.combine(today, time(), tzinfo=zone),
        zone=house.time_zone,
    ):
        counts[happened.measure, happened.on] += happened.many
    found: dict[str, list[DaySaid]] = defaultdict(list)
    for line in said:
        found[line.measure].append(DaySaid(line.expected, counts[line.measure, line.meant_on]))
    return dict(found)


def _nearest(kept: list[date], wanted: date) -> date | None:
    near = [one for one in kept if abs((one - wanted).days) <= SLACK]
    return min(near, key=lambda one: abs((one - wanted).days), default=None)

"""A look ahead as people read it: for each day and site what to expect, how sure, and what it costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from rebook.core.capacity_policy import CapacityPolicy
from rebook.core.lookahead.daywise import with_timing
from rebook.core.lookahead.intervals import Expected, expect
from rebook.core.lookahead.values import CHANNELS, LOST, MEASURES, MILLION, Outlook


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of a table: a day, a site, a campaign, or the sum of them.

    ``minutes`` are of staff; ``cents`` hold fees, postage and staff time.
    """

    figures: Mapping[str, Expected]
    minutes: float
    cents: float

    @property
    def messages(self) -> float:
        """Contacts that are no call."""
        return sum(self.figures[name].expected for name in CHANNELS if name != "phone")

    @property
    def hours(self) -> float:
        return self.minutes / 60


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day over all sites, and by site (location id; 0 none)."""

    on: date
    all: Cell
    by_site: Mapping[int, Cell]


@dataclass(frozen=True, slots=True)
class Result:
    """One plan's outlook in figures."""

    name: str
    days: tuple[DayLine, ...]
    total: Cell
    by_campaign: Mapping[int, Cell]
    by_site: Mapping[int, Cell]
    lost: Mapping[str, float]
    # Days on which staff would need more minutes than they have, with how many more.
    overloaded: tuple[tuple[date, float], ...]
    minutes_a_day: int | None


Chosen = Callable[[Any], int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What turns an outlook into figures."""

    outlook: Outlook
    doubts: Mapping[str, float]
    policy: CapacityPolicy
    cents: Mapping[str, Decimal]
    # Relative doubt about a single day beside that about the whole; see ``daywise``.
    timing: Mapping[str, float] = field(default_factory=dict)

    def cell(self, campaigns: Sequence[int], sites: Sequence[int], days: Sequence[int]) -> Cell:
        """The sum over these places, with one range for the sum."""
        figures = {}
        # Over everything most is certain; which site and campaign the next patients belong to is not.
        planned = self.outlook.planned
        is_whole = bool(campaigns) and len(campaigns) == len(planned) and len(sites) == len(planned[0])
        for name in MEASURES:
            amount = _sum(self.outlook.counts[name], campaigns, sites, days)
            certain = 0
            if not is_whole:
                pass
            elif name in CHANNELS:
                certain = _sum(self.outlook.squares[name], campaigns, sites, days)
            elif name == "enrolled":
                certain = amount
            doubt = with_timing(self.doubts[name], self.timing.get(name, 0.0), days=len(days))
            figures[name] = expect(amount, certain=certain, doubt=doubt)
        minutes = figures["replies"].expected * self.policy.minutes_per_reply + sum(
            figures[name].expected * self.policy.minutes_of(name) for name in CHANNELS
        )
        fees = sum(figures[name].expected * float(self.cents.get(name, 0)) for name in CHANNELS)
        return Cell(figures, minutes, fees + minutes / 60 * self.policy.cents_per_staff_hour)


def read_result(
    reading: Reading,
    *,
    name: str,
    dates: Sequence[date],
    campaign_ids: Sequence[int],
    site_ids: Sequence[int],
    minutes_a_day: int | None,
) -> Result:
    """Every table of one look ahead."""
    campaigns, sites, days = range(len(campaign_ids)), range(len(site_ids)), range(len(dates))
    lines = tuple(
        DayLine(
            on,
            reading.cell(campaigns, sites, [day]),
            {site_ids[site]: reading.cell(campaigns, [site], [day]) for site in sites},
        )
        for day, on in enumerate(dates)
    )
    return Result(
        name=name,
        days=lines,
        total=reading.cell(campaigns, sites, days),
        by_campaign={campaign_ids[one]: reading.cell([one], sites, days) for one in campaigns},
        by_site={site_ids[one]: reading.cell(campaigns, [one], days) for one in sites},
        lost={what: _sum(reading.outlook.lost[what], campaigns, sites, days) / MILLION for what in LOST},
        overloaded=tuple(
            (line.on, line.all.minutes - minutes_a_day)
            for line in lines
            if minutes_a_day is not None and line.all.minutes > minutes_a_day
        ),
        minutes_a_day=minutes_a_day,
    )


def as_json(result: Result) -> dict[str, Any]:
    """As plain JSON, for ``--json`` and the chart."""
    return {
        "name": result.name,
        "total": _cell_json(result.total),
        "by_campaign": {str(key): _cell_json(one) for key, one in result.by_campaign.items()},
        "by_site": {str(key): _cell_json(one) for key, one in result.by_site.items()},
        "days": [
            {
                "on": line.on.isoformat(),
                **_cell_json(line.all),
                "by_site": {str(key): _cell_json(one) for key, one in line.by_site.items()},
            }
            for line in result.days
        ],
        "lost": {key: round(value, 2) for key, value in result.lost.items()},
        "overloaded": [
            {"on": on.isoformat(), "minutes_missing": round(more)} for on, more in result.overloaded
        ],
        "minutes_a_day": result.minutes_a_day,
    }


def _cell_json(cell: Cell) -> dict[str, Any]:
    figures = {
        name: {"expected": round(one.expected, 2), "low": one.low, "high": one.high}
        for name, one in cell.figures.items()
    }
    return {**figures, "staff_minutes": round(cell.minutes, 1), "cents": round(cell.cents)}


def _sum(cells: Any, campaigns: Iterable[int], sites: Iterable[int], days: Iterable[int]) -> int:
    wanted_sites, wanted_days = list(sites), list(days)
    return sum(
        int(cells[one][site][day]) for one in campaigns for site in wanted_sites for day in wanted_days
    )

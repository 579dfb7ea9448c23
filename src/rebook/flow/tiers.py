"""Time away: how many patients stand in each tier, and how many pass into it in each week (R-C141)."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings as django_settings

from rebook.accounts import read as accounts
from rebook.analytics import gaps as engine
from rebook.analytics import snapshot as files
from rebook.analytics.gaps import inflow
from rebook.core.gaps import read_settings
from rebook.core.gaps.tiers import TierMonths, programme_of
from rebook.packs.tiers import tier_months
from rebook.records.read import chart as charts
from rebook.records.read import gaps as read

ENTERED = ("slipping", "dormant", "long_lapsed", "lost", inflow.RETURNED)
MOST_WEEKS = 530
Counted = tuple[dict[date, dict[str, int]], dict[str, int]]


class BadPeriod(Exception):
    """A period that cannot be counted; trying again does not help."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Week:
    """``entered``: tier to how many patients passed into it; "returned" came back. ``on`` is a Monday."""

    on: date
    entered: dict[str, int]


@dataclass(frozen=True, slots=True)
class TierReport:
    """``standing`` at the end of ``to_on``; ``programmes``: open gaps by recall and reactivation (R-C144)."""

    from_on: date
    to_on: date
    months: TierMonths
    standing: dict[str, int]
    weeks: tuple[Week, ...]
    programmes: dict[str, int]
    # Open reasons to come back, by the tier of the patient.
    reasons: dict[str, int]

    @property
    def totals(self) -> dict[str, int]:
        return {tier: sum(one.entered.get(tier, 0) for one in self.weeks) for tier in ENTERED}


def tier_report(*, organisation_id: int, from_on: date, to_on: date, afresh: bool = False) -> TierReport:
    """Count from the newest snapshot, or ``afresh`` from the records where there is none or it is asked for.

    Raises ``BadPeriod`` for one that is turned round or longer than ten years.
    """
    if from_on > to_on:
        raise BadPeriod("the period ends before it begins")
    if (to_on - from_on).days > MOST_WEEKS * 7:
        raise BadPeriod("the period is longer than ten years")
    organisation = accounts.organisation(organisation_id=organisation_id)
    chosen = {**tier_months(tuple(organisation.pack_keys)), **organisation.settings.get("gaps", {})}
    months = read_settings(chosen).tiers
    newest = None if afresh else read.last_snapshot(organisation_id=organisation_id)
    if newest is None:
        with _copied(organisation_id) as directory:
            weeks, standing = _count(directory, months, from_on, to_on)
    else:
        path = Path(django_settings.SNAPSHOT_DIRECTORY) / newest.path
        weeks, standing = _counted_once(path, months, from_on, to_on)
    programmes = {"recall": 0, "reactivation": 0}
    reasons: Counter[str] = Counter()
    for one in read.count_open(organisation_id=organisation_id):
        programmes[programme_of(one.tier)] += one.gaps
        reasons[one.tier] += one.gaps
    return TierReport(
        from_on=from_on,
        to_on=to_on,
        months=months,
        standing=standing,
        weeks=tuple(Week(on, entered) for on, entered in sorted(weeks.items())),
        programmes=programmes,
        reasons=dict(reasons),
    )


def inflow_chart(weeks: Sequence[Week]) -> str:
    """The weeks as one SVG: a row of bars for each tier; the figures stand in the table beside it."""
    from rebook.analytics.charts import weekly_bars_svg

    names = {
        "slipping": "Slipping away",
        "dormant": "Away for long",
        "lost": "Lost from sight",
        inflow.RETURNED: "Came back",
    }
    return weekly_bars_svg(
        [(name, one.on, one.entered.get(tier, 0)) for tier, name in names.items() for one in weeks]
    )


@lru_cache(maxsize=64)
def _counted_once(directory: Path, months: TierMonths, from_on: date, to_on: date) -> Counted:
    """A snapshot never changes, so neither does what it gives."""
    return _count(directory, months, from_on, to_on)


def _count(directory: Path, months: TierMonths, from_on: date, to_on: date) -> Counted:
    with engine.connect() as connection:
        source = engine.read_snapshot(connection, directory=directory)
        return (
            inflow.weekly_inflow(source, months, from_on=from_on, to_on=to_on),
            inflow.standing(source, months, as_of=to_on),
        )


@contextmanager
def _copied(organisation_id: int) -> Iterator[Path]:
    """The records as they are now, for as long as they are looked at."""
    with tempfile.TemporaryDirectory(prefix="rebook-") as folder:
        tables = {
            name: charts.snapshot_rows(organisation_id=organisation_id, table=name)
            for name in ("patients", "visits", "appointments")
        }
        directory = Path(folder) / "snapshot"
        files.write(directory=directory, tables={name: tables.get(name, ()) for name in files.TABLES})
        yield directory

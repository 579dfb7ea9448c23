"""What the last find left behind: by which rules, on which snapshot, and how patients stand since."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from rebook.accounts.models import Location, Organisation
from rebook.records.models import Backtest, Gap, GapOutlook, GapRound, Snapshot


@dataclass(frozen=True, slots=True)
class Round:
    """``full_on``: the day of the last find that judged everybody."""

    snapshot_number: int
    as_of: date
    full_on: date
    rules_hash: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Patients by tier, open gaps, and gaps that a coming appointment closes."""

    tiers: dict[str, int]
    found: int
    booked: int


def last_round(*, organisation_id: int) -> Round | None:
    """The last find of the organisation; None before the first."""
    row = GapRound.objects.filter(organisation_id=organisation_id).first()
    return Round(row.snapshot_number, row.as_of, row.full_on, row.rules_hash) if row else None


def standing(*, organisation_id: int) -> Standing:
    """The organisation as the finds up to now leave it."""
    outlooks = GapOutlook.objects.filter(organisation_id=organisation_id)
    tiers = dict(outlooks.values_list("tier").annotate(Count("patient_id")))
    booked = outlooks.filter(booked__gt=0).aggregate(total=Sum("booked"))["total"] or 0
    found = Gap.objects.filter(organisation_id=organisation_id, closed_on__isnull=True).count()
    return Standing(tiers, found, booked)


@dataclass(frozen=True, slots=True)
class Base:
    """A full snapshot that increments can build on."""

    number: int
    path: str
    as_of: date
    layout: str


def newest_base(*, organisation_id: int) -> Base | None:
    """The newest full snapshot whose files are kept; None without any."""
    rows = Snapshot.objects.filter(
        organisation_id=organisation_id, base_number__isnull=True, pruned_at__isnull=True
    )
    row = rows.order_by("-number").first()
    return Base(row.number, row.path, row.as_of, row.layout) if row else None


def clocks(*, organisation_id: int) -> list[tuple[int, str]]:
    """(location id, time zone) of every location, and (0, the practice's own): they say what day it was."""
    own = Organisation.objects.values_list("time_zone", flat=True).get(pk=organisation_id)
    places = Location.objects.filter(organisation_id=organisation_id).order_by("pk")
    return [(0, own), *places.values_list("pk", "time_zone")]


@dataclass(frozen=True, slots=True)
class KeptSnapshot:
    """A snapshot with its files; ``is_named``: a backtest was computed from it."""

    number: int
    as_of: date
    path: str
    base_number: int | None
    is_named: bool


def kept_snapshots(*, organisation_id: int) -> list[KeptSnapshot]:
    """Every snapshot of the organisation whose files were not pruned, in the order they were taken."""
    backtests = Backtest.objects.filter(organisation_id=organisation_id)
    named = {number for numbers in backtests.values_list("snapshots", flat=True) for number in numbers}
    kept = Snapshot.objects.filter(organisation_id=organisation_id, pruned_at__isnull=True).order_by("number")
    return [
        KeptSnapshot(one.number, one.as_of, one.path, one.base_number, one.number in named) for one in kept
    ]

"""The report for any day, recomputed from what the ledger knew then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.analytics import charts
from rebook.core import measure as core
from rebook.core.measure.ways import FEWEST, ChannelCell, Way
from rebook.core.outcome.touch import Touch, any_touch, touches
from rebook.records.read import measure as read
from rebook.records.read import ways as ways_read

MOST_BARS = 8
# In pixels: with its labels it fits half a page without being made smaller.
CHART_WIDTH = 210
ARMS = ("Contacted", "Left out, to compare")
# Reasons after which a gap counts as one that may be contacted: it was, it is about to be, or it is held out.
ELIGIBLE = ("contacted", "holdout", "waiting:", "not_enrolled", "other_case_open", "case_closed:")


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """Why gaps were not contacted, in words, with how many."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """What outreach brought an organisation up to the end of ``as_of`` on the practice's clock."""

    organisation: str
    as_of: date
    cut_off: datetime
    funnel: tuple[core.Step, ...]
    not_contacted: tuple[ReasonCount, ...]
    by_channel: tuple[core.Breakdown, ...]
    by_location: tuple[core.Breakdown, ...]
    by_gap_kind: tuple[core.Breakdown, ...]
    rates: tuple[core.Rate, ...]
    waits: tuple[core.Waits, ...]
    attempts_per_booking: float | None
    lift: core.Lift
    # By kind of reason, each by the definition that its campaigns froze; and those definitions in words.
    won: tuple[core.Won, ...]
    definitions: tuple[core.Definition, ...]
    # What bookings were tied to, never as its cause; channels within segments; where people leave.
    touches: tuple[Touch, ...] = ()
    any_touch: tuple[tuple[str, int], ...] = ()
    segment_by: str = ""
    by_segment: tuple[ChannelCell, ...] = ()
    ways: tuple[Way, ...] = ()


def build_report(*, organisation_id: int, as_of: date, segment_by: str = "kind") -> Report:
    """The report as of the end of a day. The same day asked later gives the same figures.

    ``segment_by``: one of ``core.measure.ways.SEGMENTS``, for the channels within segments; "" leaves out
    the ways back altogether, for a page that does not show them.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    end = datetime.combine(as_of + timedelta(days=1), time(0), tzinfo=ZoneInfo(organisation.time_zone))
    cut_off = end - timedelta(microseconds=1)
    of: dict[str, Any] = {"organisation_id": organisation_id, "cut_off": cut_off}
    cells = read.cells(**of)
    channels = read.channel_counts(organisation_id=organisation_id, cut_off=cut_off)
    reasons = read.contact_reasons(organisation_id=organisation_id, cut_off=cut_off)
    names = {one.id: one.name for one in accounts.locations(organisation_id=organisation_id)}
    identified = sum(count for _, count in reasons)
    eligible = sum(count for key, count in reasons if key.startswith(ELIGIBLE))
    booked = sum(cell.booked for cell in cells if cell.arm == "contact")
    attempts = sum(cell.attempts for cell in cells if cell.arm == "contact")
    return Report(
        organisation=organisation.name,
        as_of=as_of,
        cut_off=cut_off,
        funnel=core.funnel(identified=identified, eligible=eligible, cells=cells),
        not_contacted=tuple(
            ReasonCount(key, reason_label(key), count) for key, count in reasons if key != "contacted"
        ),
        by_channel=core.breakdown(cells, by=lambda cell: cell.channel or "not contacted yet"),
        by_location=core.breakdown(cells, by=lambda cell: names.get(cell.location_id or 0, "no location")),
        by_gap_kind=core.breakdown(cells, by=lambda cell: cell.gap_kind),
        rates=core.rates(cells, channels, cut_off=cut_off),
        waits=tuple(read.waits(organisation_id=organisation_id, cut_off=cut_off)),
        attempts_per_booking=attempts / booked if booked else None,
        lift=core.lift(cells),
        won=core.won_by_kind(cells),
        definitions=core.definitions(cells),
        **(_ways_back(of, segment_by, names) if segment_by else {}),
    )


def _ways_back(of: dict[str, Any], segment_by: str, names: Mapping[int, str]) -> dict[str, Any]:
    booked = ways_read.booked(**of)
    return {
        "touches": touches(booked),
        "any_touch": any_touch(booked),
        "segment_by": segment_by,
        "by_segment": _named(ways_read.channel_cells(**of, by=segment_by), segment_by, names),
        "ways": ways_read.ways(**of),
    }


def _named(
    cells: tuple[ChannelCell, ...], segment_by: str, names: Mapping[int, str]
) -> tuple[ChannelCell, ...]:
    if segment_by != "location":
        return cells
    return tuple(replace(one, segment=names.get(int(one.segment or 0), "no location")) for one in cells)


def campaign_won(*, organisation_id: int, campaign_id: int, now: datetime) -> tuple[core.Won, ...]:
    """What one campaign won back up to ``now``, each kind by the definition frozen with its launch."""
    return core.won_by_kind(read.cells(organisation_id=organisation_id, cut_off=now, campaign_id=campaign_id))


def funnel_chart(report: Report) -> str:
    """The funnel as one SVG document."""
    return charts.bars_svg([(step.label, step.count) for step in report.funnel])


def won_chart(lines: Sequence[core.Won], *, label: Callable[[str], str] = str) -> str:
    """Won back of a hundred by kind of reason, with contact and without, as one SVG document.

    Only where enough were contacted for a share; of too few left out the count stands there without a bar.
    Empty without any. ``label``: the words for a kind of gap.
    """
    shown = [one for one in lines if one.contact_cases >= FEWEST][:MOST_BARS]
    bars = [
        (
            label(one.gap_kind),
            arm,
            100 * won / cases if cases >= FEWEST else None,
            f"{won:,} of {cases:,}" + ("" if cases >= FEWEST else ", too few"),
        )
        for one in shown
        for arm, won, cases in (
            (ARMS[0], one.contact_won, one.contact_cases),
            (ARMS[1], one.holdout_won, one.holdout_cases),
        )
        if cases
    ]
    return charts.paired_bars_svg(bars, whose=ARMS, width=CHART_WIDTH) if bars else ""


LABELS = {
    "holdout": "Held back to measure the effect",
    "deceased": "Deceased",
    "merged": "Duplicate record",
    "left_practice": "Left the practice",
    "do_not_contact": "Asked for no contact",
    "other_case_open": "Being contacted for another reason",
    "not_enrolled": "Waiting for a campaign or for room in today's limit",
    "closed": "Resolved before contact",
    "hold": "On hold",
    "case_closed": "Case ended before contact",
    "guard": "Refused",
    "waiting": "Waiting",
}


def reason_label(key: str) -> str:
    """A reason key ("guard:opt_out") in words ("Refused: opt out")."""
    head, _, tail = key.partition(":")
    label = LABELS.get(head, head.replace("_", " "))
    return f"{label}: {tail.replace('_', ' ')}" if tail else label

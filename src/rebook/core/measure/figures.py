"""What outreach brought: funnel and KPIs, from counted cells to figures with their fractions.

Formulas are those of rules.md F2; every rate carries numerator, denominator and cut-off (R-F2). What a
success is, each case's own definition says (``core.outcome.success``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rebook.core.outcome.success import USUAL, SuccessRule


@dataclass(frozen=True, slots=True)
class Cell:
    """Counts of the cases that share campaign, gap kind, location, first channel, arm and risk class.

    Every count is of cases (episodes), as known at the cut-off. ``holdout_possible`` marks strata in which
    somebody could have been held out; only these enter the lift.
    """

    campaign_id: int
    gap_kind: str
    location_id: int | None
    channel: str
    arm: Literal["contact", "holdout"]
    risk_class: int
    holdout_possible: bool
    cases: int
    attempted: int = 0
    reached: int = 0
    responded: int = 0
    booked: int = 0
    kept: int = 0
    # Successes by the case's own definition, prompted or not: what lift compares.
    succeeded: int = 0
    shown: int = 0
    not_shown: int = 0
    attempts: int = 0
    # No success yet, and its window has not passed.
    maturing: int = 0
    # What the campaign counts as success for this kind of gap.
    rule: SuccessRule = USUAL["interval"]


@dataclass(frozen=True, slots=True)
class ChannelCounts:
    """Messages of one channel: delivered or thought to be, and what came back within seven days."""

    channel: str
    delivered: int
    opted_out: int
    bad_contact: int
    attempted: int


@dataclass(frozen=True, slots=True)
class Waits:
    """Days from the first attempt: median and 90th percentile; None when nobody got that far (R-F24)."""

    key: str
    count: int
    median_days: float | None
    p90_days: float | None


@dataclass(frozen=True, slots=True)
class Rate:
    """A KPI with its fraction. ``value`` is None when the denominator is 0."""

    key: str
    label: str
    rule: str
    numerator: int
    denominator: int
    cut_off: datetime
    # The window of some of the denominator has not passed yet, so the figure will still rise.
    is_maturing: bool

    @property
    def value(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel, in cases."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The funnel of one channel, location or gap kind; ``succeeded`` by each case's own definition."""

    key: str
    cases: int
    attempted: int
    reached: int
    responded: int
    booked: int
    kept: int
    succeeded: int


def funnel(*, identified: int, eligible: int, cells: Iterable[Cell]) -> tuple[Step, ...]:
    """The seven steps from identified to kept; holdout cases are eligible but never attempted."""
    contact = [cell for cell in cells if cell.arm == "contact"]
    return (
        Step("identified", "Found overdue", identified),
        Step("eligible", "May be contacted", eligible),
        Step("attempted", "Contact tried", count_in(contact, lambda cell: cell.attempted)),
        Step("reached", "Reached", count_in(contact, lambda cell: cell.reached)),
        Step("responded", "Answered", count_in(contact, lambda cell: cell.responded)),
        Step("booked", "Booked", count_in(contact, lambda cell: cell.booked)),
        Step("kept", "Visit kept", count_in(contact, lambda cell: cell.kept)),
    )


def rates(cells: Iterable[Cell], channels: Iterable[ChannelCounts], *, cut_off: datetime) -> tuple[Rate, ...]:
    """The KPIs of rules.md F2 that the ledger can answer."""
    contact = [cell for cell in cells if cell.arm == "contact"]
    sent = list(channels)
    total = {
        name: count_in(contact, lambda cell, name=name: getattr(cell, name))  # type: ignore[misc]
        for name in (
            "cases",
            "attempted",
            "reached",
            "responded",
            "booked",
            "succeeded",
            "shown",
            "not_shown",
            "maturing",
        )
    }
    delivered = sum(one.delivered for one in sent)
    tried = sum(one.attempted for one in sent)
    maturing = total["maturing"] > 0
    fractions = (
        ("reached", "Reached of those tried", "R-F14", total["reached"], total["attempted"]),
        ("response", "Answered of those reached", "R-F15", total["responded"], total["reached"]),
        ("booking", "Booked of those tried", "R-F19", total["booked"], total["attempted"]),
        (
            "show",
            "Kept of booked visits that came due",
            "R-F20",
            total["shown"],
            total["shown"] + total["not_shown"],
        ),
        ("reactivation", "Won back of all assigned to contact", "R-F21", total["succeeded"], total["cases"]),
        (
            "opt_out",
            "Opted out of messages delivered",
            "R-F16",
            sum(one.opted_out for one in sent),
            delivered,
        ),
        (
            "bad_contact",
            "Wrong or dead contact of those tried",
            "R-F18",
            sum(one.bad_contact for one in sent),
            tried,
        ),
    )
    return tuple(
        Rate(key, label, rule, numerator, denominator, cut_off, maturing)
        for key, label, rule, numerator, denominator in fractions
    )


def breakdown(cells: Iterable[Cell], *, by: Callable[[Cell], str]) -> tuple[Breakdown, ...]:
    """The funnel per value of ``by``, contact arm only, most cases first."""
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.arm == "contact":
            groups.setdefault(by(cell), []).append(cell)
    rows = [
        Breakdown(
            key=key,
            cases=count_in(group, lambda cell: cell.cases),
            attempted=count_in(group, lambda cell: cell.attempted),
            reached=count_in(group, lambda cell: cell.reached),
            responded=count_in(group, lambda cell: cell.responded),
            booked=count_in(group, lambda cell: cell.booked),
            kept=count_in(group, lambda cell: cell.kept),
            succeeded=count_in(group, lambda cell: cell.succeeded),
        )
        for key, group in groups.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.cases, row.key)))


def count_in(cells: Iterable[Cell], count: Callable[[Cell], int]) -> int:
    return sum(count(cell) for cell in cells)

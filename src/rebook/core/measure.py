"""What outreach brought: funnel, KPIs and lift, from counted cells to figures with their fractions.

Formulas are those of rules.md F2; every rate carries numerator, denominator and cut-off (R-F2). The
headline effect is always the difference to the holdout (R-F44), with its interval or a plain "not enough
patients to tell" (R-F55).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import hypot, sqrt
from statistics import NormalDist
from typing import Literal

Z_95 = NormalDist().inv_cdf(0.975)
MINIMUM_HOLDOUT = 60
MINIMUM_EVENTS = 5


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
    # A completed satisfying visit, prompted or not: what lift compares.
    returned: int = 0
    shown: int = 0
    not_shown: int = 0
    attempts: int = 0
    maturing: int = 0


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
    """The funnel of one channel, location or gap kind."""

    key: str
    cases: int
    attempted: int
    reached: int
    responded: int
    booked: int
    kept: int


@dataclass(frozen=True, slots=True)
class Lift:
    """Returned with contact minus returned without, in share of patients (R-F51).

    ``difference``, ``low`` and ``high`` are None when there are not enough patients to tell.
    """

    contact_cases: int
    contact_returned: int
    holdout_cases: int
    holdout_returned: int
    difference: float | None
    low: float | None
    high: float | None
    is_maturing: bool
    sentence: str


def funnel(*, identified: int, eligible: int, cells: Iterable[Cell]) -> tuple[Step, ...]:
    """The seven steps from identified to kept; holdout cases are eligible but never attempted."""
    contact = [cell for cell in cells if cell.arm == "contact"]
    return (
        Step("identified", "Found overdue", identified),
        Step("eligible", "May be contacted", eligible),
        Step("attempted", "Contact tried", _sum(contact, lambda cell: cell.attempted)),
        Step("reached", "Reached", _sum(contact, lambda cell: cell.reached)),
        Step("responded", "Answered", _sum(contact, lambda cell: cell.responded)),
        Step("booked", "Booked", _sum(contact, lambda cell: cell.booked)),
        Step("kept", "Visit kept", _sum(contact, lambda cell: cell.kept)),
    )


def rates(cells: Iterable[Cell], channels: Iterable[ChannelCounts], *, cut_off: datetime) -> tuple[Rate, ...]:
    """The KPIs of rules.md F2 that the ledger can answer."""
    contact = [cell for cell in cells if cell.arm == "contact"]
    sent = list(channels)
    total = {
        name: _sum(contact, lambda cell, name=name: getattr(cell, name))  # type: ignore[misc]
        for name in (
            "cases",
            "attempted",
            "reached",
            "responded",
            "booked",
            "kept",
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
        ("reactivation", "Visit kept of all assigned to contact", "R-F21", total["kept"], total["cases"]),
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
            cases=_sum(group, lambda cell: cell.cases),
            attempted=_sum(group, lambda cell: cell.attempted),
            reached=_sum(group, lambda cell: cell.reached),
            responded=_sum(group, lambda cell: cell.responded),
            booked=_sum(group, lambda cell: cell.booked),
            kept=_sum(group, lambda cell: cell.kept),
        )
        for key, group in groups.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.cases, row.key)))


def lift(cells: Iterable[Cell]) -> Lift:
    """Incremental effect by assignment, over the strata in which a holdout was possible."""
    compared = [cell for cell in cells if cell.holdout_possible]
    contact = [cell for cell in compared if cell.arm == "contact"]
    holdout = [cell for cell in compared if cell.arm == "holdout"]
    treated, treated_back = _sum(contact, lambda cell: cell.cases), _sum(contact, lambda cell: cell.returned)
    held, held_back = _sum(holdout, lambda cell: cell.cases), _sum(holdout, lambda cell: cell.returned)
    maturing = any(cell.maturing for cell in compared)
    expected = held * (treated_back + held_back) / (treated + held) if treated + held else 0.0
    if not treated or held < MINIMUM_HOLDOUT or expected < MINIMUM_EVENTS:
        sentence = (
            f"Not enough patients to tell: {held} held back, {expected:.1f} returns expected among them."
        )
        return Lift(treated, treated_back, held, held_back, None, None, None, maturing, sentence)
    difference, low, high = newcombe(treated_back, treated, held_back, held)
    return Lift(
        treated,
        treated_back,
        held,
        held_back,
        difference,
        low,
        high,
        maturing,
        _lift_sentence(difference, low, high),
    )


def newcombe(back: int, among: int, held_back: int, held: int) -> tuple[float, float, float]:
    """Difference of two shares with its 95 % interval, from Wilson's two (R-F51; Newcombe 1998, method 10).

    Written out, because the libraries that hold it take seconds to import into every command; the tests hold
    it against statsmodels.
    """
    share, other = back / among, held_back / held
    low, high = wilson(back, among)
    other_low, other_high = wilson(held_back, held)
    difference = share - other
    return (
        difference,
        max(difference - hypot(share - low, other_high - other), -1.0),
        min(difference + hypot(high - share, other - other_low), 1.0),
    )


def wilson(count: int, among: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (R-F51)."""
    share, squared = count / among, Z_95**2
    middle = (share + squared / (2 * among)) / (1 + squared / among)
    spread = sqrt(share * (1 - share) / among + squared / (4 * among**2)) * Z_95 / (1 + squared / among)
    return max(middle - spread, 0.0), min(middle + spread, 1.0)


def _lift_sentence(difference: float, low: float, high: float) -> str:
    interval = f"95 % interval {low * 100:+.1f} to {high * 100:+.1f}"
    if low > 0:
        return f"Contact brought back {difference * 100:.1f} more patients in a hundred ({interval})."
    if high < 0:
        return f"Fewer came back with contact than without: {difference * 100:.1f} in a hundred ({interval})."
    return f"No difference can be seen yet: {difference * 100:+.1f} patients in a hundred ({interval})."


def _sum(cells: Iterable[Cell], count: Callable[[Cell], int]) -> int:
    return sum(count(cell) for cell in cells)

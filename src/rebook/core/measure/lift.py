"""The headline effect: won back with contact against won back without (R-F44).

Both arms are judged by one definition from one day, the one they were taken in on; with its interval, or a
plain "not enough patients to tell" (R-F55).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist

from rebook.core.outcome.success import kind_of

from .figures import Cell, count_in

Z_95 = NormalDist().inv_cdf(0.975)
MINIMUM_HOLDOUT = 60
MINIMUM_EVENTS = 5


@dataclass(frozen=True, slots=True)
class Lift:
    """Won back with contact minus won back without, in share of patients, by assignment (R-F51).

    ``difference``, ``low`` and ``high`` are None when there are not enough patients to tell.
    """

    contact_cases: int
    contact_won: int
    holdout_cases: int
    holdout_won: int
    difference: float | None
    low: float | None
    high: float | None
    is_maturing: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Arms:
    """Both arms of patients that are alike: of one campaign, for one kind of reason."""

    contact: int
    contact_won: int
    holdout: int
    holdout_won: int


def compared_strata(cells: Iterable[Cell]) -> tuple[Arms, ...]:
    """Where somebody was contacted and somebody left out, by campaign and kind of reason.

    Campaigns leave out different shares and count by different definitions: thrown together, a campaign whose
    patients come by themselves would look like what contact did (Simpson's paradox).
    """
    found: dict[tuple[int, str], list[Cell]] = {}
    for cell in cells:
        if cell.holdout_possible:
            found.setdefault((cell.campaign_id, kind_of(cell.gap_kind)), []).append(cell)
    strata = (_arms(group) for group in found.values())
    return tuple(one for one in strata if one.contact and one.holdout)


def _arms(group: list[Cell]) -> Arms:
    contact = [cell for cell in group if cell.arm == "contact"]
    holdout = [cell for cell in group if cell.arm == "holdout"]
    return Arms(
        count_in(contact, lambda cell: cell.cases),
        count_in(contact, lambda cell: cell.succeeded),
        count_in(holdout, lambda cell: cell.cases),
        count_in(holdout, lambda cell: cell.succeeded),
    )


def lift(cells: Iterable[Cell]) -> Lift:
    """Incremental effect by assignment, like compared with like, over strata in which both arms are."""
    all_cells = list(cells)
    strata = compared_strata(all_cells)
    treated, treated_won = sum(one.contact for one in strata), sum(one.contact_won for one in strata)
    held, held_won = sum(one.holdout for one in strata), sum(one.holdout_won for one in strata)
    maturing = any(cell.maturing for cell in all_cells if cell.holdout_possible)
    expected = held * (treated_won + held_won) / (treated + held) if strata else 0.0
    if held < MINIMUM_HOLDOUT or expected < MINIMUM_EVENTS:
        sentence = (
            f"Not enough patients to tell: {held} held back, {expected:.1f} returns expected among them."
        )
        return Lift(treated, treated_won, held, held_won, None, None, None, maturing, sentence)
    difference, low, high = difference_over(strata)
    sentence = _lift_sentence(difference, low, high)
    return Lift(treated, treated_won, held, held_won, difference, low, high, maturing, sentence)


def difference_over(strata: Sequence[Arms]) -> tuple[float, float, float]:
    """Difference of the shares with its 95 % interval, each stratum weighing as Mantel and Haenszel have it.

    Newcombe's interval, of numbers that carry as much as the strata together do; of one stratum it is the
    plain one.
    """
    weights = [one.contact * one.holdout / (one.contact + one.holdout) for one in strata]
    whole = sum(weights)
    parts = [weight / whole for weight in weights]
    contact = _weighed([(one.contact_won, one.contact) for one in strata], parts)
    holdout = _weighed([(one.holdout_won, one.holdout) for one in strata], parts)
    return newcombe(*contact, *holdout)


def _weighed(counts: Sequence[tuple[int, int]], parts: Sequence[float]) -> tuple[float, float]:
    """(won, among) of the weighed share, among as many as would spread alike; never more than there are."""
    if len(counts) == 1:
        return counts[0]
    share = sum(part * won / among for part, (won, among) in zip(parts, counts, strict=True))
    # Half a success added to each: a stratum without any is not certain of that.
    likely = [(won + 0.5) / (among + 1) for won, among in counts]
    middle = sum(part * one for part, one in zip(parts, likely, strict=True))
    spread = sum(
        part**2 * one * (1 - one) / among for part, one, (_, among) in zip(parts, likely, counts, strict=True)
    )
    among = min(middle * (1 - middle) / spread, sum(among for _, among in counts))
    return share * among, among


def newcombe(back: float, among: float, held_back: float, held: float) -> tuple[float, float, float]:
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


def wilson(count: float, among: float) -> tuple[float, float]:
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
        fewer = f"{-difference * 100:.1f} in a hundred"
        return f"Fewer came back with contact than without: {fewer} ({interval})."
    return f"No difference can be seen yet: {difference * 100:+.1f} patients in a hundred ({interval})."

"""The headline effect: won back with contact against won back without (R-F44).

Both arms are judged by one definition from one day, the one they were taken in on; with its interval, or a
plain "not enough patients to tell" (R-F55).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist

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


def lift(cells: Iterable[Cell]) -> Lift:
    """Incremental effect by assignment, over the strata in which a holdout was possible."""
    compared = [cell for cell in cells if cell.holdout_possible]
    contact = [cell for cell in compared if cell.arm == "contact"]
    holdout = [cell for cell in compared if cell.arm == "holdout"]
    treated, treated_back = (
        count_in(contact, lambda cell: cell.cases),
        count_in(contact, lambda cell: cell.succeeded),
    )
    held, held_back = (
        count_in(holdout, lambda cell: cell.cases),
        count_in(holdout, lambda cell: cell.succeeded),
    )
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

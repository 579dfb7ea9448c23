"""One history out of two: what the chart holds and what the immunisation registry holds (R-C32)."""

from collections.abc import Sequence
from dataclasses import dataclass

from .patient import GivenDose
from .schedule import Schedule


@dataclass(frozen=True, slots=True)
class Doubt:
    """A shot of one day that the two sources name differently; it concerns these antigens."""

    words: str
    antigens: frozenset[str]


@dataclass(frozen=True, slots=True)
class MergedHistory:
    """``doubts`` are shots of which only one of two records was kept."""

    doses: tuple[GivenDose, ...]
    doubts: tuple[Doubt, ...]


def merge_histories(
    schedule: Schedule, *, chart: Sequence[GivenDose], registry: Sequence[GivenDose]
) -> MergedHistory:
    """Every dose once. The same day and code is one shot; so is the same day with a shared antigen, and then
    the product with more antigens stays, because a registry often says "unspecified".
    """
    kept = list(dict.fromkeys((one.given_on, one.cvx) for one in chart))
    doses = {key: next(one for one in chart if (one.given_on, one.cvx) == key) for key in kept}
    doubts = []
    for theirs in sorted(registry, key=lambda one: one.order):
        if (theirs.given_on, theirs.cvx) in doses:
            continue
        twin = next(
            (mine for mine in doses.values() if mine in chart and _is_one_shot(schedule, mine, theirs)), None
        )
        if twin is None:
            doses[theirs.given_on, theirs.cvx] = theirs
            continue
        words = f"{theirs.given_on}: the chart says vaccine {twin.cvx}, the registry {theirs.cvx}"
        doubts.append(Doubt(words, antigens_of(schedule, theirs) | antigens_of(schedule, twin)))
        if len(antigens_of(schedule, theirs)) > len(antigens_of(schedule, twin)):
            del doses[twin.given_on, twin.cvx]
            doses[theirs.given_on, theirs.cvx] = theirs
    return MergedHistory(tuple(sorted(doses.values(), key=lambda one: one.order)), tuple(doubts))


def antigens_of(schedule: Schedule, dose: GivenDose) -> frozenset[str]:
    return frozenset(link.antigen for link in schedule.vaccines.get(dose.cvx, ()))


def _is_one_shot(schedule: Schedule, mine: GivenDose, theirs: GivenDose) -> bool:
    same_day = mine.given_on == theirs.given_on
    return same_day and bool(antigens_of(schedule, mine) & antigens_of(schedule, theirs))

"""What the arms of a test won back in the end, by the campaign's own definition of success."""

from collections.abc import Iterable
from dataclasses import dataclass

from rebook.core.outcome.success import SuccessRule, say


@dataclass(frozen=True, slots=True)
class ArmCell:
    """Cases of one arm under one definition. ``maturing``: no success yet, and the window is open."""

    variant: str
    rule: SuccessRule
    cases: int
    succeeded: int
    maturing: int


@dataclass(frozen=True, slots=True)
class ArmsWon:
    """``arms``: (variant, cases, successes), as drawn; ``says``: every definition that was counted."""

    arms: tuple[tuple[str, int, int], ...]
    says: tuple[str, ...]
    is_maturing: bool


def won_by_arm(cells: Iterable[ArmCell], *, arms: Iterable[str]) -> ArmsWon:
    """The arms in the order given, those without a case too."""
    found = list(cells)
    return ArmsWon(
        tuple(
            (
                arm,
                sum(one.cases for one in found if one.variant == arm),
                sum(one.succeeded for one in found if one.variant == arm),
            )
            for arm in arms
        ),
        tuple(dict.fromkeys(say(one.rule) for one in found)),
        any(one.maturing for one in found),
    )

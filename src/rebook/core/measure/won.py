"""What was won back, by kind of reason and by the definition that it was counted by (Q-545 to Q-547)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rebook.core.outcome.success import SuccessRule, kind_of, say

from .figures import Cell, count_in


@dataclass(frozen=True, slots=True)
class Won:
    """One kind of reason under one definition, both arms. ``is_maturing``: some windows are still open."""

    gap_kind: str
    rule: SuccessRule
    contact_cases: int
    contact_won: int
    holdout_cases: int
    holdout_won: int
    is_maturing: bool

    @property
    def says(self) -> str:
        return say(self.rule)


@dataclass(frozen=True, slots=True)
class Definition:
    """What was counted: the definition, its key in the ledger, in how many cases and for which kinds."""

    key: str
    says: str
    gap_kinds: tuple[str, ...]
    cases: int


def won_by_kind(cells: Iterable[Cell]) -> tuple[Won, ...]:
    """One line for each kind of reason and definition, most cases first."""
    groups: dict[tuple[str, SuccessRule], list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[kind_of(cell.gap_kind), cell.rule].append(cell)
    found = [_won(kind, rule, group) for (kind, rule), group in groups.items()]
    return tuple(sorted(found, key=lambda one: (-one.contact_cases, one.gap_kind, one.rule.key)))


def _won(kind: str, rule: SuccessRule, group: list[Cell]) -> Won:
    contact = [cell for cell in group if cell.arm == "contact"]
    holdout = [cell for cell in group if cell.arm == "holdout"]
    return Won(
        kind,
        rule,
        count_in(contact, lambda cell: cell.cases),
        count_in(contact, lambda cell: cell.succeeded),
        count_in(holdout, lambda cell: cell.cases),
        count_in(holdout, lambda cell: cell.succeeded),
        any(cell.maturing for cell in group),
    )


def definitions(cells: Iterable[Cell]) -> tuple[Definition, ...]:
    """Every definition that some case is counted by, the most used first: named with every report."""
    groups: dict[SuccessRule, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.rule].append(cell)
    found = [
        Definition(
            rule.key,
            say(rule),
            tuple(sorted({kind_of(cell.gap_kind) for cell in group})),
            count_in(group, lambda cell: cell.cases),
        )
        for rule, group in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.cases, one.key)))

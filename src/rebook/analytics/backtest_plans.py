"""Which plans a backtest has to run. Settings that only filter, or only wait longer, share one judging.

An interval rule opens when it is due plus its grace; all else about it is the same with any grace. So the
rules without grace are judged once (whom they hold to be due is wanted anyway), and a setting's own grace is
a filter on what they found. Reasons other than interval rules depend on what else is open: with them, or
with other changes, a setting is judged by a plan of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rebook.core.backtest import (
    Question,
    changed_definitions,
    changed_settings,
    needed_definitions,
    reference_definitions,
)
from rebook.core.backtest.question import FILTERS, Setting
from rebook.core.gaps import GapDefinition, GapSettings
from rebook.core.gaps.definition import SIGNED_FROM_CLASS

COLUMNS = {"kinds": "kind", "tiers": "tier", "locations": "location_id", "visit_types": "visit_type"}
Rulebook = tuple[tuple[GapDefinition, ...], GapSettings]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is run. ``chosen``: keys of interval rules; ``kinds``: kinds of events; ``definitions``: all."""

    definitions: tuple[GapDefinition, ...]
    settings: GapSettings
    chosen: frozenset[str]
    kinds: frozenset[str] = frozenset()
    # (column of a finding, values, whether it must be none of them): narrows every setting.
    common: tuple[tuple[str, tuple[str | int, ...], bool], ...] = ()

    @property
    def needed(self) -> tuple[GapDefinition, ...]:
        return needed_definitions(self.definitions, self.chosen, all_kinds=bool(self.kinds))

    @property
    def wanted(self) -> str:
        """The condition on a finding ``f`` that it is one of those asked for."""
        return f"(f.definition_key IN {words(self.chosen)} OR f.kind IN {words(self.kinds)})"

    @property
    def narrowing(self) -> str:
        return "".join(
            f" AND f.{column} {'NOT ' if is_not else ''}IN {words(values)}"
            for column, values, is_not in self.common
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One setting on its way. ``plan``: its number among the rulebooks; ``own``: its rules for one look."""

    letter: str
    name: str
    plan: int
    filters: str
    own: Rulebook


def runs_of(question: Question, rules: Rules) -> tuple[list[Run], list[Rulebook]]:
    """The settings, the reference called "due" last, and the rulebooks to judge each day by.

    Raises ``core.backtest.BadQuestion`` for a change that a definition cannot take.
    """
    reference = reference_definitions(rules.needed, rules.settings)
    books: list[Rulebook] = [reference]
    runs = []
    for one in question.settings:
        changed = changed_definitions(rules.needed, rules.chosen, one.rules)
        own = (changed, changed_settings(rules.settings, changed, one.events))
        bare = reference_definitions(changed, own[1])
        filters = _filters(one) + rules.narrowing
        book = own
        if not rules.kinds:
            book, filters = bare, filters + _waited(changed)
        if not _is_known(books, book):
            books.append(book)
        runs.append(Run(one.name, f"listing_{one.name.lower()}", _place(books, book), filters, own))
    runs.append(Run("", "due", 0, "", reference))
    return runs, books


def _is_known(books: Sequence[Rulebook], book: Rulebook) -> bool:
    return any(_same(one, book) for one in books)


def _place(books: Sequence[Rulebook], book: Rulebook) -> int:
    return next(number for number, one in enumerate(books) if _same(one, book))


def _same(one: Rulebook, other: Rulebook) -> bool:
    # What was signed differs with every change; all of it is signed here.
    hashes = [[rule.content_hash for rule in book[0]] for book in (one, other)]
    events = [
        {name: getattr(book[1], name) for name in book[1].__slots__ if name != "signed"}
        for book in (one, other)
    ]
    return hashes[0] == hashes[1] and events[0] == events[1]


def _waited(definitions: Iterable[GapDefinition]) -> str:
    """The grace of each rule as a filter; what opens when due, or before, knows none."""
    graces = [
        f"WHEN {words([one.key])[1:-1]} THEN {one.grace_days}"
        for one in definitions
        if one.grace_days and one.risk_class < SIGNED_FROM_CLASS and not one.lead_days
    ]
    if not graces:
        return ""
    return f" AND f.due_on + CASE f.key {' '.join(graces)} ELSE 0 END <= $day"


def _filters(setting: Setting) -> str:
    given = [(COLUMNS[name], getattr(setting, name)) for name in FILTERS if getattr(setting, name)]
    return "".join(f" AND f.{column} IN {words(values)}" for column, values in given)


def words(values: Iterable[str | int]) -> str:
    """Words and numbers as a list in SQL; an empty one holds nothing."""
    quoted = ["'" + one.replace("'", "''") + "'" if isinstance(one, str) else str(one) for one in values]
    return f"({', '.join(sorted(quoted)) or 'NULL'})"

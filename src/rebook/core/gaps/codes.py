"""The value sets that a practice supplies, as the rules ask for them, and what of a rule they leave open.

A chart holds the codes of conditions, procedures and medications. What a rule asks beyond that, or of a value
set that nobody supplied, is not known: never a silent no.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from rebook.core.criteria import Criteria, Expression, HasCode, ValueSets, walk_tests

# Kinds whose codes are in a chart and in a snapshot.
CODED: Final = ("condition", "procedure", "medication")


class CodeSets:
    """Value sets by canonical address, told apart by their content: ``str`` of it is a SHA-256 in hex.

    A pair with a tab or a line break in it is no code of FHIR and left out.
    """

    __slots__ = ("_digest", "sets")

    def __init__(self, sets: ValueSets | None = None) -> None:
        self.sets: Mapping[str, frozenset[tuple[str, str]]] = {
            canonical: frozenset(pair for pair in codes if _is_plain(*pair))
            for canonical, codes in (sets or {}).items()
        }
        digest = hashlib.sha256()
        for canonical in sorted(self.sets):
            digest.update(f"{canonical}\n{self.lines(canonical)}\n\n".encode())
        self._digest = digest.hexdigest() if self.sets else ""

    def lines(self, canonical: str) -> str:
        """The codes of a set, one to a line: system, tab, code. Raises KeyError."""
        return "\n".join(f"{system}\t{code}" for system, code in sorted(self.sets[canonical]))

    def __contains__(self, canonical: object) -> bool:
        return canonical in self.sets

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CodeSets) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def __str__(self) -> str:
        return self._digest

    def __repr__(self) -> str:
        return f"CodeSets({len(self.sets)} sets, {self._digest[:12]})"


NO_CODES: Final = CodeSets()


def asked_sets(expressions: Iterable[Expression]) -> frozenset[str]:
    """Canonicals of all value sets that the expressions name."""
    return frozenset(name for one in expressions for name in one.value_sets)


def not_loaded(expressions: Iterable[Expression], codes: CodeSets) -> tuple[str, ...]:
    """Why parts of the expressions cannot be answered, in words; empty when all can."""
    found: list[str] = []
    for one in expressions:
        found += [f"needs value set {name}: not loaded" for name in one.value_sets if name not in codes]
        found += [
            f"needs the code of each {kind}: not loaded"
            for kind in _coded_kinds(one.criteria)
            if kind not in CODED
        ]
    return tuple(dict.fromkeys(found))


def value_set_of(criteria: Criteria, name: str) -> str:
    """The value set that the criteria's set ``name`` asks; empty for the clinic's own words."""
    tests = walk_tests(criteria.sets[name].test)
    return next((one.value_sets[0] for one in tests if isinstance(one, HasCode) and one.value_sets), "")


def _coded_kinds(criteria: Criteria) -> list[str]:
    return [one.kind for name, one in criteria.sets.items() if value_set_of(criteria, name)]


def _is_plain(system: str, code: str) -> bool:
    return not any(mark in text for text in (system, code) for mark in "\t\n")

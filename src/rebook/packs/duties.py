"""Who keeps what a row of a place's rules asks: a rule of the guard, the program, or people (R-B1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast, get_args

from .jurisdictions_values import Row
from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

FILE = PACKS / "house" / "duties.toml"
By = Literal["guard", "rebook", "people", "unneeded"]
BY_WORDS = {
    "guard": "The guard refuses otherwise",
    "rebook": "Rebook does it",
    "people": "For you to do",
    "unneeded": "Nothing to keep",
}
# Fields of a row whose own code acts on them: the guard reads them as a law (``core.outreach.law``).
JUDGED = frozenset(
    {
        *("max_per_day", "max_per_week", "revoke_all_from", "relationship_months", "inquiry_months"),
        *("sensitive", "open_fields", "age_of_majority", "emergency_numbers", "crisis_lines", "follows"),
    }
)


@dataclass(frozen=True, slots=True)
class Duty:
    """``rule`` is the guard's, where ``by`` is "guard"."""

    key: str
    by: By
    says: str
    rule: str = ""

    @property
    def who(self) -> str:
        return BY_WORDS[self.by]


@cache
def duties() -> dict[str, Duty]:
    """Every duty that is spoken of, by its word. Raises ``PackInvalid`` with everything that is wrong."""
    return read_duties(read_document(FILE))


def read_duties(document: Document) -> dict[str, Duty]:
    errors: list[PackError] = []
    found: dict[str, Duty] = {}
    for number, data in enumerate(document.data.get("duty", [])):
        table = Table(document, "duty", number, data, errors)
        table.only({"key", "by", "rule", "says"})
        key, by = table.text("key"), table.text("by", one_of=get_args(By))
        if not key or key in found:
            table.wrong("key", "names a duty, once")
        if not table.text("says"):
            table.wrong("says", "says how it is kept, or what to do")
        if (by == "guard") != bool(table.text("rule")):
            table.wrong("rule", "is the guard's rule, and only where the guard keeps it")
        found[key] = Duty(key, cast(By, by), table.text("says"), table.text("rule"))
    if errors:
        raise PackInvalid(errors)
    return found


def words_of(row: Row) -> Iterator[str]:
    """What a row asks beside what the guard judges by the law itself: duties, figures, and other fields."""
    for field, value in row.terms.items():
        if field in ("duties", "figures"):
            yield from value
        elif field not in JUDGED:
            yield field


def duties_of(row: Row) -> tuple[Duty, ...]:
    """How each thing that a row asks is kept; words that nobody knows are left for the tests to find."""
    known = duties()
    return tuple(known[word] for word in words_of(row) if word in known)

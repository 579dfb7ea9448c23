"""What a file of rules holds, as values: rows of hours, consent and terms, and the file they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from rebook.core.outreach.law import ConsentRule
from rebook.core.outreach.values import Window

CLOSED = Window(None, None)
REVIEW_LASTS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Hours:
    """Windows of a week. ``holiday`` is None where holidays are days like others; no kinds binds all."""

    days: tuple[Window, ...]
    holiday: Window | None
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of one place. ``values`` is what the file says in it, for people to read."""

    id: str
    place: str
    rules: tuple[str, ...]
    status: str
    sources: tuple[str, ...]
    note: str
    effective_from: date | None
    effective_to: date | None
    reviewed_on: date | None
    reviewed_by: str
    version: str
    values: Mapping[str, Any]
    hours: Hours | None = None
    consent: tuple[ConsentRule, ...] = ()
    # Holds only where no other row speaks of the class and channel, or where that row was not reviewed.
    is_fallback: bool = False
    terms: Mapping[str, Any] = field(default_factory=dict)

    def in_force(self, on: date) -> bool:
        return self.overlaps(on, on)

    def overlaps(self, first: date, last: date) -> bool:
        """Whether it is in force on some day from ``first`` to ``last``."""
        began = self.effective_from is None or self.effective_from <= last
        return began and (self.effective_to is None or self.effective_to >= first)

    def last_reviewed(self, reviewed: Mapping[str, date]) -> date | None:
        """The newer of the file's date and the practice's own review of this very version."""
        own = reviewed.get(self.review_key)
        return max((day for day in (own, self.reviewed_on) if day), default=None)

    @property
    def review_key(self) -> str:
        return f"{self.id}@{self.version}"

    def is_stale(self, on: date, reviewed: Mapping[str, date]) -> bool:
        """Nobody looked at it within twelve months before ``on`` (R-A77)."""
        last = self.last_reviewed(reviewed)
        return last is None or on - last > REVIEW_LASTS


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A country's file (or the house's), checked.

    ``unlisted``: what binds a place of the country without rows: the country's rows, or the strictest of all
    its places. ``closes_on``: whose public holidays the house rule closes on, the country's or the place's.
    """

    key: str
    name: str
    version: str
    calendar: str
    closes_on: Literal["country", "place"]
    unlisted: Literal["country", "strictest"]
    rows: tuple[Row, ...]
    closed_on: frozenset[date]
    # What the file is known not to say.
    unsaid: tuple[str, ...]
    addresses: Mapping[str, str]

    @property
    def places(self) -> frozenset[str]:
        """Places with a row of their own."""
        return frozenset(row.place for row in self.rows) - {self.key}

"""What the population engine counts: listings, visits and contacts that are alike, with how many there are.

A listing is one patient for one reason, from the first judged day on which the patient was listed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

How = Literal["", "alone", "after_contact"]
Listed = Literal["never", "late", "in_time"]
Then = Literal["came", "still_due", "otherwise"]


@dataclass(frozen=True, slots=True)
class ListedCell:
    """``back_after_days``: from the first day listed to the kept visit that closes it; None: none on record.

    ``how``: whether anybody had contacted the patient between the two; empty without a visit.
    ``reason``: key of the definition, or the kind of an event.
    """

    setting: str
    reason: str
    first_on: date
    back_after_days: int | None
    how: How
    count: int


@dataclass(frozen=True, slots=True)
class MissedCell:
    """Due patients by whether, and when, a setting listed them, and what became of them without it."""

    setting: str
    reason: str
    listed: Listed
    then: Then
    count: int


@dataclass(frozen=True, slots=True)
class ContactCell:
    """Planned contacts in the week number ``week`` (0 is the first), had nobody booked because of them.

    ``is_backlog``: with patients who were listed on the first day already.
    """

    setting: str
    is_backlog: bool
    week: int
    channel: str
    count: int


@dataclass(frozen=True, slots=True)
class VisitCell:
    """Kept visits of a kind that closes one of the rules, in a week."""

    week: int
    count: int

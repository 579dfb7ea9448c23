"""Which kind of visit a gap asks for."""

from collections.abc import Sequence
from typing import Protocol

# Where the gap only says that somebody has not been seen: the first of these that the clinic offers.
GENERAL_VISITS = ("annual_visit", "hygiene", "dental_exam", "follow_up")


class AsksForVisit(Protocol):
    """Whatever carries a gap's visit type; empty when any visit would do."""

    @property
    def visit_type(self) -> str: ...


def visit_type_for(gap: AsksForVisit | None, *, offered: Sequence[str] = ()) -> str:
    """Key of the visit type to book, "" when there is nothing to go by.

    ``offered`` are the keys of the organisation's own visit types, in its order.
    """
    if gap is not None and gap.visit_type:
        return gap.visit_type
    return next((key for key in GENERAL_VISITS if key in offered), "")

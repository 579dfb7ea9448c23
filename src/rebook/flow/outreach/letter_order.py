"""The letters of a batch: in the order in which the post takes them, and nobody gets two."""

from collections.abc import Sequence

from rebook.core.outreach.values import Decision
from rebook.core.postal import postal_order
from rebook.core.reasons import Reason
from rebook.records.read import postal
from rebook.records.write.attempts import DueAttempt

from .postal import address_of
from .subject import House

TWICE = Decision(
    "refuse", (Reason("duplicate_letter", "this person gets a letter in the same batch already"),)
)


def in_postal_order(due: Sequence[DueAttempt], *, country: str) -> list[DueAttempt]:
    """By postal code, town, street and name; letters to one person stay in the order of ``due``."""
    return sorted(due, key=lambda one: postal_order(one.to_value, country=country.lower()))


def once_each(due: Sequence[DueAttempt], *, house: House) -> tuple[list[DueAttempt], list[DueAttempt]]:
    """(the letters to print, those that would be a second one to the same person), each in order.

    The same person: one chart twice, or two charts with the same name and address, whose owner is written to
    for themself. An adult who gets the letters of two children gets both.
    """
    homes = postal.homes(
        organisation_id=house.organisation.id, patient_ids=sorted({one.patient_id for one in due})
    )
    own = {number: address_of(home, country=house.country) for number, home in homes.items()}
    kept: list[DueAttempt] = []
    doubles: list[DueAttempt] = []
    seen: set[object] = set()
    for one in due:
        marks: set[object] = {one.patient_id}
        if own.get(one.patient_id) == one.to_value:
            marks.add(one.to_value.casefold())
        (doubles if marks & seen else kept).append(one)
        seen |= marks
    return kept, doubles

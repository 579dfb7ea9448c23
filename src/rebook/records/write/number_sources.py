"""How the practice got a number or address, as a person wrote it down (R-A4)."""

from collections.abc import Sequence
from datetime import date

from rebook.records.models import ContactPoint


def note_source(
    *,
    organisation_id: int,
    contact_point_id: int,
    source: str,
    given_on: date | None,
    given_for: Sequence[str],
    by: str,
) -> bool:
    """Write it down in place of what stood; no import changes it any more. False: no such number."""
    rows = ContactPoint.objects.filter(organisation_id=organisation_id, pk=contact_point_id)
    return bool(
        rows.update(
            number_source=source, given_on=given_on, given_for=list(given_for), source_noted_by=by[:100]
        )
    )


def note_unknown(*, organisation_id: int, system_key: str, source: str, by: str) -> int:
    """The same for every number of one of the practice's systems of which nothing is known; how many."""
    rows = ContactPoint.objects.filter(
        organisation_id=organisation_id, patient__source__key=system_key, number_source=""
    )
    return rows.update(number_source=source, source_noted_by=by[:100])

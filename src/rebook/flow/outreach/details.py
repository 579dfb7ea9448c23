"""Values that few texts ask for: read for a whole batch, and only where a text of the practice uses them."""

from collections.abc import Iterable, Mapping

from nameparser import HumanName

from rebook.accounts.read import OrganisationView
from rebook.records.read.postal import practitioners_of

from .library import library_of

PRACTITIONER = "practitioner_name"


def details_of(
    organisation: OrganisationView, *, patient_ids: Iterable[int]
) -> Mapping[int, Mapping[str, str]]:
    """Further fields for ``write_message`` by patient. No query while no text asks for one.

    The practitioner is named only where that gives nothing away: not by a practice that goes by a neutral
    name, and not to patients whose chart is sensitive (R-A196, R-A140).
    """
    if PRACTITIONER not in library_of(organisation).fields_used:
        return {}
    if organisation.public_name != organisation.name:
        return {}
    names = practitioners_of(organisation_id=organisation.id, patient_ids=patient_ids)
    return {patient: {PRACTITIONER: surname(name)} for patient, name in names.items()}


def surname(name: str) -> str:
    """ "Dr. Smith" of "Dr. Jane Smith, MD"; "" where no surname can be told."""
    parsed = HumanName(name)
    return f"{parsed.title} {parsed.last}".strip() if parsed.last else ""

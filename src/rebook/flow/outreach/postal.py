"""Reaching people by post and by the portal: their address and their chart's id stand on the patient.

Phones and e-mail addresses are rows of their own; these two are read from the patient when somebody asks.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rebook.core.postal import read_postal
from rebook.records.read import postal as read
from rebook.records.read.guard_subjects import ContactRow
from rebook.records.read.postal import HomeRow
from rebook.records.write.planning import ReachableBy

if TYPE_CHECKING:
    from .subject import PlannedContact

# A reading that no row stands for.
NO_ROW = 0
# What stands in place of the type of a line where the patient asked for a closed envelope (R-A101).
IN_ENVELOPE = "envelope"


def address_hash(value: str) -> str:
    """By which a returned address is known again."""
    return hashlib.sha256(value.encode()).hexdigest()


def address_of(home: HomeRow, *, country: str) -> str:
    """Name and address as on a letter; "" when none can be written."""
    return read_postal(
        name=f"{home.given_name} {home.family_name}",
        address_line=home.address_line,
        city=home.city,
        state=home.state,
        postal_code=home.postal_code,
        country=country.lower(),
    ).value


def with_postal(
    reachable: Mapping[int, Sequence[ReachableBy]],
    *,
    organisation_id: int,
    country: str,
    patient_ids: Iterable[int],
    channels: Container[str],
) -> Mapping[int, Sequence[ReachableBy]]:
    """``reachable`` with addresses for letters and chart ids for the portal, where these are served.

    No query where the practice uses neither.
    """
    if "letter" not in channels and "portal" not in channels:
        return reachable
    homes = read.homes(organisation_id=organisation_id, patient_ids=patient_ids)
    came_back = read.returned(organisation_id=organisation_id, patient_ids=homes)
    found = {patient: list(ways) for patient, ways in reachable.items()}
    for patient, home in homes.items():
        value = address_of(home, country=country)
        if value and (patient, address_hash(value)) not in came_back:
            kind = IN_ENVELOPE if home.in_envelope else ""
            found.setdefault(patient, []).append(ReachableBy(NO_ROW, patient, "postal", value, kind))
        if home.fhir_id:
            value = f"Patient/{home.fhir_id}"
            found.setdefault(patient, []).append(ReachableBy(NO_ROW, patient, "portal", value, ""))
    return found


def postal_contacts(
    contacts: "Sequence[PlannedContact]", *, organisation_id: int, country: str
) -> "tuple[Sequence[PlannedContact], dict[int, ContactRow]]":
    """(the contacts, rows for the guard by contact id): a letter's address is that of the patient or of the
    responsible adult as it stands now; one that changed since planning is nobody's any more.

    Their ids are negative: minus the id of whose address it is.
    """
    letters = [one for one in contacts if one.channel == "letter"]
    if not letters:
        return contacts, {}
    people = {one.contemplated.patient_id for one in letters}
    homes = read.homes(organisation_id=organisation_id, patient_ids=people)
    came_back = read.returned(organisation_id=organisation_id, patient_ids=homes)
    rows: dict[int, ContactRow] = {}
    for home in homes.values():
        value = address_of(home, country=country)
        if value:
            is_bad = (home.patient_id, address_hash(value)) in came_back
            state = "unreachable" if is_bad else "unverified"
            rows[-home.patient_id] = ContactRow(
                -home.patient_id, home.patient_id, "postal", value, state, "", True
            )
    return [_owned(one, homes, rows) for one in contacts], rows


def _owned(
    one: "PlannedContact", homes: Mapping[int, HomeRow], rows: Mapping[int, ContactRow]
) -> "PlannedContact":
    asked = one.contemplated
    if one.channel != "letter" or not asked.to_value or asked.patient_id not in homes:
        return one
    for owner in (asked.patient_id, homes[asked.patient_id].responsible_patient_id):
        row = rows.get(-(owner or 0))
        if row is not None and row.value == asked.to_value:
            return replace(one, contemplated=replace(asked, contact_point_id=row.id))
    return one

"""What else a patient is due for goes along with the contact that is made anyway (R-C7)."""

from collections.abc import Mapping, Sequence

from rebook.core.gaps.combine import Combined, combine
from rebook.packs.gaps import gap_definitions
from rebook.records.read import combining as read
from rebook.records.read.enrolment import EnrolmentRow


def combined(
    *, organisation_id: int, pack_keys: Sequence[str], rows: Sequence[EnrolmentRow]
) -> Mapping[int, Combined]:
    """By id of the leading gap: which gaps of the same patient share its contact, and the visit offered."""
    if not rows:
        return {}
    definitions = {one.key: one for one in gap_definitions(tuple(pack_keys))}
    gaps = read.open_gaps_of(organisation_id=organisation_id, patient_ids=[row.patient_id for row in rows])
    offered = read.bookable_types(organisation_id=organisation_id)
    found: dict[int, Combined] = {}
    for row in rows:
        mine = gaps.get(row.patient_id, [])
        lead = next((one for one in mine if one.id == row.gap_id), None)
        if lead is not None and len(mine) > 1:
            found[lead.id] = combine(lead, mine, definitions=definitions, offered=offered)
    return found

"""What the specialty packs bring to a practice, for the stages that set one up or change it."""

from collections.abc import Sequence

from rebook.packs.gaps import pack_keys as known_packs
from rebook.packs.specialties import visit_types
from rebook.records.write import hours as write


def unknown_pack(keys: Sequence[str]) -> str:
    """What is wrong with the keys, with the known ones to choose from; empty when all are known."""
    unknown = sorted(set(keys) - set(known_packs()))
    if not unknown:
        return ""
    return f"there is no pack {', '.join(unknown)}; choose from {', '.join(known_packs())}"


def add_visit_types(*, organisation_id: int, pack_keys: Sequence[str], language: str) -> tuple[str, ...]:
    """Add the packs' kinds of visit that the practice has not; their keys. What it has stays as it is.

    None may be booked by patients until the practice says so (R-D78). Runs in the caller's transaction.
    """
    return tuple(
        one.key
        for one in visit_types(pack_keys)
        if write.add_visit_type(
            organisation_id=organisation_id,
            key=one.key,
            label=one.label.get(language) or one.label["en"],
            minutes=one.minutes,
        )
    )

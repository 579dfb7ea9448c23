"""The short form of a segment that a campaign's first questions give: a few lists, empty ones mean any."""

from collections.abc import Mapping
from typing import Any

from .segment import BadSegment, Segment

LISTS = {
    "kinds": "gap_kind",
    "definitions": "definition",
    "tiers": "tier",
    "locations": "location",
    "visit_types": "gap_visit_type",
}


def from_lists(value: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a segment from its short form; a long one is given back as it is. Raises ``BadSegment``."""
    if "filters" in value or "who" in value:
        return dict(value)
    for key, words in value.items():
        if key not in LISTS:
            raise BadSegment(str(key), f"there is no such field; there are {', '.join(LISTS)}")
        if not isinstance(words, list | tuple):
            raise BadSegment(key, "wants a list")
    filters = [{"field": LISTS[key], "any_of": list(value[key])} for key in LISTS if value.get(key)]
    return Segment.from_json({"who": "due", "filters": filters}).as_json()

"""A segment in one sentence, so that a person can check what it says before using it."""

from collections.abc import Callable

from .fields import FIELDS
from .segment import Filter, Segment

# (field, value) to the clinic's word for the value.
Label = Callable[[str, str], str]


def plain_label(field: str, value: str) -> str:
    """The value in plain letters, for doors without the clinic's words."""
    if field == "tier":
        return "never seen" if value == "never" else value.replace("_", "-")
    return value.replace("_", " ") or "unknown"


def sentence(segment: Segment, *, label: Label = plain_label) -> str:
    """ "Patients with a reason to come back, aged 40 to 74 years, who speak Spanish." """
    start = "Patients with a reason to come back" if segment.who == "due" else "All patients"
    parts = [_phrase(one, label) for one in segment.filters]
    return ", ".join([start, *parts]) + "."


def _phrase(one: Filter, label: Label) -> str:
    field = FIELDS[one.field]
    phrase = field.not_phrase if one.is_not else field.phrase
    if field.shape == "range":
        return phrase.format(_range(one, field.unit))
    return phrase.format(" or ".join(label(one.field, value) for value in one.values))


def _range(one: Filter, unit: str) -> str:
    if one.low is None:
        return f"at most {one.high:,} {unit}"
    if one.high is None:
        return f"{one.low:,} {unit} or more"
    if one.low == one.high:
        return f"exactly {one.low:,} {unit}"
    return f"{one.low:,} to {one.high:,} {unit}"

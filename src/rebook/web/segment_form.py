"""A segment as a form sends it, and the clinic's words for what it may name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from rebook.accounts import read as accounts
from rebook.core.segment import FIELDS, BadSegment, Segment, SegmentField
from rebook.core.segment.sentence import Label
from rebook.flow import segments as flow
from rebook.packs.gaps import gap_definitions
from rebook.records.read.segments import practitioner_names
from rebook.web.access import Staff
from rebook.web.words import language, visit, words

# Which of the words of a page a field's values are; the others are named below or shown in plain letters.
VOCABULARIES = {
    "gap_kind": "gap",
    "tier": "tier",
    "risk_class": "risk",
    "channel": "channel",
    "prior_outcome": "outcome",
}
VISITS = frozenset({"gap_visit_type", "last_visit_type", "visit_type"})


@dataclass(slots=True)
class SegmentForm:
    """What was chosen, the segment it makes, and what is wrong with it, by field."""

    given: QueryDict
    segment: Segment
    errors: dict[str, str] = field(default_factory=dict)

    def chosen(self, key: str) -> list[str]:
        return self.given.getlist(key)

    def end(self, key: str, which: str) -> str:
        return self.given.get(f"{key}.{which}", "")

    def is_not(self, key: str) -> bool:
        return bool(self.given.get(f"{key}.is_not"))

    def is_used(self, key: str) -> bool:
        return bool(self.chosen(key) or self.end(key, "from") or self.end(key, "to"))


def read_form(given: QueryDict, *, organisation_id: int) -> SegmentForm:
    """The segment that the form's fields say; a field that is wrong is left out of it and named."""
    who = given.get("who", "due")
    form = SegmentForm(given, Segment())
    rows: list[dict[str, Any]] = []
    for key, one in FIELDS.items():
        if who == "everybody" and one.about == "reason":
            continue
        try:
            row = _row(one, given)
            if row:
                flow.read_segment(organisation_id=organisation_id, value={"who": who, "filters": [row]})
                rows.append(row)
        except BadSegment as error:
            form.errors[key] = f"{error.reason[:1].upper()}{error.reason[1:]}."
    who = who if who in ("due", "everybody") else "due"
    form.segment = Segment.from_json({"who": who, "filters": rows})
    return form


def _row(one: SegmentField, given: QueryDict) -> dict[str, Any] | None:
    is_not = bool(given.get(f"{one.key}.is_not"))
    if one.shape != "range":
        values = given.getlist(one.key)
        return {"field": one.key, ("none_of" if is_not else "any_of"): values} if values else None
    ends = {end: given.get(f"{one.key}.{end}", "").strip() for end in ("from", "to")}
    for text in ends.values():
        if text and not (text.isascii() and text.isdecimal() and len(text) < 12):
            raise BadSegment(one.key, "wants whole numbers")
    numbers: dict[str, Any] = {end: int(text) for end, text in ends.items() if text}
    return {"field": one.key, **numbers, "is_not": is_not} if numbers else None


def as_query(segment: Segment) -> QueryDict:
    """The form's fields for a segment: the other way round."""
    given = QueryDict(mutable=True)
    given["who"] = segment.who
    for one in segment.filters:
        given.setlist(one.field, list(one.values)) if one.values else None
        for end, number in (("from", one.low), ("to", one.high)):
            if number is not None:
                given[f"{one.field}.{end}"] = str(number)
        if one.is_not:
            given[f"{one.field}.is_not"] = "1"
    return given


def labels(staff: Staff) -> Label:
    """The clinic's word for a value of a field."""
    organisation_id = staff.organisation_id
    named: Mapping[str, Mapping[str, str]] = {
        "definition": {one.key: one.words() for one in gap_definitions(staff.organisation.pack_keys)},
        "location": {str(one.id): one.name for one in accounts.locations(organisation_id=organisation_id)},
        "practitioner": practitioner_names(organisation_id=organisation_id),
    }

    def label(key: str, value: str) -> str:
        if key in named:
            return named[key].get(value) or f"{value} (no longer there)"
        if key in VISITS:
            return visit(value)
        if key in VOCABULARIES:
            return words(value, VOCABULARIES[key])
        if key == "language":
            return language(value) if value else "an unknown language"
        return value.replace("_", " ")

    return label

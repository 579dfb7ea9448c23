"""A segment as a value, and as the JSON the ledger keeps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .fields import FIELDS, SegmentField

Who = Literal["due", "everybody"]
WHO = ("due", "everybody")
MOST_VALUES = 200
LONGEST_WORD = 100
_FILTER_KEYS = {"field", "any_of", "none_of", "from", "to", "is_not"}


class BadSegment(Exception):
    """A segment names something that does not exist; ``field`` says where. Trying again does not help."""

    permanent = True
    is_for_people = True

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"segment {field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Filter:
    """``values`` for a choice (any of them; ids as text); ``low`` and ``high`` for a range, both included."""

    field: str
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    is_not: bool = False

    def as_json(self) -> dict[str, Any]:
        if FIELDS[self.field].shape == "range":
            ends = {"from": self.low, "to": self.high}
            given: dict[str, Any] = {key: value for key, value in ends.items() if value is not None}
            return {"field": self.field, **given, **({"is_not": True} if self.is_not else {})}
        return {"field": self.field, ("none_of" if self.is_not else "any_of"): list(self.values)}


@dataclass(frozen=True, slots=True)
class Segment:
    """Filters that must all hold. ``who`` "due": patients with an open gap that fits; else all patients."""

    filters: tuple[Filter, ...] = ()
    who: Who = "due"

    def of(self, key: str) -> Filter | None:
        return next((one for one in self.filters if one.field == key), None)

    def as_json(self) -> dict[str, Any]:
        return {"who": self.who, "filters": [one.as_json() for one in self.filters]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any], *, locations: Collection[int] | None = None) -> "Segment":
        """The segment in ``value``; filters come out in the order of ``FIELDS``, one for each field.

        ``locations`` are the organisation's own; None leaves them unchecked. Raises ``BadSegment``.
        """
        for key in value:
            if key not in ("who", "filters", "saved"):
                raise BadSegment(str(key), "there is no such field; there are who and filters")
        who = value.get("who", "due")
        if who not in WHO:
            raise BadSegment("who", f"'{who}' is none of {', '.join(WHO)}")
        rows = value.get("filters", [])
        if not isinstance(rows, list | tuple) or not all(isinstance(one, Mapping) for one in rows):
            raise BadSegment("filters", "wants a list of filters")
        found: dict[str, Filter] = {}
        for row in rows:
            one = _filter(row)
            if one.field in found:
                raise BadSegment(one.field, "is there twice")
            found[one.field] = one
        if who == "everybody":
            for key in found:
                if FIELDS[key].about == "reason":
                    raise BadSegment(key, "asks about a reason to come back: choose who are due")
        sites = found.get("location")
        for site in sites.values if sites and locations is not None else ():
            if int(site) not in (locations or ()):
                raise BadSegment("location", f"there is no site {site}")
        return cls(tuple(found[key] for key in FIELDS if key in found), who)


def _filter(row: Mapping[str, Any]) -> Filter:
    key = row.get("field")
    if not isinstance(key, str) or key not in FIELDS:
        raise BadSegment(str(key), f"there is no such field; there are {', '.join(FIELDS)}")
    for name in row:
        if name not in _FILTER_KEYS:
            raise BadSegment(key, f"does not know '{name}'")
    field = FIELDS[key]
    return _range(field, row) if field.shape == "range" else _choice(field, row)


def _range(field: SegmentField, row: Mapping[str, Any]) -> Filter:
    if "any_of" in row or "none_of" in row:
        raise BadSegment(field.key, "wants from and to")
    low, high = row.get("from"), row.get("to")
    for end in (low, high):
        if end is not None and (isinstance(end, bool) or not isinstance(end, int)):
            raise BadSegment(field.key, "wants whole numbers")
        if end is not None and not field.least <= end <= field.most:
            raise BadSegment(field.key, f"lies between {field.least} and {field.most:,} {field.unit}")
    if low is None and high is None:
        raise BadSegment(field.key, "wants from or to")
    if low is not None and high is not None and low > high:
        raise BadSegment(field.key, f"goes from {low} to {high}: the first is greater")
    return Filter(field.key, low=low, high=high, is_not=row.get("is_not") is True)


def _choice(field: SegmentField, row: Mapping[str, Any]) -> Filter:
    if ("any_of" in row) == ("none_of" in row) or "from" in row or "to" in row:
        raise BadSegment(field.key, "wants any_of or none_of")
    values = row.get("any_of", row.get("none_of"))
    if not isinstance(values, list | tuple) or not values:
        raise BadSegment(field.key, "wants a list with at least one value")
    if len(values) > MOST_VALUES:
        raise BadSegment(field.key, f"names more than {MOST_VALUES} values")
    words = tuple(dict.fromkeys(str(one) for one in values if isinstance(one, str | int)))
    if any(not isinstance(one, str | int) or isinstance(one, bool) for one in values):
        raise BadSegment(field.key, "holds something that is no word")
    for word in words:
        if field.words and word not in field.words:
            raise BadSegment(field.key, f"'{word}' is none of {', '.join(field.words)}")
        # The ledger's ids fit into 18 digits.
        if field.shape == "ids" and not (word.isascii() and word.isdecimal() and len(word) <= 18):
            raise BadSegment(field.key, f"'{word}' is no number")
        # Only a language may be unknown; elsewhere nothing said is nothing chosen.
        if (not word and field.key != "language") or len(word) > LONGEST_WORD or "\x00" in word:
            raise BadSegment(field.key, "holds something that is no key")
    return Filter(field.key, words, is_not="none_of" in row)

"""A segment: which open gaps a campaign is for. An empty list means any."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

GAP_KINDS = ("interval", "follow_up_not_booked", "cancelled_not_rebooked", "no_show_not_rebooked", "inactive")
TIERS = ("active", "slipping", "dormant", "long_lapsed", "lost", "never")


class BadSegment(Exception):
    """A segment names something that does not exist; ``field`` says where."""

    permanent = True
    is_for_people = True

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"segment {field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of the ledger; ``locations`` are ids."""

    kinds: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    locations: tuple[int, ...] = ()
    visit_types: tuple[str, ...] = ()

    def as_json(self) -> dict[str, list[Any]]:
        return {key: list(value) for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any], *, locations: Collection[int] | None = None) -> "Segment":
        """The segment in ``value``. ``locations`` are the organisation's own; None leaves them unchecked.

        Raises ``BadSegment`` for an unknown field, word or site.
        """
        unknown = sorted(set(value) - set(cls.__slots__))
        if unknown:
            raise BadSegment(unknown[0], f"there is no such field; there are {', '.join(cls.__slots__)}")
        lists = {key: _list(key, value.get(key, ())) for key in cls.__slots__}
        for key, known in (("kinds", GAP_KINDS), ("tiers", TIERS)):
            for word in lists[key]:
                if word not in known:
                    raise BadSegment(key, f"'{word}' is none of {', '.join(known)}")
        for key in ("definitions", "visit_types"):
            if not all(isinstance(word, str) and 0 < len(word) <= 100 for word in lists[key]):
                raise BadSegment(key, "holds something that is no key")
        for site in lists["locations"]:
            if isinstance(site, bool) or not isinstance(site, int):
                raise BadSegment("locations", "holds something that is no site")
            if locations is not None and site not in locations:
                raise BadSegment("locations", f"there is no site {site}")
        return cls(**lists)

    def in_words(self, *, site_names: Mapping[int, str], labels: Mapping[str, str]) -> str:
        """One sentence part: "overdue visits, dormant, at Elm Street". ``labels`` translate keys."""
        parts = [
            _joined(self.kinds, labels) or "every kind of reason",
            _joined(self.definitions, labels),
            _joined(self.visit_types, labels),
            _joined(self.tiers, labels),
        ]
        sites = " or ".join(site_names.get(site, f"site {site}") for site in self.locations)
        parts.append(f"at {sites}" if sites else "")
        return ", ".join(part for part in parts if part)


def _list(field: str, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise BadSegment(field, "wants a list")
    return tuple(dict.fromkeys(value)) if all(isinstance(one, str | int) for one in value) else tuple(value)


def _joined(words: tuple[str, ...], labels: Mapping[str, str]) -> str:
    return " or ".join(labels.get(word, word.replace("_", " ")) for word in words)

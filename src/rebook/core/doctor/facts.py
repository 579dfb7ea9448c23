"""What was counted in the records, for the checks to judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Counted:
    """``count`` of ``of`` rows or patients."""

    count: int
    of: int

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One gap definition on these records.

    ``starts_from_nothing``: it makes somebody due who never had the visit. ``words_known``: visits and
    procedures it counts from that occur at all. ``listed``: patients it lists now, None when not judged.
    ``has_room``: its visit type exists and somebody's hours take it. ``not_loaded``: what it asks of value
    sets and codes that are not there, in words.
    """

    key: str
    label: str
    risk_class: int
    is_signed: bool
    is_expired: bool
    starts_from_nothing: bool
    words: tuple[str, ...]
    words_known: tuple[str, ...]
    listed: int | None
    visit_type: str
    has_room: bool
    not_loaded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What a source's rows looked like after an import.

    ``rows`` that the import named, by kind; ``empty``: "table.column" to the share of rows without it;
    ``words``: "table.column" to the words in use with their number of rows; both of the last eight weeks, as
    is ``visits_per_week``.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    empty: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    visits_per_week: float = 0.0

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Profile | None":
        """None for a run that kept none."""
        return cls(**value) if value.get("rows") is not None else None


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """One place data comes from. ``before`` and ``now``: profiles of its last two complete imports."""

    key: str
    hours_since_sync: float | None
    now: Profile | None = None
    before: Profile | None = None


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """``is_rehearsal``: what is sent reaches nobody. ``problem``: why it cannot be used at all."""

    kind: str
    key: str
    is_rehearsal: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that ``examine`` judges. ``counts`` by the keys of ``checks.COUNTED``."""

    today: date
    patients: int
    counts: Mapping[str, Counted] = field(default_factory=dict)
    # The newest appointment or visit up to today, and the last coming one, of the practice's own systems.
    last_event_on: date | None = None
    furthest_on: date | None = None
    coming: int = 0
    stale_after_hours: int = 72
    time_zone: str = ""
    zone_is_known: bool = True
    sources: tuple[SourceFacts, ...] = ()
    rules: tuple[RuleFacts, ...] = ()
    channels: tuple[ChannelFacts, ...] = ()
    has_phone: bool = True
    has_postal_address: bool = True
    days_since_backup: int | None = None

"""One patient as criteria see them: coded events with the span of time each may have taken.

A time is often known only to the day, or an end not at all. So a span holds four instants: the earliest and
the latest possible begin, the earliest and the latest possible end. ``MIN`` and ``MAX`` stand for "before
anything" and "not over".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

MIN = datetime(1, 1, 1, tzinfo=UTC)
MAX = datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)

# The system of a clinic's own words (visit types, kinds of condition ...), which no code system owns.
OWN_WORDS = ""

# The system of a whole value set: "none of these" is coded by the set's address itself.
WHOLE_SET = "urn:value-set"

ValueSets = Mapping[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Span:
    """When something was, UTC: begun between ``starts_at`` and ``starts_by``, over between the other two."""

    starts_at: datetime
    starts_by: datetime
    ends_at: datetime
    ends_by: datetime


@dataclass(frozen=True, slots=True)
class Coded:
    """A code in one of an event's places: role "code", "reason", "value", "class", "profile" ..."""

    role: str
    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured number: of the event itself (no code), or of one of its components."""

    system: str
    code: str
    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing charted. ``id`` is the event's own number and breaks ties: later in the source, higher.

    ``recorded`` is when it was written down, ordered or issued; ``references`` are (role, ``source_id``).
    """

    id: int
    kind: str
    span: Span | None = None
    recorded: Span | None = None
    status: str = ""
    intent: str = ""
    is_not_done: bool = False
    has_value: bool = False
    source_id: str = ""
    codes: tuple[Coded, ...] = ()
    readings: tuple[Reading, ...] = ()
    references: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A patient's events. ``sex`` is the code or word of the source; empty when not known."""

    birth_on: date | None = None
    sex: str = ""
    events: tuple[Event, ...] = ()
    by_kind: Mapping[str, tuple[Event, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        kinds: dict[str, list[Event]] = {}
        for event in sorted(self.events, key=lambda one: one.id):
            kinds.setdefault(event.kind, []).append(event)
        object.__setattr__(self, "by_kind", {kind: tuple(found) for kind, found in kinds.items()})

"""Criteria as data: named sets of events, conditions over them, and a measure's populations.

Frozen values, read by both engines. ``packs.criteria`` makes them from TOML; ``expression`` from the small
boolean logic of a gap definition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from .moments import Steps

Own = Literal["whole", "starts", "ends", "latest", "earliest", "recorded"]
Relation = Literal[
    "during", "overlaps", "overlaps after", "on or before", "before", "on or after", "after", "same"
]

# Targets a phrase may name beside windows: the measurement period, the related event, the row itself.
PERIOD, IT, THIS = "period", "it", "this"
BIRTH = "birth"


@dataclass(frozen=True, slots=True)
class Point:
    """A moment: an edge of the period, of the one event of a set, or the day of birth; moved by ``steps``."""

    anchor: str
    edge: Literal["start", "end"] = "start"
    steps: Steps = ()


@dataclass(frozen=True, slots=True)
class Window:
    """From one moment to another, both included; ``is_open`` leaves the last one out."""

    opens: Point
    closes: Point
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """How an event's time (``own``) stands to ``target``: a window's name, "period", "it" or "this".

    ``edge`` takes one end of the target, moved by ``steps``. ``within`` asks in addition for no more than
    that distance (with "on or before" and "on or after").
    """

    own: Own
    relation: Relation
    target: str
    by_day: bool = False
    edge: Literal["", "start", "end"] = ""
    steps: Steps = ()
    within: tuple[int, str] | None = None


# What combinators hold: tests of one event, or conditions on a patient.
T = TypeVar("T")


@dataclass(frozen=True)
class Every(Generic[T]):
    parts: tuple[T, ...] = ()


@dataclass(frozen=True)
class Some(Generic[T]):
    parts: tuple[T, ...] = ()


@dataclass(frozen=True)
class No(Generic[T]):
    part: T


@dataclass(frozen=True, slots=True)
class HasCode:
    """One of the event's codes in place ``role`` is in a value set, or is one of ``codes`` (system, code)."""

    role: str = "code"
    value_sets: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WordIs:
    """The event's ``field`` ("status", "intent") is one of ``words``."""

    field: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlagIs:
    """The event's ``field`` ("is_not_done", "has_value") is ``value``."""

    field: str
    value: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """The reading of ``component`` (system, code; None: the event's own) lies within the bounds."""

    component: tuple[str, str] | None = None
    unit: str = ""
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    @property
    def is_bounded(self) -> bool:
        """False: any number will do."""
        return any(one is not None for one in (self.at_least, self.above, self.at_most, self.below))


@dataclass(frozen=True, slots=True)
class AgedAt:
    """The patient's age in completed years on the day of the event's ``own`` time."""

    own: Own
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """There is an event of set ``to`` ("it") that this one stands in the given relation to.

    ``when``: this event's time against "it"; ``its``: the other's against "this"; ``refers``: this event's
    reference of that role names the other. ``pick`` keeps the first or last such event by ``by`` before
    ``then`` asks that it is also in that set.
    """

    to: str
    when: tuple[Timing, ...] = ()
    its: tuple[Timing, ...] = ()
    refers: str = ""
    pick: Literal["", "first", "last"] = ""
    by: Own = "starts"
    then: str = ""


Test = (
    HasCode
    | WordIs
    | FlagIs
    | Measured
    | AgedAt
    | Timing
    | Related
    | Every["Test"]
    | Some["Test"]
    | No["Test"]
)


@dataclass(frozen=True, slots=True)
class Pick:
    """Keep one event per patient, or (``is_day``) all events of the one day."""

    which: Literal["first", "last"]
    by: Own
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class EventSet:
    """Events of a ``kind``, or of the sets ``among``; that pass ``test``; less those in ``minus``; picked."""

    name: str
    kind: str = ""
    among: tuple[str, ...] = ()
    test: Test = field(default_factory=Every)
    minus: tuple[str, ...] = ()
    pick: Pick | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """At least ``at_least`` events in the set; by ``days_of``: on so many different days."""

    name: str
    at_least: int = 1
    days_of: Own | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Aged:
    """The patient's age in completed years at a moment."""

    at: Point
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class SexIs:
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """A named condition."""

    name: str


Condition = Counted | Aged | SexIs | Holds | Every["Condition"] | Some["Condition"] | No["Condition"]

POPULATIONS = (
    "initial_population",
    "denominator",
    "denominator_exclusion",
    "denominator_exception",
    "numerator",
    "numerator_exclusion",
)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Everything names may stand for."""

    sets: Mapping[str, EventSet] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    windows: Mapping[str, Window] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: criteria and its groups of populations.

    ``basis`` "patient": every population is a condition. "event": it is a set, and its events are counted.
    ``is_inverse``: being in the numerator is the gap (poor control). Populations left out are not asked.
    """

    key: str
    version: str
    title: str
    source: str
    criteria: Criteria
    groups: tuple[Mapping[str, Condition], ...]
    basis: Literal["patient", "event"] = "patient"
    is_inverse: bool = False


def walk_tests(test: Test) -> Iterator[Test]:
    """``test`` and all it is made of."""
    yield test
    if isinstance(test, Every | Some):
        for part in test.parts:
            yield from walk_tests(part)
    elif isinstance(test, No):
        yield from walk_tests(test.part)

"""An immunisation schedule as values: CDC's supporting data (CDSi 4.x), read by ``sources.cdsi``.

Rebook ships none: the clinic chooses the authority and supplies its files (R-C30).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from .periods import Period


class SeriesKind(StrEnum):
    STANDARD = "Standard"
    RISK = "Risk"
    EVALUATION_ONLY = "Evaluation Only"


class SkipContext(StrEnum):
    EVALUATION = "Evaluation"
    FORECAST = "Forecast"
    BOTH = "Both"


class SkipKind(StrEnum):
    AGE = "age"
    COMPLETED_SERIES = "completed series"
    INTERVAL = "interval"
    COUNT = "vaccine count"


class CountLogic(StrEnum):
    GREATER = "greater than"
    EQUAL = "equal to"
    LESS = "less than"


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule counts on the days from ``effective_on`` to ``ceased_on``, both included (RELEVANT-1, -2)."""

    effective_on: date | None = None
    ceased_on: date | None = None

    def is_on(self, day: date) -> bool:
        return (self.effective_on is None or self.effective_on <= day) and (
            self.ceased_on is None or day <= self.ceased_on
        )


@dataclass(frozen=True, slots=True)
class AgeRule:
    absolute_minimum: Period | None = None
    minimum: Period | None = None
    earliest_recommended: Period | None = None
    latest_recommended: Period | None = None
    maximum: Period | None = None
    in_force: InForce = InForce()


@dataclass(frozen=True, slots=True)
class IntervalRule:
    """Time since one of: the previous dose, a target dose, the latest of some vaccines, an observation."""

    from_previous: bool = False
    from_target_dose: int | None = None
    from_vaccines: frozenset[str] = frozenset()
    from_observation: str = ""
    absolute_minimum: Period | None = None
    minimum: Period | None = None
    earliest_recommended: Period | None = None
    latest_recommended: Period | None = None
    is_priority: bool = False
    in_force: InForce = InForce()


@dataclass(frozen=True, slots=True)
class VaccineRule:
    """A product that suits a dose between two ages; ``mvx`` where only one maker's does."""

    cvx: str
    name: str = ""
    begin_age: Period | None = None
    end_age: Period | None = None
    mvx: str = ""
    trade_name: str = ""
    is_forecast: bool = False


@dataclass(frozen=True, slots=True)
class SkipCondition:
    kind: SkipKind
    start_on: date | None = None
    end_on: date | None = None
    begin_age: Period | None = None
    end_age: Period | None = None
    interval: Period | None = None
    count: int = 0
    logic: CountLogic = CountLogic.GREATER
    valid_only: bool = False
    vaccines: frozenset[str] = frozenset()
    series_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SkipSet:
    conditions: tuple[SkipCondition, ...]
    needs_all: bool = True
    words: str = ""
    in_force: InForce = InForce()


@dataclass(frozen=True, slots=True)
class SkipRule:
    context: SkipContext
    sets: tuple[SkipSet, ...]
    needs_all: bool = True


@dataclass(frozen=True, slots=True)
class SeriesDose:
    number: int
    ages: tuple[AgeRule, ...] = ()
    intervals: tuple[IntervalRule, ...] = ()
    allowable_intervals: tuple[IntervalRule, ...] = ()
    preferable: tuple[VaccineRule, ...] = ()
    allowable: tuple[VaccineRule, ...] = ()
    inadvertent: frozenset[str] = frozenset()
    skips: tuple[SkipRule, ...] = ()
    is_recurring: bool = False
    season_starts_on: date | None = None
    season_ends_on: date | None = None

    def age_rule(self, day: date) -> AgeRule:
        """The rule in force that day; an empty one where the schedule sets no age."""
        return next((one for one in self.ages if one.in_force.is_on(day)), AgeRule())


@dataclass(frozen=True, slots=True)
class Indication:
    """An observation that makes a risk series apply between two ages."""

    observation: str
    words: str = ""
    begin_age: Period | None = None
    end_age: Period | None = None


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    antigen: str
    vaccine_group: str
    kind: SeriesKind
    doses: tuple[SeriesDose, ...]
    group: str = "1"
    group_name: str = ""
    equivalent_groups: frozenset[str] = frozenset()
    sexes: frozenset[str] = frozenset()
    is_default: bool = False
    is_product: bool = False
    is_shared_decision: bool = False
    priority: str = "A"
    preference: int = 99
    min_age_to_start: Period | None = None
    max_age_to_start: Period | None = None
    indications: tuple[Indication, ...] = ()


@dataclass(frozen=True, slots=True)
class Contraindication:
    """``vaccines`` empty: the whole antigen; else only these products."""

    observation: str
    words: str = ""
    begin_age: Period | None = None
    end_age: Period | None = None
    vaccines: tuple[VaccineRule, ...] = ()


@dataclass(frozen=True, slots=True)
class ImmuneByBirth:
    born_before: date
    country: str = ""
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Antigen:
    """``not_understood`` names elements that the reader could not judge: such an antigen is not covered."""

    name: str
    series: tuple[Series, ...]
    immune_by: frozenset[str] = frozenset()
    immune_by_birth: tuple[ImmuneByBirth, ...] = ()
    contraindications: tuple[Contraindication, ...] = ()
    not_understood: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VaccineGroup:
    name: str
    antigens: tuple[str, ...]
    gives_full_group: bool = False


@dataclass(frozen=True, slots=True)
class Association:
    """A product protects against ``antigen`` when given between two ages."""

    antigen: str
    begin_age: Period | None = None
    end_age: Period | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """``current`` needs distance from ``previous``; less of it where that dose was valid."""

    previous: str
    current: str
    begins: Period
    ends_if_valid: Period
    ends: Period


@dataclass(frozen=True, slots=True)
class Schedule:
    """``vaccines`` by CVX; ``observations`` titles by code; ``coded`` from (system, code) to such codes."""

    antigens: Mapping[str, Antigen]
    groups: tuple[VaccineGroup, ...]
    vaccines: Mapping[str, tuple[Association, ...]]
    vaccine_names: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, tuple[Conflict, ...]] = field(default_factory=dict)
    observations: Mapping[str, str] = field(default_factory=dict)
    coded: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    version: str = ""
    unknown_elements: tuple[str, ...] = ()
    used_observations: frozenset[str] = frozenset()


def observations_in(antigens: Iterable[Antigen]) -> frozenset[str]:
    """Every observation code that some rule of these antigens looks at."""
    used: set[str] = set()
    for antigen in antigens:
        used |= antigen.immune_by
        used.update(*(one.unless for one in antigen.immune_by_birth))
        used.update(one.observation for one in antigen.contraindications)
        for series in antigen.series:
            used.update(one.observation for one in series.indications)
            used.update(rule.from_observation for dose in series.doses for rule in dose.intervals)
    return frozenset(used - {""})


def cvx_code(text: str) -> str:
    """A CVX code as everywhere here: at least two digits ("3" and "03" are one)."""
    return text.strip().zfill(2)

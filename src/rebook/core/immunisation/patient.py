"""Whom a schedule is asked about: birth, sex, doses given, observations."""

from dataclasses import dataclass, field
from datetime import date

from .schedule import cvx_code


@dataclass(frozen=True, slots=True)
class GivenDose:
    """One dose as recorded. ``is_substandard``: expired, recalled or too weak, and to be repeated."""

    given_on: date
    cvx: str
    mvx: str = ""
    is_substandard: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cvx", cvx_code(self.cvx))

    @property
    def order(self) -> tuple[date, str, str, bool, str]:
        """Doses of one day come in the order of their codes, so the order of the input never matters."""
        return (self.given_on, self.cvx, self.mvx, self.is_substandard, self.key)


@dataclass(frozen=True, slots=True)
class Observation:
    """An active observation by the schedule's own code; ``on`` where the day is known."""

    code: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """``sex`` is "Female", "Male" or "Unknown", as the schedule writes them."""

    born_on: date
    sex: str = "Unknown"
    birth_country: str = ""
    doses: tuple[GivenDose, ...] = ()
    observations: tuple[Observation, ...] = ()
    _codes: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        object.__setattr__(self, "doses", tuple(sorted(self.doses, key=lambda one: one.order)))
        object.__setattr__(self, "_codes", frozenset(one.code for one in self.observations))

    def has(self, code: str) -> bool:
        return code in self._codes

    def observed_on(self, code: str) -> date | None:
        """The latest day of that observation; None when it is not known."""
        return max((one.on for one in self.observations if one.code == code and one.on), default=None)

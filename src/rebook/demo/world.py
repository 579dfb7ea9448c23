"""The synthetic practice's cast: what is true of each person, whether or not the practice knows it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal

Scenario = Literal[
    "regular",
    "lapsed",
    "no_show",
    "cancelled",
    "follow_up_missed",
    "long_gone",
    "new",
]


@dataclass(frozen=True, slots=True)
class Site:
    id: str
    name: str
    time_zone: str
    city: str
    state: str
    postal_code: str
    address_line: str
    phone: str
    area_code: str


@dataclass(frozen=True, slots=True)
class Clinician:
    id: str
    name: str
    site_id: str
    visit_types: tuple[str, ...]


@dataclass(slots=True)
class Habits:
    """How a person reacts. Shares are chances between 0 and 1; nothing here is in the practice's export."""

    reads_text: float
    books_by_link: float
    answers_call: float
    agrees_on_call: float
    keeps_visit: float
    # Reaction written back instead of booking; empty when the person books or stays silent.
    writes_back: str = ""
    barrier: str = ""
    # Day of the simulation on which the person would have come back without any contact; None: never.
    returns_unprompted_on: date | None = None


@dataclass(slots=True)
class Person:
    """One patient record of the practice, and the truth behind it."""

    id: str
    given_name: str
    family_name: str
    birth_on: date
    sex: str
    language: str
    site_id: str
    clinician_id: str
    address_line: str
    city: str
    state: str
    postal_code: str
    mobile: str = ""
    landline: str = ""
    email: str = ""
    responsible_id: str = ""
    conditions: tuple[str, ...] = ()
    payer: str = "commercial"
    value_cents: int = 0
    colonoscopy_on: date | None = None
    # --- what the practice's system says
    deceased_on: date | None = None
    moved_on: date | None = None
    opted_out: bool = False
    do_not_contact: bool = False
    # --- what is true
    scenario: Scenario = "regular"
    # Visit types the person is truly due for at the start.
    truly_due: set[str] = field(default_factory=set)
    duplicate_of: str = ""
    died_unrecorded: bool = False
    number_is_strangers: bool = False
    habits: Habits = field(default_factory=lambda: Habits(0.9, 0.3, 0.5, 0.5, 0.9))


@dataclass(slots=True)
class Booked:
    """An appointment row of the practice's own system."""

    id: str
    person_id: str
    visit_type: str
    starts_at: datetime
    minutes: int
    booked_at: datetime
    status: str
    site_id: str
    clinician_id: str
    cancelled_at: datetime | None = None
    cancelled_by: str = ""
    collected_cents: int = 0


@dataclass(slots=True)
class Recommended:
    """A return that a clinician wrote down."""

    id: str
    person_id: str
    visit_type: str
    recommended_on: date
    due_on: date


@dataclass(slots=True)
class Begun:
    """Something the practice began for a person and never finished."""

    id: str
    person_id: str
    kind: str
    visit_type: str
    priority: str
    opened_on: date


@dataclass
class World:
    """Everything true on the first day of the simulation."""

    sites: tuple[Site, ...]
    clinicians: tuple[Clinician, ...]
    people: list[Person]
    appointments: list[Booked]
    follow_ups: list[Recommended]
    start_on: date
    begun: list[Begun] = field(default_factory=list)

    @cached_property
    def index(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

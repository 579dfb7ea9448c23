"""A small practice whose history is a plain list of what happened, and the guard's view of it.

``subject`` reads the list as ``flow.outreach`` reads the ledger. The slow statement reads the same list on
its own and never sees a ``GuardSubject``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from rebook.core.outreach.values import (
    AppointmentView,
    ConsentStatement,
    ContactView,
    GuardSubject,
    HoldView,
    PastContact,
    StopView,
)

ADULTS_NUMBER = "+16175550100"


@dataclass(frozen=True)
class Person:
    name: str
    number: str
    household: str
    birth_on: date | None
    jurisdictions: tuple[str, ...]
    zones: tuple[str, ...]
    through_adult: bool = False
    arm: str = "contact"


# Two children and a parent share a number; one child is about to come of age. A partner lives there, and a
# lodger who moved out still has their number. The others live alone.
PEOPLE = {
    "parent": Person("parent", ADULTS_NUMBER, "h1", date(1985, 4, 2), ("us-ma",), ("America/New_York",)),
    "partner": Person("partner", "+16175550144", "h1", date(1984, 9, 9), ("us-ma",), ("America/New_York",)),
    "lodger": Person("lodger", ADULTS_NUMBER, "h5", date(1995, 7, 7), ("us-ma",), ("America/New_York",)),
    "child": Person(
        "child", ADULTS_NUMBER, "h1", date(2016, 6, 1), ("us-ma",), ("America/New_York",), through_adult=True
    ),
    "nearly": Person(
        "nearly",
        ADULTS_NUMBER,
        "h1",
        date(2008, 11, 3),
        ("us-ma", "us-al"),
        ("America/New_York", "America/Chicago"),
        through_adult=True,
    ),
    "traveller": Person(
        "traveller",
        "+14015550111",
        "h2",
        date(1960, 1, 1),
        ("us-ri", "us-az"),
        ("America/New_York", "America/Phoenix", "America/Denver"),
    ),
    "spared": Person(
        "spared",
        "+15025550122",
        "h3",
        date(1990, 2, 28),
        ("us-ky",),
        ("America/New_York", "America/Chicago"),
        arm="holdout",
    ),
    "ageless": Person("ageless", "+18085550133", "h4", None, ("us-hi",), ("Pacific/Honolulu",)),
}


@dataclass(frozen=True)
class Event:
    at: datetime
    kind: str
    who: str = ""
    what: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Try:
    """One contact that somebody wants to make."""

    who: str
    channel: str
    origin: str
    purpose: str
    due_at: datetime
    expires_at: datetime
    risk_class: int = 1
    visit_type: str = "annual_visit"


@dataclass
class World:
    now: datetime
    log: list[Event] = field(default_factory=list)

    def add(self, kind: str, who: str = "", **what: Any) -> None:
        self.log.append(Event(self.now, kind, who, what))

    def happened(self, kind: str, who: str | None = None) -> list[Event]:
        return [e for e in self.log if e.kind == kind and (who is None or e.who == who)]


def _last(world: World, kinds: tuple[str, ...], who: str) -> Event | None:
    found = [e for e in world.log if e.kind in kinds and e.who == who]
    return found[-1] if found else None


def subject(world: World, wanted: Try) -> GuardSubject:
    person = PEOPLE[wanted.who]
    numbers = wanted.channel in ("sms", "phone")
    value = person.number if numbers else f"{person.name}@example.org"
    gap = _last(world, ("gap_closed", "gap_opened"), person.name)
    visits = world.happened("visited", person.name)
    wrote = world.happened("wrote", person.name)
    return GuardSubject(
        origin=wanted.origin,
        purpose=wanted.purpose,
        channel=wanted.channel,
        channel_is_open=wanted.channel != "phone",
        channel_is_manual=wanted.channel == "phone",
        campaign_id=7,
        is_deceased=bool(world.happened("died", person.name)),
        has_left_practice=bool(world.happened("left", person.name)),
        do_not_contact=bool(world.happened("wants_no_contact", person.name)),
        is_merged_away=False,
        birth_on=person.birth_on,
        contact_is_responsible_adult=person.through_adult,
        exclusions=(),
        sensitivity=(),
        holds=_holds(world, person),
        contact=ContactView(value, "phone" if numbers else "email", "verified", "mobile" if numbers else ""),
        time_zones=person.zones,
        jurisdictions=person.jurisdictions,
        consents=_consents(world, person, numbers),
        history=_history(world, wanted, person, value),
        patient_last_wrote_at=wrote[-1].at if wrote else None,
        gap_is_open=gap is None or gap.kind == "gap_opened",
        gap_is_sensitive=False,
        risk_class=wanted.risk_class,
        satisfying_visit_types=("annual_visit",),
        future_appointments=_appointments(world, person),
        last_visit_at=visits[-1].at if visits else None,
        arm=person.arm,
        template_key="due_visit",
        template_is_approved=True,
        message_problems=(),
        due_at=wanted.due_at,
        expires_at=wanted.expires_at,
        stops=_stops(world),
        data_as_of=world.now,
    )


def _holds(world: World, person: Person) -> tuple[HoldView, ...]:
    released = {e.what["hold"] for e in world.happened("released", person.name)}
    return tuple(
        HoldView(e.what["hold"], e.at, e.what["until"])
        for e in world.happened("held", person.name)
        if e.what["hold"] not in released
    )


def _consents(world: World, person: Person, numbers: bool) -> tuple[ConsentStatement, ...]:
    found = []
    for e in world.happened("said"):
        on_number = e.what["binding"] == "number"
        if on_number and not (numbers and PEOPLE[e.who].number == person.number):
            continue
        if not on_number and e.who != person.name:
            continue
        found.append(
            ConsentStatement(
                on_number, e.what["channel"], e.what["purpose"], e.what["state"], e.at, e.what["by_patient"]
            )
        )
    return tuple(found)


def _history(world: World, wanted: Try, person: Person, value: str) -> tuple[PastContact, ...]:
    return tuple(
        PastContact(
            at=e.at,
            channel=e.what["channel"],
            purpose=e.what["purpose"],
            origin=e.what["origin"],
            same_person=e.who == person.name,
            same_household=PEOPLE[e.who].household == person.household,
            same_number=e.what["value"] == value,
        )
        for e in world.happened("sent")
    )


def _appointments(world: World, person: Person) -> tuple[AppointmentView, ...]:
    cancelled = {e.what["number"] for e in world.happened("cancelled", person.name)}
    return tuple(
        AppointmentView(
            e.what["starts_at"],
            e.what["visit_type"],
            "cancelled" if e.what["number"] in cancelled else "booked",
        )
        for e in world.happened("booked", person.name)
    )


def _stops(world: World) -> tuple[StopView, ...]:
    standing: dict[tuple[str, str], StopView] = {}
    for e in world.log:
        if e.kind == "stopped":
            standing[e.what["scope"], e.what["key"]] = StopView(e.what["scope"], e.what["key"])
        elif e.kind == "resumed":
            standing.pop((e.what["scope"], e.what["key"]), None)
    return tuple(standing.values())


def sent(world: World, wanted: Try) -> None:
    person = PEOPLE[wanted.who]
    value = person.number if wanted.channel in ("sms", "phone") else f"{person.name}@example.org"
    world.add(
        "sent", wanted.who, channel=wanted.channel, purpose=wanted.purpose, origin=wanted.origin, value=value
    )

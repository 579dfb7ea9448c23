"""A small practice whose history is a plain list of what happened, and the guard's view of it.

``subject`` reads the list as ``flow.outreach`` reads the ledger. The slow statement reads the same list on
its own and never sees a ``GuardSubject``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from rebook.core.outreach.guard_views import ConfidentialView, NumberView, OfferView
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
EAST = ("America/New_York",)


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
    payer: str = "unknown"
    # How the practice got the number, until somebody writes down otherwise; empty where nobody did.
    number_source: str = ""


# Two children and a parent share a number; one child is about to come of age. A partner lives there, and a
# lodger who moved out still has their number. The others live alone, one of them abroad under
# another law.
PEOPLE = {
    "parent": Person("parent", ADULTS_NUMBER, "h1", date(1985, 4, 2), ("us-ma",), EAST, payer="self_pay"),
    "partner": Person("partner", "+16175550144", "h1", date(1984, 9, 9), ("us-ma",), EAST, payer="medicare"),
    "lodger": Person("lodger", ADULTS_NUMBER, "h5", date(1995, 7, 7), ("us-ma",), EAST, payer="commercial"),
    "child": Person("child", ADULTS_NUMBER, "h1", date(2016, 6, 1), ("us-ma",), EAST, through_adult=True),
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
        payer="self_pay",
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
    "abroad": Person(
        "abroad", "+358401234567", "h6", date(1970, 3, 3), ("xa",), ("Europe/Helsinki",), payer="self_pay"
    ),
    "unasked": Person(
        "unasked", "+16175550177", "h7", date(1979, 8, 8), ("us-ma",), EAST, number_source="insurer"
    ),
}


@dataclass(frozen=True)
class Event:
    at: datetime
    kind: str
    who: str = ""
    what: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Try:
    """One contact that somebody wants to make. ``offer`` is (cents, signed) of a text that promises one."""

    who: str
    channel: str
    origin: str
    purpose: str
    due_at: datetime
    expires_at: datetime
    risk_class: int = 1
    visit_type: str = "annual_visit"
    by_machine: bool = False
    offer: tuple[int, bool] | None = None
    names_them: bool = False
    is_generic: bool = False


@dataclass
class World:
    now: datetime
    log: list[Event] = field(default_factory=list)
    # What the practice chose: numbers that came nobody knows how count for nothing; days until a check.
    is_strict: bool = False
    check_days: int = 0

    def add(self, kind: str, who: str = "", **what: Any) -> None:
        self.log.append(Event(self.now, kind, who, what))

    def happened(self, kind: str, who: str | None = None) -> list[Event]:
        return [e for e in self.log if e.kind == kind and (who is None or e.who == who)]


def _last(world: World, kinds: tuple[str, ...], who: str) -> Event | None:
    found = [e for e in world.log if e.kind in kinds and e.who == who]
    return found[-1] if found else None


def value_for(person: Person, channel: str) -> str:
    if channel in ("sms", "phone"):
        return person.number
    return "postal" if channel == "letter" else f"{person.name}@example.org"


def _records_of(world: World, name: str) -> set[str]:
    """The record and those that were merged into it."""
    return {name} | {e.who for e in world.happened("merged") if e.what["into"] == name}


def subject(world: World, wanted: Try) -> GuardSubject:
    person = PEOPLE[wanted.who]
    numbers = wanted.channel in ("sms", "phone")
    value = value_for(person, wanted.channel)
    gap = _last(world, ("gap_closed", "gap_opened"), person.name)
    visits = world.happened("visited", person.name)
    wrote = world.happened("wrote", person.name)
    home = _last(world, ("moved",), person.name)
    read = world.happened("records_read")
    tags = [e.what["tag"] for e in world.happened("tagged", person.name)]
    system = "phone" if numbers else "postal" if wanted.channel == "letter" else "email"
    return GuardSubject(
        origin=wanted.origin,
        purpose=wanted.purpose,
        channel=wanted.channel,
        channel_is_open=wanted.channel != "phone",
        channel_is_manual=wanted.channel == "phone" and not wanted.by_machine,
        campaign_id=7,
        is_deceased=bool(world.happened("died", person.name)),
        has_left_practice=bool(world.happened("left", person.name)),
        do_not_contact=bool(world.happened("wants_no_contact", person.name)),
        is_merged_away=bool(world.happened("merged", person.name)),
        birth_on=person.birth_on,
        contact_is_responsible_adult=person.through_adult,
        exclusions=(),
        sensitivity=tuple(tags),
        holds=_holds(world, person),
        contact=_contact(world, person, value, system),
        time_zones=home.what["zones"] if home else person.zones,
        jurisdictions=home.what["places"] if home else person.jurisdictions,
        consents=_consents(world, person, numbers),
        history=_history(world, person, value),
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
        data_as_of=read[-1].at if read else None,
        template_is_generic=wanted.is_generic,
        template_fields=frozenset({"first_name"} if wanted.names_them else ()),
        confidential=_wishes(world, person),
        number=_number(world, person, value, visits),
        offer=OfferView(wanted.offer[0], is_approved=wanted.offer[1]) if wanted.offer else None,
        payer_class=person.payer,
        offers_this_year_cents=_offered(world, person),
    )


def _contact(world: World, person: Person, value: str, system: str) -> ContactView:
    line = "mobile" if system == "phone" else ""
    note = _note(world, person, value)
    if note is None:
        source = person.number_source if system == "phone" else ""
        return ContactView(value, system, "verified", line, source)
    scope, given_at = frozenset(note.what["scope"]), given_noon(note)
    return ContactView(value, system, "verified", line, note.what["source"], scope, given_at)


def _note(world: World, person: Person, value: str) -> Event | None:
    notes = [e for e in world.happened("how_it_came", person.name) if e.what["value"] == value]
    return notes[-1] if notes else None


def given_noon(note: Event) -> datetime | None:
    """Noon of the day on which the patient gave it; None when it came from elsewhere."""
    if not note.what["source"].startswith("patient"):
        return None
    return note.at.replace(hour=12, minute=0, second=0, microsecond=0)


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
        if not on_number and e.who not in _records_of(world, person.name):
            continue
        found.append(
            ConsentStatement(
                on_number,
                e.what["channel"],
                e.what["purpose"],
                e.what["state"],
                e.at,
                e.what["by_patient"],
                e.what.get("evidence", ""),
                frozenset(e.what.get("scope", ())),
            )
        )
    return tuple(found)


def _history(world: World, person: Person, value: str) -> tuple[PastContact, ...]:
    mine = _records_of(world, person.name)
    failed = {e.what["number"] for e in world.happened("not_delivered")}
    ours = [e for e in world.happened("sent") if e.what["number"] not in failed]
    told = [(e.what["at"], e) for e in world.happened("told_of")]
    return tuple(
        PastContact(
            at=at,
            channel=e.what["channel"],
            purpose=e.what["purpose"],
            origin=e.what["origin"],
            same_person=e.who in mine,
            same_household=PEOPLE[e.who].household == person.household,
            same_number=e.what["value"] == value,
            system=e.what.get("system", ""),
        )
        for at, e in [*((e.at, e) for e in ours), *told]
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


def _wishes(world: World, person: Person) -> tuple[ConfidentialView, ...]:
    """The newest of each record, unless it was ended; those of merged records beside."""
    found = []
    for name in sorted(_records_of(world, person.name)):
        newest = _last(world, ("asked_for", "asks_no_more"), name)
        if newest is not None and newest.kind == "asked_for":
            found.append(ConfidentialView(**newest.what))
    return tuple(found)


def _number(world: World, person: Person, value: str, visits: list[Event]) -> NumberView:
    marks = [e for e in world.happened("marked") if e.what["value"] == value]
    checks = [e for e in marks if e.what["mark"] in ("same", "reassigned")]
    seen = [e.at for e in world.happened("delivered") if e.what["value"] == value]
    seen += [e.at for e in visits]
    note = _note(world, person, value)
    seen += [noon for noon in [note and given_noon(note)] if noon]
    return NumberView(
        seen_at=max(seen, default=None),
        check=checks[-1].what["mark"] if checks else "",
        checked_at=checks[-1].at if checks else None,
        is_blocked=any(e.what["mark"] == "blocked" for e in marks),
    )


def _offered(world: World, person: Person) -> int:
    return sum(
        e.what["offer"]
        for e in world.happened("sent", person.name)
        if e.what["offer"] and e.at.year == world.now.year
    )


def sent(world: World, wanted: Try) -> None:
    person = PEOPLE[wanted.who]
    world.add(
        "sent",
        wanted.who,
        channel=wanted.channel,
        purpose=wanted.purpose,
        origin=wanted.origin,
        value=value_for(person, wanted.channel),
        number=len(world.log),
        offer=wanted.offer[0] if wanted.offer else 0,
    )

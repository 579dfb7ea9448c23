"""Years of appointments per person, ending in a story whose truth is known.

A person's story ("lapsed", "no_show" ...) is drawn first and the history is laid so that it is true; what
the rules should find is therefore known without asking the rules.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from rebook.demo.needs import Need, needs_of
from rebook.demo.people import CLINICIANS, SITES
from rebook.demo.world import Booked, Person, Recommended, Scenario

MINUTES = {"hygiene": 45, "annual_visit": 40, "restorative": 60}
STORIES: tuple[tuple[Scenario, float], ...] = (
    ("regular", 0.46),
    ("lapsed", 0.28),
    ("no_show", 0.05),
    ("cancelled", 0.05),
    ("follow_up_missed", 0.04),
    ("long_gone", 0.08),
    ("new", 0.04),
)
ZONES = {site.id: ZoneInfo(site.time_zone) for site in SITES}


@dataclass(slots=True)
class History:
    appointments: list[Booked]
    follow_ups: list[Recommended]


def write_history(people: list[Person], *, random: Random, today: date) -> History:
    """Draw a story for everybody and lay the appointments that make it true."""
    history = History([], [])
    for person in people:
        if person.duplicate_of:
            continue
        person.scenario = random.choices([name for name, _ in STORIES], [share for _, share in STORIES])[0]
        before = len(history.appointments)
        _write_one(person, history, random=random, today=today)
        person.value_cents = sum(one.collected_cents for one in history.appointments[before:])
    return history


def _write_one(person: Person, history: History, *, random: Random, today: date) -> None:
    needs = needs_of(person, today=today)
    mains = [need for need in needs if need.is_main]
    if not mains:
        return
    main = random.choice(mains)
    if person.scenario == "new":
        soon = today + timedelta(days=random.randint(3, 40))
        for need in needs:
            _add(history, person, need.kind, soon, "booked", random, booked_before=50)
        return
    quiet = _quiet_days(person.scenario, main, random=random)
    last = _lay_visits(person, history, main, quiet=quiet, random=random, today=today)
    _write_end(person, history, main=main, last=last, random=random, today=today)
    for need in needs:
        if need is not main:
            _write_other(person, history, need, quiet=quiet, random=random, today=today)


def _quiet_days(scenario: Scenario, main: Need, *, random: Random) -> int:
    """Days since the last visit of the main kind."""
    if scenario == "lapsed":
        return random.randint(main.overdue_after + 20, main.overdue_after + 420)
    if scenario == "long_gone":
        return random.randint(760, 1900)
    if scenario in ("no_show", "cancelled"):
        return random.randint(main.every, main.every + 15)
    if scenario == "follow_up_missed":
        return random.randint(45, min(main.every - 10, 150))
    return random.randint(5, main.every - 10)


def _lay_visits(
    person: Person, history: History, need: Need, *, quiet: int, random: Random, today: date
) -> date:
    """A row of kept visits that ends ``quiet`` days ago; the last one's date."""
    born = person.birth_on + timedelta(days=30)
    last = day = max(today - timedelta(days=quiet), born)
    for _ in range(random.randint(1, 4)):
        _add(history, person, need.kind, day, "fulfilled", random)
        day -= timedelta(days=int(need.every * random.uniform(0.85, 1.25)))
        if day <= born:
            break
    return last


def _write_end(
    person: Person, history: History, *, main: Need, last: date, random: Random, today: date
) -> None:
    if person.scenario == "regular":
        if random.random() < 0.7:
            ahead = today + timedelta(days=random.randint(5, main.every))
            _add(history, person, main.kind, ahead, "booked", random, booked_before=main.every + 20)
    elif person.scenario in ("lapsed", "long_gone"):
        person.truly_due.add(main.kind)
    elif person.scenario in ("no_show", "cancelled"):
        person.truly_due.add(main.kind)
        status = "noshow" if person.scenario == "no_show" else "cancelled"
        missed = today - timedelta(days=random.randint(8, 30))
        _add(history, person, main.kind, missed, status, random, booked_before=25)
    elif person.scenario == "follow_up_missed":
        person.truly_due.add("follow_up")
        due_on = last + timedelta(days=random.choice((14, 21, 28)))
        history.follow_ups.append(Recommended(f"F{person.id[1:]}", person.id, "follow_up", last, due_on))


def _write_other(
    person: Person, history: History, need: Need, *, quiet: int, random: Random, today: date
) -> None:
    """Care beside the main reason: mostly up to date, except for those who stay away altogether."""
    stays_away = person.scenario == "long_gone" or (person.scenario == "lapsed" and random.random() < 0.6)
    if stays_away or random.random() < 0.05:
        person.truly_due.add(need.kind)
        days = max(quiet, need.overdue_after + random.randint(20, 200))
    else:
        # Never later than the main story, which a later visit would undo.
        earliest = min(quiet, need.every - 11) if person.scenario not in ("regular", "lapsed") else 5
        days = random.randint(max(earliest, 5), need.every - 10)
    _lay_visits(person, history, need, quiet=days, random=random, today=today)


def _add(
    history: History,
    person: Person,
    kind: str,
    day: date,
    status: str,
    random: Random,
    *,
    booked_before: int = 30,
) -> None:
    while day.weekday() > 4:
        day -= timedelta(days=1)
    zone = ZONES[person.site_id]
    starts = datetime.combine(day, time(random.randint(8, 15), random.choice((0, 15, 30, 45))), tzinfo=zone)
    cancelled_at = starts - timedelta(days=random.randint(1, 4)) if status == "cancelled" else None
    history.appointments.append(
        Booked(
            id=f"A{len(history.appointments):06d}",
            person_id=person.id,
            visit_type=kind,
            starts_at=starts,
            minutes=MINUTES.get(kind, 30),
            booked_at=starts - timedelta(days=booked_before),
            status=status,
            site_id=person.site_id,
            clinician_id=_clinician_for(person, kind),
            cancelled_at=cancelled_at,
            cancelled_by="patient" if cancelled_at else "",
            collected_cents=random.randint(60, 320) * 100 if status == "fulfilled" else 0,
        )
    )


def _clinician_for(person: Person, kind: str) -> str:
    """Somebody at the person's site who gives this kind of visit."""
    return next(one.id for one in CLINICIANS if one.site_id == person.site_id and kind in one.visit_types)

"""Years of appointments per person, ending in a story whose truth is known.

A person's story ("lapsed", "no_show" ...) is drawn first and the history is laid so that it is true; what
the rules should find is therefore known without asking the rules.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from rebook.demo.people import CLINICIANS, DENTAL, SITES
from rebook.demo.world import Booked, Person, Recommended, Scenario

# Days between visits of a faithful patient, and after how many without one the person is truly overdue.
RHYTHM = {
    "hygiene": (183, 240),
    "periodontal_maintenance": (91, 120),
    "annual_visit": (365, 440),
    "well_child": (365, 440),
    "diabetes_visit": (175, 225),
}
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


def main_visit_type(person: Person, *, today: date) -> str:
    """The visit a person is seen for again and again."""
    dentist = any(one.id == person.clinician_id and one.visit_types is DENTAL for one in CLINICIANS)
    if dentist:
        return "periodontal_maintenance" if "periodontitis" in person.conditions else "hygiene"
    if "diabetes" in person.conditions:
        return "diabetes_visit"
    return "well_child" if (today - person.birth_on).days < 18 * 365 else "annual_visit"


def _write_one(person: Person, history: History, *, random: Random, today: date) -> None:
    kind = main_visit_type(person, today=today)
    every, overdue_after = RHYTHM[kind]
    if person.scenario == "new":
        _add(
            history,
            person,
            kind,
            today + timedelta(days=random.randint(3, 40)),
            "booked",
            random,
            booked_before=20,
        )
        return
    quiet = {
        "regular": random.randint(5, max(6, every - 30)),
        "lapsed": random.randint(overdue_after + 40, overdue_after + 420),
        "long_gone": random.randint(760, 1900),
        "no_show": random.randint(every, every + 40),
        "cancelled": random.randint(every, every + 40),
        "follow_up_missed": random.randint(45, max(60, min(every - 20, 150))),
    }[person.scenario]
    born = person.birth_on + timedelta(days=30)
    last = max(today - timedelta(days=quiet), born)
    day = last
    for _ in range(random.randint(1, 8)):
        if day <= born:
            break
        _add(history, person, kind, day, "fulfilled", random)
        day -= timedelta(days=int(every * random.uniform(0.85, 1.25)))
    _write_end(person, history, kind=kind, last=last, random=random, today=today)


def _write_end(
    person: Person, history: History, *, kind: str, last: date, random: Random, today: date
) -> None:
    every, _ = RHYTHM[kind]
    if person.scenario == "regular":
        if random.random() < 0.7:
            _add(history, person, kind, today + timedelta(days=random.randint(5, every)), "booked", random)
    elif person.scenario in ("lapsed", "long_gone"):
        person.truly_due = kind
    elif person.scenario in ("no_show", "cancelled"):
        person.truly_due = kind
        status = "noshow" if person.scenario == "no_show" else "cancelled"
        missed = today - timedelta(days=random.randint(6, 30))
        _add(history, person, kind, missed, status, random, booked_before=25)
    elif person.scenario == "follow_up_missed":
        person.truly_due = "follow_up"
        number = f"F{person.id[1:]}"
        history.follow_ups.append(
            Recommended(
                number, person.id, "follow_up", last, last + timedelta(days=random.choice((14, 21, 28)))
            )
        )


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
            clinician_id=person.clinician_id,
            cancelled_at=cancelled_at,
            cancelled_by="patient" if cancelled_at else "",
            collected_cents=random.randint(60, 320) * 100 if status == "fulfilled" else 0,
        )
    )

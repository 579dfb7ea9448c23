"""Families of invented patients: shared numbers, children with a responsible parent, several languages."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from rebook.demo.names import FAMILY, GIVEN, STREETS
from rebook.demo.world import Clinician, Habits, Person, Site

SITES = (
    Site("north", "Riverbend North", "America/Chicago", "Evansville", "IN", "47708", "12 Harbor Walk",
         "+18125550110", "812"),
    Site("south", "Riverbend South", "America/Chicago", "Owensboro", "KY", "42301", "8 Mill Street",
         "+12705550120", "270"),
    Site("east", "Riverbend East", "America/Kentucky/Louisville", "Louisville", "KY", "40202", "4 Garden Way",
         "+15025550130", "502"),
)  # fmt: skip

MEDICAL = (
    "annual_visit",
    "chronic_follow_up",
    "diabetes_visit",
    "well_child",
    "follow_up",
    "acute",
    "mammogram",
)
DENTAL = ("hygiene", "periodontal_maintenance", "dental_exam", "restorative")

CLINICIANS = tuple(
    Clinician(f"{site.id}-{number}", name, site.id, kinds)
    for site, names in zip(SITES, (("Marsh", "Ode"), ("Pell", "Quill"), ("Rowe", "Stone")), strict=True)
    for number, (name, kinds) in enumerate(
        zip((f"Dr {names[0]}", f"Dr {names[1]}"), (MEDICAL, DENTAL), strict=True)
    )
)

LANGUAGES = (("en", 0.77), ("es", 0.17), ("vi", 0.03), ("pl", 0.03))
BARRIERS = ("cost", "transport", "schedule", "fear", "forgot", "feels_well", "insurance")


def make_people(*, random: Random, patients: int, today: date) -> list[Person]:
    """About ``patients`` records in households, with duplicates and the dead among them."""
    people: list[Person] = []
    while len(people) < patients:
        people += _household(random=random, first=len(people), today=today)
    people = people[:patients]
    _mark_truths(people, random=random, today=today)
    return people + _duplicates(people, random=random)


def _household(*, random: Random, first: int, today: date) -> list[Person]:
    language = random.choices([code for code, _ in LANGUAGES], [share for _, share in LANGUAGES])[0]
    site = random.choices(SITES, (5, 3, 3))[0]
    family = random.choice(FAMILY[language])
    street = f"{random.randint(1, 180)} {random.choice(STREETS)}"
    adults = random.choices((1, 2), (55, 45))[0]
    children = random.choices((0, 1, 2, 3), (70, 12, 13, 5))[0]
    members: list[Person] = []
    for position in range(adults + children):
        is_child = position >= adults
        sex = random.choice(("female", "male"))
        age = random.randint(1, 17) if is_child else min(92, max(18, int(random.gauss(48, 18))))
        doctors = [one for one in CLINICIANS if one.site_id == site.id]
        members.append(
            Person(
                id=f"P{first + position:05d}",
                given_name=random.choice(GIVEN[language][sex]),
                family_name=family,
                birth_on=today - timedelta(days=age * 365 + random.randint(0, 364)),
                sex=sex,
                language=language,
                site_id=site.id,
                clinician_id=random.choice(doctors).id,
                address_line=street,
                city=site.city,
                state=site.state,
                postal_code=site.postal_code,
                responsible_id=members[0].id if is_child else "",
                payer=random.choices(("commercial", "federal", "self_pay"), (55, 33, 12))[0],
            )
        )
    _contacts(members, adults=adults, site=site, random=random)
    return members


def _contacts(members: list[Person], *, adults: int, site: Site, random: Random) -> None:
    shared = random.random() < 0.2
    number = ""
    for position, person in enumerate(members):
        if position >= adults:
            continue
        if not number or not shared:
            number = f"+1{site.area_code}{random.randint(200, 999)}{random.randint(0, 9999):04d}"
        kind = random.choices(("mobile", "landline", "none"), (86, 8, 6))[0]
        person.mobile = number if kind == "mobile" else ""
        person.landline = number if kind == "landline" else ""
        if random.random() < 0.68:
            person.email = f"{person.given_name}.{person.family_name}.{person.id}@example.org".lower()
        age = 2026 - person.birth_on.year
        person.conditions = tuple(
            kind
            for kind, chance in (
                ("diabetes", 0.02 + 0.0025 * age),
                ("hypertension", 0.03 + 0.005 * age),
                ("periodontitis", 0.03 + 0.0015 * age),
            )
            if random.random() < chance
        )


def _mark_truths(people: list[Person], *, random: Random, today: date) -> None:
    for person in people:
        years = (today - person.birth_on).days / 365
        if 44 <= years < 77:
            person.colonoscopy_on = today - timedelta(days=random.randint(100, 3200))
        if random.random() < (0.12 if years > 78 else 0.004):
            died = today - timedelta(days=random.randint(20, 900))
            # One death in four has not reached the practice.
            if random.random() < 0.25:
                person.died_unrecorded = True
            else:
                person.deceased_on = died
        person.moved_on = today - timedelta(days=random.randint(10, 700)) if random.random() < 0.02 else None
        person.opted_out = random.random() < 0.03
        person.do_not_contact = random.random() < 0.008
        person.number_is_strangers = bool(person.mobile) and random.random() < 0.015
        person.habits = _habits(random=random)


def _habits(*, random: Random) -> Habits:
    eager = random.betavariate(2.2, 3)
    habits = Habits(
        reads_text=0.5 + 0.5 * random.random(),
        books_by_link=0.10 + 0.45 * eager,
        answers_call=0.25 + 0.5 * random.random(),
        agrees_on_call=0.15 + 0.6 * eager,
        keeps_visit=0.78 + 0.2 * random.random(),
    )
    if random.random() < 0.16:
        habits.writes_back = random.choice(
            ("not_now", "question", "stop", "yes", "moved", "clinical", "call_me")
        )
    if random.random() < 0.35:
        habits.barrier = random.choice(BARRIERS)
    return habits


def _duplicates(people: list[Person], *, random: Random) -> list[Person]:
    chosen = [
        person for person in people if person.mobile and not person.deceased_on and random.random() < 0.015
    ]
    return [
        replace(
            person, id=f"D{person.id[1:]}", duplicate_of=person.id, email="", conditions=(), truly_due=set()
        )
        for person in chosen
    ]

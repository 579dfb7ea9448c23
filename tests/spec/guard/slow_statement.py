"""The rules of contact, said once more: slowly, plainly, from the bare list of what happened.

Nothing here is imported from the guard. ``objections`` answers for one wanted contact at one instant which
rules speak against it, by their keys.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guard_world import PEOPLE, Event, Person, Try, World

# Hours by law, Monday to Friday, Saturday, Sunday; None is closed. From rules.md R-A30, R-A31, R-A75.
HOURS = {
    "house": ((9, 20), (9, 20), None),
    "us": ((8, 21), (8, 21), (8, 21)),
    "us-ma": ((8, 20), (8, 20), (8, 20)),
    "us-ri": ((9, 18), (10, 17), (10, 17)),
    "us-az": ((8, 21), (8, 21), (8, 21)),
    "us-ky": ((10, 21), (10, 21), (10, 21)),
    "us-al": ((8, 20), (8, 20), None),
    "us-hi": ((8, 21), (8, 21), (8, 21)),
}
# The n-th weekday (Monday 0) of a month, -1 the last: federal days off, on which the house is closed, and
# those of Alabama, which bars calls on its own.
FEDERAL = ((1, 3, 0), (2, 3, 0), (5, -1, 0), (9, 1, 0), (10, 2, 0), (11, 4, 3))
FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
ALABAMA = ((4, 4, 0), (6, 1, 0))
MARGIN = 10
MAJORITY = {"us-al": 19}

RECALL = ("treatment_recall", "marketing")
ALWAYS = {"stopped", "deceased", "do_not_contact", "opted_out", "consent_missing"}
ANSWER = {"hold", "expired", "not_due", "cap_reached", "too_soon", "quiet_hours"}
OURS = {
    "left_practice",
    "age_unknown",
    "minor_without_adult",
    "parent_permission_ended",
    "holdout",
    "gap_closed",
    "appointment_booked",
    "recently_seen",
    "marketing_apart",
}
BINDS = {
    "campaign": ALWAYS | ANSWER | OURS,
    "manual": ALWAYS | ANSWER | OURS,
    "reply": ALWAYS | ANSWER,
    "safety": ALWAYS | {"expired"},
}


def objections(world: World, wanted: Try, now: datetime) -> set[str]:
    person = PEOPLE[wanted.who]
    past = [e for e in world.log if e.at <= now]
    mine = [e for e in past if e.who == person.name]
    found = _about_the_person(person, mine, wanted, now) | _about_permission(past, person, wanted)
    found |= _about_the_visit(mine, person, wanted, now)
    if not _patient_is_waiting(mine, wanted, now):
        found |= _about_how_often(past, person, wanted, now)
        if _is_quiet(person, now):
            found.add("quiet_hours")
    found |= _marketing(past, person, wanted, now)
    if now >= wanted.expires_at:
        found.add("expired")
    if now < wanted.due_at:
        found.add("not_due")
    if _is_stopped(past, wanted):
        found.add("stopped")
    return found & BINDS[wanted.origin]


def _about_the_person(person: Person, mine: list[Event], wanted: Try, now: datetime) -> set[str]:
    kinds = {e.kind for e in mine}
    found = set()
    if "died" in kinds:
        found.add("deceased")
    if "left" in kinds:
        found.add("left_practice")
    if "wants_no_contact" in kinds:
        found.add("do_not_contact")
    for held in (e for e in mine if e.kind == "held"):
        let_go = any(e.kind == "released" and e.what["hold"] == held.what["hold"] for e in mine)
        over = held.what["until"] is not None and held.what["until"] <= now
        soft = held.what["hold"] == "snooze"
        if not let_go and not over and not (soft and wanted.origin in ("manual", "reply")):
            found.add("hold")
    return found | _about_age(person, wanted, now)


def _about_age(person: Person, wanted: Try, now: datetime) -> set[str]:
    if person.birth_on is None:
        return set() if wanted.channel == "phone" else {"age_unknown"}
    found = set()
    for zone in person.zones:
        today = now.astimezone(ZoneInfo(zone)).date()
        for place in person.jurisdictions:
            years = MAJORITY.get(place, 18)
            born = person.birth_on
            adult_from = date(born.year + years, born.month, born.day)
            if today < adult_from and not person.through_adult:
                found.add("minor_without_adult")
            if today >= adult_from and person.through_adult:
                found.add("parent_permission_ended")
    return found


def _about_permission(past: list[Event], person: Person, wanted: Try) -> set[str]:
    """Walks through what was said, in order, crossing out refusals that the patient took back."""
    by_number = wanted.channel in ("sms", "phone")
    standing: dict[str, list[datetime]] = {"number": [], "person": []}
    granted = False
    for e in (e for e in past if e.kind == "said"):
        binding, channel, purpose = e.what["binding"], e.what["channel"], e.what["purpose"]
        theirs = e.who == person.name
        if binding == "number" and not (by_number and PEOPLE[e.who].number == person.number):
            continue
        if binding == "person" and not theirs:
            continue
        if channel not in (wanted.channel, "all") or purpose not in (wanted.purpose, "all"):
            continue
        if e.what["state"] == "revoked":
            standing[binding].append(e.at)
        else:
            granted = True
            if e.what["by_patient"]:
                standing[binding] = [at for at in standing[binding] if at >= e.at]
    found = {"opted_out"} if standing["number"] or standing["person"] else set()
    if wanted.purpose == "marketing" and by_number and not granted:
        found.add("consent_missing")
    return found


def _about_the_visit(mine: list[Event], person: Person, wanted: Try, now: datetime) -> set[str]:
    found = set()
    turns = [e.kind for e in mine if e.kind in ("gap_closed", "gap_opened")]
    if turns and turns[-1] == "gap_closed":
        found.add("gap_closed")
    if wanted.purpose not in RECALL:
        return found
    if person.arm == "holdout":
        found.add("holdout")
    called_off = {e.what["number"] for e in mine if e.kind == "cancelled"}
    for e in mine:
        fits = e.kind == "booked" and e.what["visit_type"] == "annual_visit"
        if fits and e.what["number"] not in called_off and now - e.what["starts_at"] <= timedelta(hours=24):
            found.add("appointment_booked")
        if e.kind == "visited" and now - e.at < timedelta(days=14):
            found.add("recently_seen")
    return found


def _contacts(past: list[Event]) -> list[Event]:
    return [e for e in past if e.kind == "sent" and e.what["origin"] in ("campaign", "manual")]


def _about_how_often(past: list[Event], person: Person, wanted: Try, now: datetime) -> set[str]:
    value = person.number if wanted.channel in ("sms", "phone") else f"{person.name}@example.org"
    circles = {
        "person": [e for e in _contacts(past) if e.who == person.name],
        "household": [e for e in _contacts(past) if PEOPLE[e.who].household == person.household],
        "number": [e for e in _contacts(past) if e.what["value"] == value],
    }
    found = set()
    for circle in circles.values():
        ages = [now - e.at for e in circle]
        if sum(age < timedelta(hours=24) for age in ages) >= 1:
            found.add("cap_reached")
        if sum(age < timedelta(hours=7 * 24) for age in ages) >= 3:
            found.add("cap_reached")
    rest = timedelta(hours=20 if wanted.risk_class >= 3 else 48)
    if any(now - e.at < rest for e in circles["person"]):
        found.add("too_soon")
    return found


def _marketing(past: list[Event], person: Person, wanted: Try, now: datetime) -> set[str]:
    for e in _contacts(past):
        mixed = (e.what["purpose"] == "marketing") != (wanted.purpose == "marketing")
        if e.who == person.name and mixed and now - e.at < timedelta(days=14):
            return {"marketing_apart"}
    return set()


def _is_stopped(past: list[Event], wanted: Try) -> bool:
    standing = set()
    for e in past:
        if e.kind == "stopped":
            standing.add((e.what["scope"], e.what["key"]))
        elif e.kind == "resumed":
            standing.discard((e.what["scope"], e.what["key"]))
    return bool(standing & {("organisation", ""), ("campaign", "7"), ("channel", wanted.channel)})


def _patient_is_waiting(mine: list[Event], wanted: Try, now: datetime) -> bool:
    wrote = [e.at for e in mine if e.kind == "wrote"]
    return wanted.origin == "reply" and bool(wrote) and now - max(wrote) <= timedelta(minutes=15)


def _is_quiet(person: Person, now: datetime) -> bool:
    for zone in person.zones:
        wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for law in ("house", "us", *person.jurisdictions):
            hours = HOURS[law][max(0, wall.weekday() - 4)]
            if hours is None or _is_day_off(law, wall.date()):
                return True
            day = datetime.combine(wall.date(), time(0))
            opens, closes = day + timedelta(hours=hours[0]), day + timedelta(hours=hours[1], minutes=-MARGIN)
            if not opens <= wall < closes:
                return True
    return False


def _is_day_off(law: str, day: date) -> bool:
    if law == "us-al" and any(_falls_on(day, *one) for one in ALABAMA):
        return True
    if law not in ("house", "us-al", "us-ri"):
        return False
    # A fixed day on a Saturday is kept on Friday as well, on a Sunday on Monday.
    near = [day, *([day + timedelta(days=1)] if day.weekday() == 4 else [])]
    near += [day - timedelta(days=1)] if day.weekday() == 0 else []
    return any(_falls_on(day, *one) for one in FEDERAL) or any((d.month, d.day) in FIXED for d in near)


def _falls_on(day: date, month: int, nth: int, weekday: int) -> bool:
    if day.month != month or day.weekday() != weekday:
        return False
    if nth == -1:
        return (day + timedelta(days=7)).month != month
    return (day.day - 1) // 7 + 1 == nth

"""The demo's readable account: found, cleaned, contacted, refused and why, booked, kept, and the truth."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from rebook.demo.setup import DemoPractice
from rebook.demo.simulation import Diary
from rebook.demo.world import Person
from rebook.flow.clean import clean_records
from rebook.flow.gaps import find_gaps
from rebook.flow.measure import build_report
from rebook.flow.priority import rank_gaps
from rebook.flow.snapshot import take_snapshot
from rebook.records.read import identifiers

console = Console()


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What the first pass found, before anybody was contacted."""

    cleaned: dict[str, int]
    # World ids of people with an open gap, and the visit type of each.
    found: dict[str, frozenset[str]]


def first_look(demo: DemoPractice, *, as_of: date, now: datetime) -> FirstLook:
    """Clean, find and rank once, so that what was found can be held against the truth."""
    one: dict[str, Any] = {"organisation_id": demo.organisation_id}
    cleaned = clean_records(**one, now=now)
    take_snapshot(**one, as_of=as_of, now=now)
    find_gaps(**one, as_of=as_of, now=now)
    rank_gaps(**one, as_of=as_of, now=now)
    found: dict[str, set[str]] = {}
    for patient_id, visit_type in identifiers.open_gap_types(organisation_id=demo.organisation_id):
        found.setdefault(demo.person_of[patient_id], set()).add(visit_type)
    counts = {key: value for key, value in _numbers(cleaned).items() if value}
    return FirstLook(counts, {person: frozenset(kinds) for person, kinds in found.items()})


def tell(demo: DemoPractice, *, first: FirstLook, diary: Diary, as_of: date) -> None:
    """Print what happened in the simulated days."""
    world = demo.world
    console.print(
        f"{len(world.people)} patient records, {len(world.appointments)} appointments, "
        f"{len(world.sites)} locations; the last simulated day is {as_of}."
    )
    _table("Cleaned", "what", first.cleaned)
    _table("What patients did with our messages", "act", diary.reactions)
    _table("What the staff did", "task", diary.tasks)


def compare_with_truth(demo: DemoPractice, *, first: FirstLook, as_of: date) -> None:
    """Hold what was found and measured against what is true of these invented people."""
    people = demo.world.index
    in_care = [one for one in demo.world.people if not (one.deceased_on or one.moved_on or one.duplicate_of)]
    due = {one.id for one in in_care if one.truly_due}
    found = {one.id for one in in_care if one.id in first.found}
    right = {one for one in found & due if _found_for_the_right_reason(people[one], first)}
    wrong = found - due
    report = build_report(organisation_id=demo.organisation_id, as_of=as_of)
    lift = report.lift
    rows = [
        ("People who had truly lost touch", len(due)),
        ("of them found on the first day", f"{len(right)} ({_share(len(right), len(due))})"),
        ("Found, though nothing was due", f"{len(wrong)} ({_share(len(wrong), len(found))} of those found)"),
        ("Deaths nobody had told the practice", sum(one.died_unrecorded for one in in_care)),
        ("Duplicate records hidden in the list", sum(bool(one.duplicate_of) for one in demo.world.people)),
        ("Held-out who came back unasked, in truth", _share(*_unprompted(demo, as_of=as_of))),
        ("Held-out who were won back, as measured", _share(lift.holdout_won, lift.holdout_cases)),
        ("Share of the contacted who were won back", _share(lift.contact_won, lift.contact_cases)),
    ]
    table = Table("The truth, and what Rebook made of it", "", title_justify="left")
    for label, figure in rows:
        table.add_row(label, str(figure))
    console.print(table)
    console.print(lift.sentence)


def _found_for_the_right_reason(person: Person, first: FirstLook) -> bool:
    broken_off = person.scenario in ("no_show", "cancelled", "follow_up_missed")
    return broken_off or bool(person.truly_due & first.found[person.id])


def _unprompted(demo: DemoPractice, *, as_of: date) -> tuple[int, int]:
    """(held-out whose visit, unasked, lay between the opening of their case and the last day, held-out)."""
    held_out = identifiers.held_out(organisation_id=demo.organisation_id)
    kept = {
        (one.person_id, one.starts_at.date())
        for one in demo.world.appointments
        if one.status == "fulfilled" and one.starts_at.date() <= as_of
    }
    back = sum(
        any(person == demo.person_of[patient_id] and on >= opened_on for person, on in kept)
        for patient_id, opened_on in held_out
    )
    return back, len(held_out)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _numbers(value: object) -> dict[str, int]:
    """The whole-number fields of a summary value, by name."""
    names = getattr(value, "__slots__", ())
    return {name: found for name in names if isinstance(found := getattr(value, name), int)}


def _table(title: str, head: str, counts: dict[str, int] | Counter[str]) -> None:
    table = Table(head, "how many", title=title, title_justify="left")
    for key, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        table.add_row(key.replace("_", " "), str(count))
    console.print(table)

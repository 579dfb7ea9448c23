"""What care each invented person needs, stated apart from the packs: the truth the rules are held against."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rebook.demo.world import Person


@dataclass(frozen=True, slots=True)
class Need:
    """Visits of ``kind`` every so many days; truly overdue after so many without one."""

    kind: str
    every: int
    overdue_after: int
    applies: Callable[[Person, float], bool]
    # May be the reason the person comes at all.
    is_main: bool = True


NEEDS = (
    Need("annual_visit", 365, 430, lambda one, age: 19 <= age < 64),
    Need("well_child", 365, 430, lambda one, age: 4 <= age < 17.5),
    Need("diabetes_visit", 180, 215, lambda one, age: "diabetes" in one.conditions),
    Need("chronic_follow_up", 180, 215, lambda one, age: age >= 66 and _only_hypertension(one)),
    Need(
        "chronic_follow_up",
        180,
        215,
        lambda one, age: 1 < age < 66 and _only_hypertension(one),
        is_main=False,
    ),
    Need("hygiene", 183, 232, lambda one, age: age >= 2 and "periodontitis" not in one.conditions),
    Need("periodontal_maintenance", 91, 115, lambda one, age: "periodontitis" in one.conditions),
    Need("dental_exam", 365, 430, lambda one, age: age >= 2, is_main=False),
    Need("mammogram", 730, 825, lambda one, age: one.sex == "female" and 41 <= age < 74, is_main=False),
)


def needs_of(person: Person, *, today: date) -> list[Need]:
    """Everything the person needs from the practice."""
    age = (today - person.birth_on).days / 365.25
    return [need for need in NEEDS if need.applies(person, age)]


def _only_hypertension(person: Person) -> bool:
    return "hypertension" in person.conditions and "diabetes" not in person.conditions

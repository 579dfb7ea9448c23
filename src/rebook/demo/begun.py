"""What the practice began for some of its people and never finished: referrals, tests, treatment, results."""

from datetime import date, timedelta
from random import Random

from rebook.demo.world import Begun, Person

SHARE = 0.04
# Kind, the visit it leads to, its priority, and for how many days it has waited.
KINDS = (
    ("treatment_unscheduled", "restorative", "routine", (15, 80)),
    ("treatment_unscheduled", "restorative", "urgent", (3, 20)),
    ("referral_out_incomplete", "follow_up", "routine", (8, 60)),
    ("test_not_done", "follow_up", "routine", (15, 60)),
    ("report_missing", "follow_up", "routine", (15, 40)),
    ("result_awaiting_follow_up", "follow_up", "urgent", (3, 10)),
)


def begin(people: list[Person], *, random: Random, today: date) -> list[Begun]:
    """Something unfinished for a few who come regularly or have lapsed; it is truly due."""
    begun = []
    for person in people:
        if person.duplicate_of or person.deceased_on or person.moved_on or random.random() >= SHARE:
            continue
        kind, visit_type, priority, (least, most) = random.choice(KINDS)
        # A result waits only for those who have no visit ahead that would settle it.
        fits = ("lapsed",) if kind == "result_awaiting_follow_up" else ("regular", "lapsed")
        if person.scenario not in fits:
            continue
        opened_on = today - timedelta(days=random.randint(least, most))
        begun.append(Begun(f"B{person.id[1:]}", person.id, kind, visit_type, priority, opened_on))
        person.truly_due.add(visit_type)
    return begun

"""The practice's own life: booked visits happen or do not, and some people return without being asked."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from rebook.demo.history import MINUTES, ZONES
from rebook.demo.setup import DemoPractice
from rebook.demo.world import Booked, Person
from rebook.flow.attendance import appointments_without_word, record_attendance

# Share of the truly overdue who come back by themselves within the simulated days.
UNPROMPTED_SHARE = 0.10


class ClinicLife:
    """What the practice system would tell night by night; nothing here looks at Rebook's decisions."""

    def __init__(self, demo: DemoPractice, *, random: Random, start_on: date, days: int) -> None:
        self.demo, self.random = demo, random
        self.next_id = len(demo.world.appointments)
        self.owners: dict[str, str] = {}
        self.returned: set[str] = set()
        for person in demo.world.people:
            for value in (person.mobile, person.email):
                if value and not person.duplicate_of:
                    self.owners.setdefault(value, person.id)
        for person in demo.world.people:
            alive = not (person.deceased_on or person.died_unrecorded or person.moved_on)
            if person.truly_due and alive and random.random() < UNPROMPTED_SHARE:
                person.habits.returns_unprompted_on = start_on + timedelta(days=random.randint(1, days))

    def owner_of(self, contact: str) -> str | None:
        """Who reads what is sent to a number or address."""
        return self.owners.get(contact)

    def changes(self, *, until: datetime) -> list[Booked]:
        """Appointments that are new or have come to pass since the last night."""
        changed = list(self._come_to_pass(until=until)) + list(self._return_unprompted(until.date()))
        self.demo.world.appointments.extend(one for one in changed if one.status == "booked")
        return changed

    def _come_to_pass(self, *, until: datetime) -> Iterator[Booked]:
        for one in self.demo.world.appointments:
            if one.status == "booked" and one.starts_at < until:
                person = self.demo.world.index[one.person_id]
                kept = self.random.random() < person.habits.keeps_visit and not person.died_unrecorded
                one.status = "fulfilled" if kept else "noshow"
                one.collected_cents = self.random.randint(60, 320) * 100 if kept else 0
                yield one

    def _return_unprompted(self, day: date) -> Iterator[Booked]:
        for person in self.demo.world.people:
            back_on = person.habits.returns_unprompted_on
            if back_on is not None and back_on <= day and person.id not in self.returned:
                self.returned.add(person.id)
                yield from (self._book(person, day, kind) for kind in sorted(person.truly_due))

    def _book(self, person: Person, day: date, kind: str) -> Booked:
        on = day + timedelta(days=self.random.randint(2, 9))
        while on.weekday() > 4:
            on += timedelta(days=1)
        zone = ZONES[person.site_id]
        self.next_id += 1
        return Booked(
            id=f"A{self.next_id:06d}",
            person_id=person.id,
            visit_type=kind,
            # Walk-in hours before the bookable ones, so that both calendars stay apart.
            starts_at=datetime(on.year, on.month, on.day, 7, self.random.choice((0, 15, 30)), tzinfo=zone),
            minutes=min(MINUTES.get(kind, 30), 30),
            booked_at=datetime(day.year, day.month, day.day, 3, tzinfo=zone),
            status="booked",
            site_id=person.site_id,
            clinician_id=person.clinician_id,
        )

    def attend_local(self, *, now: datetime) -> None:
        """The front desk says who came to the visits that Rebook booked."""
        organisation_id = self.demo.organisation_id
        for appointment_id, patient_id, _ in appointments_without_word(
            organisation_id=organisation_id, now=now
        ):
            person = self.demo.world.index[self.demo.person_of[patient_id]]
            kept = self.random.random() < person.habits.keeps_visit and not person.died_unrecorded
            record_attendance(
                organisation_id=organisation_id,
                appointment_id=appointment_id,
                was_kept=kept,
                now=now,
                actor=f"user:{self.demo.staff['front_desk']}",
                collected_cents=self.random.randint(60, 320) * 100 if kept else None,
            )

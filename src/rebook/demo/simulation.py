"""Sixty days of the practice on a virtual clock: the product's own stages, and people who answer them."""

import heapq
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from rebook.demo import doings
from rebook.demo.behaviour import Reaction, react
from rebook.demo.clinic_life import ClinicLife
from rebook.demo.export import write_appointments
from rebook.demo.outbox import Outbox
from rebook.demo.setup import DemoPractice, import_folder
from rebook.demo.staff import answer_alarms, review_stops, work_tasks
from rebook.work.schedule import run_continuous, run_day

NIGHT = time(4)
FRIDAY = 4
# When due attempts are sent and people's answers come in.
TICKS = (time(10, 15), time(16, 0))
# Tasks the staff can do between two ticks.
TASKS_PER_TICK = 12


@dataclass(slots=True)
class Diary:
    """What happened, counted for the account at the end."""

    reactions: Counter[str] = field(default_factory=Counter)
    tasks: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Simulation:
    """The state of the run; ``waiting`` holds reactions still to come as (instant, order, person, ...)."""

    demo: DemoPractice
    outbox: Outbox
    life: ClinicLife
    random: Random
    zone: ZoneInfo
    diary: Diary = field(default_factory=Diary)
    waiting: list[tuple[datetime, int, str, str, Reaction]] = field(default_factory=list)
    written_to: Counter[str] = field(default_factory=Counter)
    order: "itertools.count[int]" = field(default_factory=itertools.count)


def simulate(
    demo: DemoPractice,
    *,
    outbox_directory: Path,
    start_on: date,
    days: int,
    seed: int,
    on_day: Callable[[int, date], None] = lambda number, day: None,
) -> Diary:
    """Run ``days`` days from ``start_on``; from the last working evening on tasks are left for the reader."""
    random = Random(seed + 1)
    zone = ZoneInfo("America/Chicago")
    life = ClinicLife(demo, random=random, start_on=start_on, days=days)
    run = Simulation(demo, Outbox(outbox_directory), life, random, zone)
    ends_on = start_on + timedelta(days=days - 1)
    for number in range(days):
        day = start_on + timedelta(days=number)
        _one_day(run, day=day, ends_on=ends_on)
        on_day(number + 1, day)
    return run.diary


def _one_day(run: Simulation, *, day: date, ends_on: date) -> None:
    if day.weekday() > FRIDAY and day != ends_on:
        # The practice is closed; what people write at the weekend is found on Monday.
        return
    night = datetime.combine(day, NIGHT, tzinfo=run.zone)
    _sync_changes(run, day=day, now=night)
    run_day(organisation_id=run.demo.organisation_id, as_of=day, now=night, worker="demo")
    for tick in TICKS:
        now = datetime.combine(day, tick, tzinfo=run.zone)
        _let_people_answer(run, until=now)
        run_continuous(organisation_id=run.demo.organisation_id, now=now, worker="demo")
        _read_post(run, now=now)
        last_worked = ends_on - timedelta(days=max(0, ends_on.weekday() - FRIDAY))
        if day < last_worked or (day == last_worked and tick != TICKS[-1]):
            done = work_tasks(run.demo, random=run.random, now=now, limit=TASKS_PER_TICK)
            run.diary.tasks.update(done)
            run.diary.tasks.update(["campaign let go on"] * review_stops(run.demo, now=now))


def _sync_changes(run: Simulation, *, day: date, now: datetime) -> None:
    """Yesterday's changes in the practice's own system, as its nightly export tells them."""
    run.life.attend_local(now=now)
    folder = run.demo.folder.parent / f"changes-{day}"
    write_appointments(run.life.changes(until=now), folder)
    import_folder(run.demo.organisation_id, folder=folder, now=now)


def _read_post(run: Simulation, *, now: datetime) -> None:
    """Every new message reaches whoever has the number; most people react later, or never."""
    messages = list(run.outbox.new_messages())
    doings.report_deliveries(run.demo, messages, now=now)
    for message in messages:
        person_id = run.life.owner_of(message.to)
        if person_id is None:
            continue
        person = run.demo.world.index[person_id]
        run.written_to[person_id] += 1
        reaction = react(person, is_first=run.written_to[person_id] == 1, random=run.random)
        if reaction is not None:
            entry = (now + reaction.after, next(run.order), person_id, message.token, reaction)
            heapq.heappush(run.waiting, entry)


def _let_people_answer(run: Simulation, *, until: datetime) -> None:
    while run.waiting and run.waiting[0][0] <= until:
        at, _, person_id, token, reaction = heapq.heappop(run.waiting)
        person = run.demo.world.index[person_id]
        what = doings.carry_out(run.demo, person, token=token, reaction=reaction, random=run.random, now=at)
        run.diary.reactions[what] += 1
        # What sounds like an emergency reaches the nurse's phone at once.
        run.diary.tasks.update(answer_alarms(run.demo, random=run.random, now=at + timedelta(minutes=5)))

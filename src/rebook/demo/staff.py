"""The practice's staff at work: calls made, replies answered, urgent ones first."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from rebook.core.booking import SlotChoice
from rebook.demo.behaviour import answer_call
from rebook.demo.setup import DemoPractice
from rebook.demo.world import Person
from rebook.flow import booking, response
from rebook.flow.outreach import capacity_budget, ready
from rebook.flow.outreach.readiness_watch import ALARM
from rebook.records.read import campaigns, tasks
from rebook.records.read.tasks import TaskView

CALLS = frozenset({"call", "call_back", "book", "unable_to_reach"})


def work_tasks(demo: DemoPractice, *, random: Random, now: datetime, limit: int) -> Counter[str]:
    """Do up to ``limit`` open tasks in the order of the work list; counts by what came of them."""
    done: Counter[str] = Counter()
    waiting = tasks.work_list(
        organisation_id=demo.organisation_id, user_id=None, roles=(), now=now, limit=limit, offset=0
    )
    for task in waiting:
        done[_do(demo, task, random=random, now=now)] += 1
    return done


def answer_alarms(demo: DemoPractice, *, random: Random, now: datetime) -> Counter[str]:
    """Do every open safety task; counts by what came of them."""
    waiting = tasks.work_list(
        organisation_id=demo.organisation_id, user_id=None, roles=(), now=now, limit=5, offset=0
    )
    urgent = [task for task in waiting if task.kind == "safety"]
    return Counter(_do(demo, task, random=random, now=now) for task in urgent)


def review_stops(demo: DemoPractice, *, now: datetime) -> int:
    """The manager reads why campaigns were stopped yesterday and lets them go on; how many."""
    manager = f"user:{demo.staff['manager']}"
    stops = [
        one
        for one in campaigns.stops_in_force(organisation_id=demo.organisation_id)
        if one.scope == "campaign" and one.started_at <= now - timedelta(hours=20)
    ]
    for stop in stops:
        capacity_budget.go_on(
            organisation_id=demo.organisation_id,
            campaign_id=int(stop.key),
            reason="Read every message that brought it; the texts are as approved, the numbers were checked.",
            now=now,
            actor=manager,
        )
    return len(stops)


def _do(demo: DemoPractice, task: TaskView, *, random: Random, now: datetime) -> str:
    nurse = f"user:{demo.staff['clinician']}"
    desk = f"user:{demo.staff['front_desk']}"
    if task.kind in ("safety", "clinical_question"):
        _finish(demo, task, "answered", actor=nurse, now=now)
        response.release_holds(
            organisation_id=demo.organisation_id, patient_id=task.patient_id, now=now, actor=nurse
        )
        return "clinician answered"
    if task.kind in CALLS and task.patient_id is not None:
        return _call(demo, task, random=random, actor=desk, now=now)
    if task.note == f"{ALARM}on_call":
        manager = f"user:{demo.staff['manager']}"
        ready.note_on_call_tested(organisation_id=demo.organisation_id, now=now, actor=manager)
    if task.kind == "gap_review":
        return _look_after(demo, task, actor=nurse, now=now)
    _finish(demo, task, "answered" if task.reply_id else "nothing_to_do", actor=desk, now=now)
    return f"{task.kind.replace('_', ' ')} done"


def _look_after(demo: DemoPractice, task: TaskView, *, actor: str, now: datetime) -> str:
    """What was begun is taken up and ends with that; anything else is looked at again."""
    try:
        _finish(demo, task, "settled", actor=actor, now=now)
        return "something begun: settled"
    except response.UnableToRecord:
        _finish(demo, task, "look_again", actor=actor, now=now, call_back_at=now + timedelta(days=7))
        return "something begun: looked at"


def _call(demo: DemoPractice, task: TaskView, *, random: Random, actor: str, now: datetime) -> str:
    person = _who_answers(demo, task)
    result = answer_call(person, random=random)
    if result.books and not _book(demo, task, random=random, actor=actor, now=now):
        _finish(demo, task, "callback_requested", actor=actor, now=now, call_back_at=now + timedelta(days=2))
        return "call: no time free"
    _finish(demo, task, result.disposition, actor=actor, now=now, barrier=result.barrier)
    return f"call: {result.disposition.replace('_', ' ')}"


def _who_answers(demo: DemoPractice, task: TaskView) -> Person:
    person = demo.world.index[demo.person_of[task.patient_id or 0]]
    return demo.world.index[person.responsible_id] if person.responsible_id else person


def _book(demo: DemoPractice, task: TaskView, *, random: Random, actor: str, now: datetime) -> bool:
    person = demo.world.index[demo.person_of[task.patient_id or 0]]
    visit_type = task.visit_type or min(person.truly_due, default="annual_visit")
    free = booking.open_slots(
        organisation_id=demo.organisation_id, visit_type=visit_type, now=now + timedelta(days=1), days=10
    )
    if not free:
        return False
    slot = random.choice(free)
    answer = booking.book_for_patient(
        organisation_id=demo.organisation_id,
        patient_id=task.patient_id or 0,
        slot=SlotChoice(slot.practitioner_id, slot.location_id, slot.starts_at),
        visit_type=visit_type,
        case_id=task.case_id,
        now=now,
        actor=actor,
    )
    return isinstance(answer, booking.Booked)


def _finish(
    demo: DemoPractice,
    task: TaskView,
    disposition: str,
    *,
    actor: str,
    now: datetime,
    barrier: str = "",
    call_back_at: datetime | None = None,
) -> None:
    response.record_disposition(
        organisation_id=demo.organisation_id,
        task_id=task.id,
        disposition=disposition,
        now=now,
        actor=actor,
        barrier=barrier,
        call_back_at=call_back_at,
    )

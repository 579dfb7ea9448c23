"""Today: what should I do next, for whom, and what may I say?"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from rebook.core.booking import Slot
from rebook.core.gaps.operational_pending import item_of
from rebook.core.response.dispositions import may_settle
from rebook.flow import access, booking
from rebook.packs.script_numbers import UNKNOWN, numbers_at
from rebook.packs.scripts import spoken_script
from rebook.records.read import patientfile, timeline, worklist
from rebook.web.access import Staff, staff_page
from rebook.web.outcomes import Group, groups_for
from rebook.web.render import page

SLOTS_SHOWN = 6
HISTORY_SHOWN = 8
# Where people who do not work the list begin.
HOME_BY_ROLE = {"analyst": "results", "writer": "texts", "compliance": "setup"}


@dataclass(frozen=True, slots=True)
class TaskPane:
    """All that stands beside the list for the task at hand."""

    file: worklist.TaskFile
    patient: patientfile.PatientHead | None
    history: tuple[timeline.Event, ...]
    slots: tuple[Slot, ...]
    visit_type: str
    groups: tuple[Group, ...]
    # (what the patient may say, what to answer), in the patient's language.
    branches: tuple[tuple[str, str], ...] = ()
    # Of the practice's place, for what is said when there is danger.
    emergency_number: str = UNKNOWN["en"]["emergency_number"]


@staff_page(may="anything")
def today(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if not staff.may("work"):
        return redirect(HOME_BY_ROLE.get(staff.role, "setup"))
    tasks = worklist.open_tasks(
        organisation_id=staff.organisation_id, now=staff.now, kind=request.GET.get("kind", "")
    )
    asked = request.GET.get("task", "")
    first = tasks.lines[0].id if tasks.lines else None
    task_id = int(asked) if asked.isdecimal() else first
    pane = task_pane(staff, task_id) if task_id else None
    past = worklist.visits_without_word(organisation_id=staff.organisation_id, now=staff.now)
    return page(request, "today/today.html", block="task", tasks=tasks, pane=pane, past=past)


def _may_settle(staff: Staff, line: worklist.TaskLine) -> bool:
    is_begun = line.gap is not None and item_of(line.gap.definition_key) is not None
    return may_settle(is_begun=is_begun, owner_role=line.owner_role, is_clinician=staff.role == "clinician")


def task_pane(staff: Staff, task_id: int) -> TaskPane | None:
    """The task with its patient, history and free times; None when it is not there."""
    organisation_id = staff.organisation_id
    file = worklist.task_file(organisation_id=organisation_id, task_id=task_id, now=staff.now)
    if file is None:
        return None
    patient_id = file.line.patient_id
    if patient_id is None:
        return TaskPane(
            file, None, (), (), "", groups_for(file.line.kind), emergency_number=_emergency(staff)
        )
    access.record_view(
        organisation_id=organisation_id, patient_id=patient_id, page="today", now=staff.now, actor=staff.actor
    )
    patient = patientfile.patient_head(organisation_id=organisation_id, patient_id=patient_id)
    visit_type = file.line.gap.visit_type if file.line.gap else ""
    return TaskPane(
        file=file,
        patient=patient,
        history=timeline.timeline(
            organisation_id=organisation_id, patient_id=patient_id, limit=HISTORY_SHOWN
        ),
        slots=free_times(staff, visit_type, patient.location_id if patient else None),
        visit_type=visit_type,
        groups=groups_for(file.line.kind, may_settle=_may_settle(staff, file.line)),
        branches=branches_for(
            staff, file.line.gap.definition_key if file.line.gap else "", patient.language if patient else ""
        ),
        emergency_number=_emergency(staff),
    )


def _emergency(staff: Staff) -> str:
    known = {**UNKNOWN["en"], **numbers_at(staff.organisation.jurisdiction)}
    return known["emergency_number"]


def branches_for(staff: Staff, definition_key: str, language: str) -> tuple[tuple[str, str], ...]:
    """The turns a call may take, from the pack of the rule or else the practice's first one."""
    used = staff.organisation.pack_keys
    pack = definition_key.partition(".")[0]
    chosen = pack if pack in used else next(iter(used), "")
    if not chosen:
        return ()
    spoken = language.partition("-")[0]
    return tuple(
        (one.hears.get(spoken) or one.hears["en"], one.say.get(spoken) or one.say["en"])
        for one in spoken_script(chosen, numbers=numbers_at(staff.organisation.jurisdiction)).branches
    )


def free_times(staff: Staff, visit_type: str, location_id: int | None) -> tuple[Slot, ...]:
    """A few free times spread over the coming days, at the patient's location first."""
    if not visit_type:
        return ()
    for place in dict.fromkeys((location_id, None)):
        slots = booking.open_slots(
            organisation_id=staff.organisation_id, visit_type=visit_type, location_id=place, now=staff.now
        )
        if slots:
            by_day: dict[object, list[Slot]] = {}
            for slot in slots:
                by_day.setdefault(slot.starts_at.astimezone(staff.zone).date(), []).append(slot)
            spread = [slot for day in by_day.values() for slot in (day[0], day[len(day) // 2])]
            return tuple(dict.fromkeys(spread))[:SLOTS_SHOWN]
    return ()

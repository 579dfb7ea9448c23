"""Acts on one task: record its outcome, take that back, book a time."""

import json
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from rebook.core.booking import SlotChoice
from rebook.core.response.dispositions import DISPOSITIONS
from rebook.flow import booking, response, undo
from rebook.records.read import worklist
from rebook.web.access import Staff, staff_page
from rebook.web.outcomes import parse_outcome
from rebook.web.render import after

UNDO = "undo"
TOO_LATE = "Somebody has already recorded an outcome for this."


@require_POST
@staff_page(may="work")
def record_outcome(request: HttpRequest, task_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    outcome = parse_outcome(request.POST.get("outcome", ""), now=staff.now.astimezone(staff.zone))
    file = worklist.task_file(organisation_id=staff.organisation_id, task_id=task_id, now=staff.now)
    if file is None:
        raise Http404
    here = f"{reverse('today')}?task={task_id}"
    if outcome is None:
        return after(request, here, say="Choose one of the outcomes.", is_problem=True)
    if file.state != "open":
        return after(request, "/", say=TOO_LATE, is_problem=True)
    point = undo.undo_point(organisation_id=staff.organisation_id, task_id=task_id)
    note = request.POST.get("note", "").strip()
    if DISPOSITIONS[outcome.disposition].needs == "note" and not note:
        return after(
            request,
            here,
            say="Write what they said into the note first: it is the evidence.",
            is_problem=True,
        )
    try:
        response.record_disposition(
            organisation_id=staff.organisation_id,
            task_id=task_id,
            disposition=outcome.disposition,
            barrier=outcome.barrier,
            call_back_at=outcome.call_back_at,
            note=note,
            now=staff.now,
            actor=staff.actor,
        )
    except response.UnableToRecord as error:
        return after(request, here, say=f"Not recorded: {error}.", is_problem=True)
    label = DISPOSITIONS[outcome.disposition].label
    if not undo.can_be_taken_back(disposition=outcome.disposition):
        return after(request, "/", say=f"Recorded: {label}. It counts from now.")
    request.session[UNDO] = {"point": json.loads(json.dumps(point, default=str)), "at": staff.now.isoformat()}
    return after(request, "/", say=f"Recorded: {label}.", undo=reverse("task_reopen", args=[task_id]))


@require_POST
@staff_page(may="work")
def reopen(request: HttpRequest, task_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    kept = request.session.pop(UNDO, None)
    if not kept or kept["point"]["task"] != task_id:
        return after(request, "/", say="That can no longer be undone.", is_problem=True)
    done = undo.take_back(
        organisation_id=staff.organisation_id,
        standing=kept["point"],
        recorded_at=datetime.fromisoformat(kept["at"]),
        now=staff.now,
        actor=staff.actor,
    )
    if not done:
        return after(request, "/", say="That can no longer be undone.", is_problem=True)
    return after(request, f"{reverse('today')}?task={task_id}", say="Taken back. Nothing is recorded.")


@require_POST
@staff_page(may="work")
def book(request: HttpRequest, task_id: int) -> HttpResponse:
    """Book one of the free times for the patient while they are on the phone; that is the task's outcome."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = worklist.task_file(organisation_id=staff.organisation_id, task_id=task_id, now=staff.now)
    choice = slot_choice(request.POST.get("slot", ""))
    if file is None or file.line.patient_id is None:
        raise Http404
    here = f"{reverse('today')}?task={task_id}"
    if choice is None or file.state != "open":
        return after(request, here, say="Choose one of the free times.", is_problem=True)
    answer = booking.book_for_patient(
        organisation_id=staff.organisation_id,
        patient_id=file.line.patient_id,
        slot=choice,
        visit_type=file.line.gap.visit_type if file.line.gap else "",
        case_id=file.case_id,
        now=staff.now,
        actor=staff.actor,
    )
    if not isinstance(answer, booking.Booked):
        return after(request, here, say="That time has just gone. Here are the next ones.", is_problem=True)
    # Booking may have done the task already.
    fresh = worklist.task_file(organisation_id=staff.organisation_id, task_id=task_id, now=staff.now)
    if fresh and fresh.state == "open":
        response.record_disposition(
            organisation_id=staff.organisation_id,
            task_id=task_id,
            disposition="booked",
            now=staff.now,
            actor=staff.actor,
        )
    return after(request, "/", say="Booked.")


def slot_choice(text: str) -> SlotChoice | None:
    """The time that a button names: "practitioner|location|instant"."""
    parts = text.split("|")
    if len(parts) != 3 or not (parts[0].isdecimal() and parts[1].isdecimal()):
        return None
    try:
        at = parse_datetime(parts[2])
    except ValueError:
        return None
    return SlotChoice(int(parts[0]), int(parts[1]), at) if at and at.tzinfo else None

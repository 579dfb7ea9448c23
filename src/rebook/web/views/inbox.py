"""Inbox: who wrote, what do they need, how long have they waited?"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.response.dispositions import DISPOSITIONS
from rebook.flow import access, response
from rebook.flow.outreach import manual
from rebook.records.read import inbox as read
from rebook.records.read import patientfile, timeline, worklist
from rebook.web.access import Staff, staff_page
from rebook.web.outcomes import parse_outcome
from rebook.web.reason_words import reason_words
from rebook.web.render import after, page

CONVERSATION_SHOWN = 10
# What may be said of a message without a call.
HANDLINGS = (
    "answered", "nothing_to_do", "booked", "cost_question", "clinical_question_escalated", "complaint",
    "record_corrected",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReplyPane:
    reply: read.ReplyLine
    patient: patientfile.PatientHead | None
    conversation: tuple[timeline.Event, ...]
    tasks: tuple[worklist.TaskLine, ...]
    holds: tuple[patientfile.HoldLine, ...]
    handlings: tuple[tuple[str, str], ...]


@staff_page(may="work")
def inbox(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    shows_handled = request.GET.get("show") == "handled"
    lister = read.handled if shows_handled else read.waiting
    messages = lister(organisation_id=staff.organisation_id)
    asked = request.GET.get("reply", "")
    first = messages.lines[0].id if messages.lines and not shows_handled else None
    reply_id = int(asked) if asked.isdecimal() else first
    pane = _pane(staff, reply_id) if reply_id else None
    return page(
        request, "inbox/inbox.html", block="reply", messages=messages, pane=pane, shows_handled=shows_handled
    )


def _pane(staff: Staff, reply_id: int) -> ReplyPane | None:
    organisation_id = staff.organisation_id
    reply = read.reply(organisation_id=organisation_id, reply_id=reply_id)
    if reply is None:
        return None
    handlings = tuple((key, DISPOSITIONS[key].label) for key in HANDLINGS)
    if reply.patient_id is None:
        return ReplyPane(reply, None, (), (), (), handlings)
    of = {"organisation_id": organisation_id, "patient_id": reply.patient_id}
    access.record_view(**of, page="inbox", now=staff.now, actor=staff.actor)
    events = timeline.timeline(**of, limit=CONVERSATION_SHOWN)
    return ReplyPane(
        reply=reply,
        patient=patientfile.patient_head(**of),
        conversation=events,
        tasks=worklist.patients_tasks(**of, now=staff.now),
        holds=patientfile.holds_of(**of, now=staff.now),
        handlings=handlings,
    )


@require_POST
@staff_page(may="work")
def handle(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Say what was done about a message; the next one comes up."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    reply = read.reply(organisation_id=staff.organisation_id, reply_id=reply_id)
    outcome = parse_outcome(request.POST.get("outcome", ""), now=staff.now.astimezone(staff.zone))
    if reply is None:
        raise Http404
    if outcome is None or outcome.disposition not in HANDLINGS:
        return after(request, _to(reply_id), say="Choose what was done.", is_problem=True)
    response.handle_reply(
        organisation_id=staff.organisation_id,
        reply_id=reply_id,
        disposition=outcome.disposition,
        now=staff.now,
        actor=staff.actor,
    )
    return after(request, reverse("inbox"), say=f"Recorded: {DISPOSITIONS[outcome.disposition].label}.")


@require_POST
@staff_page(may="work")
def answer(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Write back, through the same guard as everything else; a sent answer handles the message."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    reply = read.reply(organisation_id=staff.organisation_id, reply_id=reply_id)
    if reply is None or reply.patient_id is None:
        raise Http404
    body = request.POST.get("body", "").strip()
    channel = request.POST.get("channel", "")
    if not body or channel not in ("sms", "email"):
        return after(request, _to(reply_id), say="Write an answer first.", is_problem=True)
    decision = manual.send_manual(
        organisation_id=staff.organisation_id,
        patient_id=reply.patient_id,
        channel=channel,
        body=body,
        now=staff.now,
        actor=staff.actor,
    )
    if decision.verdict == "refuse":
        why = "; ".join(reason_words(reason, zone=staff.zone) for reason in decision.reasons[:2])
        return after(request, _to(reply_id), say=f"Not sent. {why}.", is_problem=True)
    response.handle_reply(
        organisation_id=staff.organisation_id,
        reply_id=reply_id,
        disposition="answered",
        now=staff.now,
        actor=staff.actor,
    )
    if decision.verdict == "defer":
        why = "; ".join(reason_words(reason, zone=staff.zone) for reason in decision.reasons[:2])
        return after(request, reverse("inbox"), say=f"Your answer waits and goes out by itself. {why}.")
    return after(request, reverse("inbox"), say="Your answer is on its way.")


def _to(reply_id: int) -> str:
    return f"{reverse('inbox')}?reply={reply_id}"

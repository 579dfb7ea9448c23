"""Patients: who is this, why are they on or off the list, what has happened, what is allowed?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.accounts import read as accounts
from rebook.core.gaps import KINDS
from rebook.core.outreach import consent_words
from rebook.core.outreach.consent_words import in_words
from rebook.core.outreach.number_source import SCOPE_CHOICES, SOURCE_WORDS
from rebook.core.outreach.values import Decision
from rebook.flow import access, attendance, gaps, response
from rebook.flow import preference as flow_preference
from rebook.flow.gaps import Explanation
from rebook.flow.outreach import allowed, manual
from rebook.records.read import patientfile, timeline, worklist
from rebook.records.read.consent import Entry, entries, together
from rebook.records.read.recall_preferences import preferences_of
from rebook.web.access import Staff, staff_page
from rebook.web.reason_words import reason_words
from rebook.web.render import after, page
from rebook.web.views.consent import WAYS

PAGE_SIZE = 50
HISTORY_SHOWN = 60
STATEMENTS_SHOWN = 4
CONTACTED_BY = ("sms", "email", "phone", "letter")


@staff_page(may="patients")
def patients(request: HttpRequest) -> HttpResponse:
    """Find somebody, or see who is overdue."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    organisation_id = staff.organisation_id
    text = request.GET.get("q", "").strip()
    filters = {
        name: request.GET.get(name, "") for name in ("kind", "definition", "tier", "visit_type", "location")
    }
    if text:
        found = patientfile.search(organisation_id=organisation_id, text=text)
        offset = 0
    else:
        offset = _whole(request.GET.get("from", "")) or 0
        found = patientfile.overdue(
            organisation_id=organisation_id,
            kind=filters["kind"],
            definition=filters["definition"],
            tier=filters["tier"],
            visit_type=filters["visit_type"],
            location_id=_whole(filters["location"]),
            limit=PAGE_SIZE,
            offset=offset,
        )
    access.record_search(
        organisation_id=organisation_id,
        found=len(found.lines),
        page="search" if text else "overdue",
        now=staff.now,
        actor=staff.actor,
    )
    return page(
        request,
        "patients/list.html",
        block="found",
        text=text,
        filters=filters,
        gap_kinds=KINDS,
        found=found,
        offset=offset,
        page_size=PAGE_SIZE,
        locations=accounts.locations(organisation_id=organisation_id),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the guard says of some channels alike."""

    channels: tuple[str, ...]
    verdict: str
    reasons: tuple[str, ...]
    defer_until: datetime | None


def answers(decisions: Mapping[Any, Decision], *, zone: ZoneInfo) -> tuple[Answer, ...]:
    """The guard's decisions by channel, those that say the same together.

    A wait that would outlast the day comes back as a refusal led by "expired": people read it as "not today".
    """
    found: dict[tuple[str, tuple[str, ...], datetime | None], list[str]] = {}
    for channel, decision in decisions.items():
        waits = [one for one in decision.reasons if one.rule != "expired"]
        is_wait = bool(waits) and decision.reasons[0].rule == "expired"
        verdict = "wait" if is_wait else decision.verdict
        said = tuple(reason_words(one, zone=zone) for one in (waits or decision.reasons))
        found.setdefault((verdict, said, decision.defer_until), []).append(channel)
    return tuple(Answer(tuple(channels), *key) for key, channels in found.items())


@dataclass(frozen=True, slots=True)
class PatientFile:
    head: patientfile.PatientHead
    gaps: tuple[patientfile.GapLine, ...]
    explanation: Explanation
    events: tuple[timeline.Event, ...]
    statements: tuple[list[Entry], ...]
    holds: tuple[patientfile.HoldLine, ...]
    tasks: tuple[worklist.TaskLine, ...]
    answers: tuple[Answer, ...]


@staff_page(may="patients")
def patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "patient_id": patient_id}
    head = patientfile.patient_head(**of)
    if head is None:
        raise Http404
    access.record_view(**of, page="patient", now=staff.now, actor=staff.actor)
    file = PatientFile(
        head=head,
        gaps=patientfile.gaps_of(**of),
        explanation=gaps.explain(**of, as_of=staff.today),
        events=timeline.timeline(**of, limit=HISTORY_SHOWN),
        statements=tuple(together(entries(**of))[:STATEMENTS_SHOWN]),
        holds=patientfile.holds_of(**of, now=staff.now),
        tasks=worklist.patients_tasks(**of, now=staff.now),
        answers=answers(allowed.allowed_now(**of, channels=CONTACTED_BY, now=staff.now), zone=staff.zone),
    )
    return page(
        request,
        "patients/patient.html",
        file=file,
        head=head,
        ways=WAYS,
        says=consent_words,
        in_words=in_words,
        settled=preferences_of(**of, today=staff.today),
        sources=SOURCE_WORDS,
        scopes=SCOPE_CHOICES,
    )


@require_POST
@staff_page(may="work")
def preference(request: HttpRequest, patient_id: int) -> HttpResponse:
    """How the patient wants to hear from the practice."""
    staff = _for_patient(request, patient_id)
    channel = request.POST.get("channel", "")
    if channel not in ("", *CONTACTED_BY):
        return after(request, _to(patient_id), say="Choose one of the channels.", is_problem=True)
    flow_preference.record_preference(
        organisation_id=staff.organisation_id,
        patient_id=patient_id,
        channel=channel,
        now=staff.now,
        actor=staff.actor,
    )
    return after(request, _to(patient_id), say="Recorded how they want to hear from us.")


@require_POST
@staff_page(may="work")
def write(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A message written by staff, through the guard."""
    staff = _for_patient(request, patient_id)
    body, channel = request.POST.get("body", "").strip(), request.POST.get("channel", "")
    if not body or channel not in ("sms", "email"):
        return after(request, _to(patient_id), say="Write the message first.", is_problem=True)
    decision = manual.send_manual(
        organisation_id=staff.organisation_id,
        patient_id=patient_id,
        channel=channel,
        body=body,
        now=staff.now,
        actor=staff.actor,
    )
    why = "; ".join(reason_words(reason, zone=staff.zone) for reason in decision.reasons[:2])
    if decision.verdict == "allow":
        return after(request, _to(patient_id), say="Your message is on its way.")
    if decision.verdict == "defer":
        return after(request, _to(patient_id), say=f"Your message waits and goes out by itself. {why}.")
    return after(request, _to(patient_id), say=f"Not sent. {why}.", is_problem=True)


@require_POST
@staff_page(may="work")
def attended(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """The desk's word on a visit booked through Rebook: came, or did not."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    came = request.POST.get("came", "")
    back = request.POST.get("back", "/")
    if came not in ("yes", "no"):
        return after(request, back, say="Say whether they came.", is_problem=True)
    done = attendance.record_attendance(
        organisation_id=staff.organisation_id,
        appointment_id=appointment_id,
        was_kept=came == "yes",
        now=staff.now,
        actor=staff.actor,
    )
    if not done:
        return after(request, back, say="That visit has its word already.", is_problem=True)
    return after(request, back, say="Recorded: came." if came == "yes" else "Recorded: did not come.")


@require_POST
@staff_page(may="release")
def release(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Let automation near a patient again. A safety hold needs a clinician (R-E35)."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    owner = patientfile.hold_owner(organisation_id=staff.organisation_id, hold_id=hold_id)
    if owner is None:
        raise Http404
    back = request.POST.get("back") or _to(owner[0])
    if not staff.may_release(owner[1]):
        return after(request, back, say="Only a clinician can release this.", is_problem=True)
    response.release_hold(
        organisation_id=staff.organisation_id, hold_id=hold_id, now=staff.now, actor=staff.actor
    )
    return after(request, back, say="Released. Messages may go out again as the rules allow.")


def _for_patient(request: HttpRequest, patient_id: int) -> Staff:
    """The member of staff, once it is sure that the patient is one of their practice's."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if patientfile.patient_head(organisation_id=staff.organisation_id, patient_id=patient_id) is None:
        raise Http404
    return staff


def _to(patient_id: int) -> str:
    return reverse("patient", args=[patient_id])


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None

"""What the guard would decide for one patient at any moment, and how the patient asked to be reached."""

from datetime import datetime, time
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.outreach.values import PURPOSE_WORDS, Purpose
from rebook.flow import access
from rebook.flow.outreach.allowed import CHANNELS, NO_CHANNEL, Question, look
from rebook.flow.outreach.confidential import UnableToKeep, Wish, end_wish, keep_wish
from rebook.packs.sensitivity import sensitivity_tables
from rebook.records.read import campaigns, patientfile
from rebook.records.read.confidential import wish_of
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@staff_page(may="patients")
def guard(request: HttpRequest, patient_id: int) -> HttpResponse:
    """For a channel, purpose and moment of one's choice: the decision, every rule, and the days ahead."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "patient_id": patient_id}
    head = patientfile.patient_head(**of)
    if head is None:
        raise Http404
    access.record_view(**of, page="guard", now=staff.now, actor=staff.actor)
    running = campaigns.campaigns(organisation_id=staff.organisation_id, states=("active", "paused", "draft"))
    asked, problem = _asked(request, staff.now, {one.id for one in running})
    looked = look(**of, question=asked, channels=CHANNELS, now=staff.now)
    return page(
        request,
        "patients/guard.html",
        head=head,
        asked=asked,
        problem=problem,
        looked=looked,
        campaigns=running,
        channels=CHANNELS,
        purposes=PURPOSE_WORDS,
        spoken=[one for one in looked.explained.steps if one.answer in ("refuses", "waits")],
        rules={one.key: one.says.rstrip(".") for one in looked.explained.steps}
        | {NO_CHANNEL: "Not set up for this practice"},
    )


def _asked(request: HttpRequest, now: datetime, known: set[int]) -> tuple[Question, str]:
    """The question of the form, and what could not be read of it."""
    given = {
        name: request.GET.get(name, "").strip() for name in ("channel", "purpose", "on", "at", "campaign")
    }
    channel = given["channel"] if given["channel"] in CHANNELS else "sms"
    purpose = given["purpose"] if given["purpose"] in PURPOSE_WORDS else "treatment_recall"
    campaign = int(given["campaign"]) if given["campaign"].isdecimal() else 0
    campaign_id = campaign if campaign in known else None
    at, problem = now, ""
    if given["on"]:
        try:
            at = datetime.fromisoformat(f"{given['on']}T{given['at'] or '09:00'}")
        except ValueError:
            problem = "That day or time could not be read, so this is for now."
    question = Question(
        channel=channel,
        at=at,
        purpose=cast(Purpose, purpose),
        origin="campaign" if campaign_id else "manual",
        campaign_id=campaign_id,
    )
    return question, problem


@staff_page(may="patients")
def confidential(request: HttpRequest, patient_id: int) -> HttpResponse:
    """How the patient asked to be reached, in confidence; nobody asks why."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "patient_id": patient_id}
    head = patientfile.patient_head(**of)
    if head is None:
        raise Http404
    if request.method == "POST":
        return _keep(request, staff, patient_id)
    access.record_view(**of, page="confidential", now=staff.now, actor=staff.actor)
    return page(
        request,
        "patients/confidential.html",
        head=head,
        wish=wish_of(**of),
        channels=CHANNELS,
        needs=sensitivity_tables().needs.values(),
        weekdays=tuple(enumerate(WEEKDAYS)),
    )


def _keep(request: HttpRequest, staff: Staff, patient_id: int) -> HttpResponse:
    here = reverse("patient_confidential", args=[patient_id])
    if not staff.may("work"):
        return after(request, here, say="Your role does not record this.", is_problem=True)
    try:
        kept = keep_wish(
            organisation_id=staff.organisation_id,
            patient_id=patient_id,
            wish=_wish(request),
            now=staff.now,
            actor=staff.actor,
        )
    except (UnableToKeep, ValueError) as error:
        text = str(error) if isinstance(error, UnableToKeep) else "a time could not be read"
        return after(request, here, say=f"Not kept: {text}.", is_problem=True)
    if kept is None:
        raise Http404
    return after(request, here, say="Kept. It binds every message from now on.")


def _wish(request: HttpRequest) -> Wish:
    """What the form says. Raises ``ValueError`` for a time nobody can read."""

    def text(name: str, most: int) -> str:
        return request.POST.get(name, "").strip()[:most]

    def wall(name: str) -> time | None:
        given = text(name, 8)
        return time.fromisoformat(given) if given else None

    return Wish(
        channels=tuple(one for one in CHANNELS if one in request.POST.getlist("channels")),
        phone=text("phone", 40),
        email=text("email", 254),
        address_line=text("address_line", 300),
        city=text("city", 100),
        state=text("state", 32),
        postal_code=text("postal_code", 16),
        in_envelope=request.POST.get("in_envelope") == "yes",
        opens=wall("opens"),
        closes=wall("closes"),
        weekdays=tuple(int(one) for one in request.POST.getlist("weekdays") if one in "0123456"),
        needs=tuple(request.POST.getlist("needs")),
        code_word=text("code_word", 60),
    )


@require_POST
@staff_page(may="work")
def confidential_end(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The patient no longer asks for it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if patientfile.patient_head(organisation_id=staff.organisation_id, patient_id=patient_id) is None:
        raise Http404
    here = reverse("patient_confidential", args=[patient_id])
    done = end_wish(
        organisation_id=staff.organisation_id, patient_id=patient_id, now=staff.now, actor=staff.actor
    )
    if not done:
        return after(request, here, say="Nothing was asked for.", is_problem=True)
    return after(request, here, say="Ended. The ordinary rules count again.")

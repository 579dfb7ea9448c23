"""The answers other than booking: each is explained on a page and done with one press."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from rebook.core.response.choices import PatientChoice
from rebook.flow.response import one_click_unsubscribe, patient_choice
from rebook.web.patient.page import PatientPage, patient_page
from rebook.web.patient.texts import text

LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a patient can say instead of booking; ``options`` are values of a radio group."""

    kind: PatientChoice
    options: tuple[str, ...] = ()
    has_text: bool = False
    needs_text: bool = False


CHOICES = {
    "call": Answer("ask_call", options=("any", "morning", "afternoon")),
    "question": Answer("question", has_text=True, needs_text=True),
    "not-now": Answer("not_now", options=("14", "30", "90", "180")),
    "moved": Answer("moved", has_text=True),
    "wrong-person": Answer("wrong_person"),
    "stop": Answer("stop"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page(even_expired=True)
def choose(page: PatientPage, choice: str) -> HttpResponse:
    """Explain one answer; on POST take it."""
    answer = CHOICES[choice]
    if page.request.method != "POST":
        return page.render("choice.html", choice=choice, answer=answer, problem="")
    words = page.request.POST.get("text", "").replace("\x00", "").strip()[:LONGEST_TEXT]
    if answer.needs_text and not words:
        return page.render("choice.html", choice=choice, answer=answer, problem="missing")
    option = page.request.POST.get("option", "")
    option = option if option in answer.options else "".join(answer.options[:1])
    take(page, answer.kind, words=words, option=option)
    return page.go("patient_done", choice, query={"option": option} if option else None)


def take(page: PatientPage, kind: PatientChoice, *, words: str = "", option: str = "") -> None:
    """Hand the answer over; a time of day goes along in words, a number of days as a date."""
    patient_choice(
        organisation_id=page.link.organisation_id,
        link_id=page.link.id,
        choice=kind,
        text=words if kind != "ask_call" else text("en", f"choice.call.option_{option}"),
        until=until(page, int(option)) if kind == "not_now" else None,
        now=page.now,
    )


def until(page: PatientPage, days: int) -> date:
    return page.now.astimezone(ZoneInfo(page.organisation.time_zone)).date() + timedelta(days=days)


@require_safe
@patient_page(even_expired=True)
def done(page: PatientPage, choice: str) -> HttpResponse:
    """What happens now. Opening it does nothing."""
    option = page.request.GET.get("option", "")
    day = until(page, int(option)) if option.isdigit() and option in CHOICES[choice].options else None
    return page.render("done.html", choice=choice, day=day or page.now.date())


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@patient_page(even_expired=True)
def unsubscribe(page: PatientPage) -> HttpResponse:
    """One-click unsubscribe of mail programs (RFC 8058, R-A174): POST without cookie ends messages.

    Opened with GET, as link scanners do, it only asks.
    """
    if page.request.method != "POST":
        return page.render("choice.html", choice="stop", answer=CHOICES["stop"], problem="")
    one_click_unsubscribe(organisation_id=page.link.organisation_id, link_id=page.link.id, now=page.now)
    return page.render("done.html", choice="stop", day=page.now.date())

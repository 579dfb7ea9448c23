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
from rebook.web.patient.seen import note, seen_on
from rebook.web.patient.texts import text

LONGEST_TEXT = 1000
LONGEST_WAIT_DAYS = 550


@dataclass(frozen=True, slots=True)
class Answer:
    """What a patient can say instead of booking; ``options`` are values of a radio group."""

    kind: PatientChoice
    options: tuple[str, ...] = ()
    has_text: bool = False
    needs_text: bool = False
    # A day of their own, beside the options.
    has_day: bool = False


CHOICES = {
    "call": Answer("ask_call", options=("any", "morning", "afternoon")),
    "question": Answer("question", has_text=True, needs_text=True),
    "not-now": Answer("not_now", options=("14", "30", "90", "180"), has_day=True),
    "moved": Answer("moved", has_text=True),
    "seen-elsewhere": Answer("seen_elsewhere", has_text=True),
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
    # A day of their own beats the rounder answers beside it.
    if answer.has_day and page.request.POST.get("day"):
        option = _days_until(page)
        if not option:
            return page.render("choice.html", choice=choice, answer=answer, problem="no_day")
    take(page, answer.kind, words=words, option=option)
    return page.go("patient_done", choice, query={"option": option} if option else None)


def _days_until(page: PatientPage) -> str:
    """From today to the day that was chosen, in days; "" when it is no day ahead of us."""
    try:
        day = date.fromisoformat(page.request.POST.get("day", ""))
    except ValueError:
        return ""
    days = (day - until(page, 0)).days
    return str(days) if 0 < days <= LONGEST_WAIT_DAYS else ""


def take(page: PatientPage, kind: PatientChoice, *, words: str = "", option: str = "") -> None:
    """Hand the answer over; a time of day goes along in words, a number of days as a date."""
    note(page, "answered")
    patient_choice(
        organisation_id=page.link.organisation_id,
        link_id=page.link.id,
        choice=kind,
        text=words if kind != "ask_call" else text("en", f"choice.call.option_{option}"),
        until=until(page, int(option)) if kind == "not_now" else None,
        now=page.now,
        seen=seen_on(page, _shown(page, kind)),
    )


def _shown(page: PatientPage, kind: PatientChoice) -> str:
    """The words that the button stood under: what was shown is part of the proof (R-A7)."""
    choice = next(name for name, answer in CHOICES.items() if answer.kind == kind)
    return " ".join(text(page.language, f"choice.{choice}.{part}") for part in ("heading", "text", "go"))


def until(page: PatientPage, days: int) -> date:
    return page.now.astimezone(ZoneInfo(page.organisation.time_zone)).date() + timedelta(days=days)


@require_safe
@patient_page(even_expired=True)
def done(page: PatientPage, choice: str) -> HttpResponse:
    """What happens now. Opening it does nothing."""
    option = page.request.GET.get("option", "")
    is_days = option.isdigit() and bool(CHOICES[choice].options) and int(option) <= LONGEST_WAIT_DAYS
    day = until(page, int(option)) if is_days else None
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
    one_click_unsubscribe(
        organisation_id=page.link.organisation_id,
        link_id=page.link.id,
        now=page.now,
        seen=seen_on(page, "List-Unsubscribe=One-Click"),
    )
    return page.render("done.html", choice="stop", day=page.now.date())

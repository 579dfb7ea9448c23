"""Pick a time, check it, book it; move it, cancel it, put it into a calendar."""

from dataclasses import replace
from datetime import UTC

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar, Event, vDatetime, vText

from rebook.core.booking import ESTIMATE_PAYERS
from rebook.flow import booking
from rebook.records.read import booking as read
from rebook.web.patient import say
from rebook.web.patient.page import PatientPage, patient_page
from rebook.web.patient.seen import note
from rebook.web.patient.state import signed_choice
from rebook.web.patient.texts import text
from rebook.web.patient.visits import booked_visit, details, places


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def choose_time(page: PatientPage) -> HttpResponse:
    """A time was picked: hold it, or ask first who it is."""
    if page.request.method != "POST":
        return page.go("patient_start")
    choice = signed_choice(page.request.POST.get("slot", ""), link_id=page.link.id)
    if choice is None:
        return page.go("patient_start")
    note(page, "chose")
    page.state = replace(page.state, choice=choice)
    return hold_choice(page) if page.is_checked else page.go("patient_check")


def hold_choice(page: PatientPage) -> HttpResponse:
    """Hold the picked time and go to the page that books it."""
    choice = page.state.choice
    page.state = replace(page.state, choice=None)
    if choice is None:
        return page.go("patient_start")
    answer = booking.hold_slot(link=page.link, choice=choice, now=page.now)
    return _taken(page, answer) if isinstance(answer, booking.SlotTaken) else page.go("patient_confirm")


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def confirm(page: PatientPage) -> HttpResponse:
    """Everything about the held time, and the button that books it."""
    if not page.is_checked:
        return page.go("patient_check")
    if page.request.method == "POST":
        answer = booking.confirm(link=page.link, now=page.now)
        if isinstance(answer, booking.SlotTaken):
            return _taken(page, answer)
        return page.go("patient_visit" if isinstance(answer, booking.Booked) else "patient_start")
    hold = read.hold_of_link(organisation_id=page.link.organisation_id, link_id=page.link.id)
    if hold is None:
        return page.go("patient_start")
    return _confirm_page(page, hold)


def _confirm_page(page: PatientPage, hold: read.HoldView) -> HttpResponse:
    shown = details(page, hold)
    earlier = booked_visit(page)
    return page.render(
        "confirm.html",
        shown=shown,
        kept_until=hold.expires_at.astimezone(shown.zone) if hold.expires_at > page.now else None,
        reason=say.reason(page.link, page.language),
        earlier=details(page, earlier).when if earlier else "",
        is_self_pay=page.link.payer_class in ESTIMATE_PAYERS,
    )


@require_safe
@patient_page
def visit(page: PatientPage) -> HttpResponse:
    """The booked visit: when, where, with whom, and what can be done about it."""
    if not page.is_checked:
        return page.go("patient_check")
    found = booked_visit(page)
    return page.render("visit.html", shown=details(page, found)) if found else page.go("patient_start")


@require_safe
@patient_page
def calendar_file(page: PatientPage) -> HttpResponse:
    """The visit for the patient's own calendar. Others see calendars: it says where and when, not why."""
    if not page.is_checked:
        return page.go("patient_check")
    found = booked_visit(page)
    if found is None:
        return page.go("patient_start")
    event = Event()
    event.add("uid", f"visit-{found.id}@rebook")
    event.add("dtstamp", vDatetime(page.now.astimezone(UTC)))
    event.add("dtstart", vDatetime(found.starts_at.astimezone(UTC)))
    event.add("dtend", vDatetime(found.ends_at.astimezone(UTC)))
    event.add("summary", text(page.language, "calendar.summary", practice=page.organisation.public_name))
    event.add("location", vText(", ".join(details(page, found).address_lines)))
    event.add("class", "PRIVATE")
    file = Calendar()
    file.add("prodid", "-//Rebook//Visit//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add_component(event)
    response = HttpResponse(file.to_ical(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def cancel(page: PatientPage) -> HttpResponse:
    """Ask once, then free the time."""
    if not page.is_checked:
        return page.go("patient_check")
    found = booked_visit(page)
    if found is None:
        return page.go("patient_start")
    if page.request.method != "POST":
        return page.render("cancel.html", shown=details(page, found))
    booking.cancel(organisation_id=page.link.organisation_id, booking_id=found.id, now=page.now)
    return page.go("patient_cancelled")


@require_safe
@patient_page
def cancelled(page: PatientPage) -> HttpResponse:
    return page.render("cancelled.html")


def _taken(page: PatientPage, answer: booking.SlotTaken) -> HttpResponse:
    return page.render("taken.html", slots=answer.next_times, places=places(page, answer.next_times))

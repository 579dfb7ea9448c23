"""Setup: who answers and when, who is on call, the hours in which times are offered, agreements (R-E38)."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.accounts import read as accounts
from rebook.core.booking import WorkingHours
from rebook.core.outreach.campaign_readiness import BadStatement, on_call_problem
from rebook.flow import booking
from rebook.flow.outreach import ready as flow
from rebook.records.read import setuppages as read
from rebook.records.read.readiness import offered_visits
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

WORKDAYS = {"weekdays": [0, 1, 2, 3, 4], "opens": "08:00", "closes": "17:00"}
KINDS = ("sms", "email", "letter", "portal")


@staff_page(may="anything")
def ready(request: HttpRequest) -> HttpResponse:
    """Who answers and when, and who can be reached in an emergency."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if request.method == "POST":
        return _say(request, staff)
    return _ready_page(request, staff)


def _say(request: HttpRequest, staff: Staff) -> HttpResponse:
    if not staff.may("campaigns"):
        return after(
            request, reverse("setup_ready"), say="A manager or coordinator sets this.", is_problem=True
        )
    given = request.POST
    of: dict[str, Any] = {
        "organisation_id": staff.organisation_id,
        "now": staff.now,
        "actor": staff.actor,
    }
    try:
        if given.get("what") == "staffed":
            flow.set_staffed_hours(
                **of,
                weekdays=_weekdays(given),
                opens=given.get("opens", ""),
                closes=given.get("closes", ""),
            )
        else:
            name, phone, email = (given.get(one, "") for one in ("name", "phone", "email"))
            flow.set_on_call(**of, name=name, phone=phone, email=email)
    except BadStatement as error:
        return _ready_page(request, staff, wrong=error, given=given)
    return after(request, reverse("setup_ready"), say="Noted.")


def _ready_page(
    request: HttpRequest, staff: Staff, *, wrong: BadStatement | None = None, given: QueryDict | None = None
) -> HttpResponse:
    said = flow.statements(organisation_id=staff.organisation_id)
    staffed, on_call, tested = (said.get((kind, "")) for kind in ("staffed", "on_call", "on_call_tested"))
    hours: Mapping[str, Any] = dict(staffed.detail) if staffed else dict(WORKDAYS)
    contact: Mapping[str, Any] = dict(on_call.detail) if on_call else {}
    if given is not None:
        if given.get("what") == "staffed":
            hours = {**given.dict(), "weekdays": _weekdays(given)}
        else:
            contact = given.dict()
    return page(
        request,
        "setup/ready.html",
        status=422 if wrong else 200,
        staffed=staffed,
        hours=hours,
        on_call=on_call,
        contact=contact,
        tested=tested,
        problem=on_call_problem(on_call, tested, now=staff.now, zone=staff.zone),
        wrong={wrong.field: str(wrong)} if wrong else {},
        members=[
            one for one in accounts.members(organisation_id=staff.organisation_id) if one.role == "clinician"
        ],
    )


def _weekdays(given: QueryDict) -> list[int]:
    return [int(one) for one in given.getlist("weekdays") if one in list("0123456")]


@require_POST
@staff_page(may="campaigns")
def tested(request: HttpRequest) -> HttpResponse:
    """The on-call contact was tried just now, and answered."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    request.back = reverse("setup_ready")  # type: ignore[attr-defined]
    flow.note_on_call_tested(organisation_id=staff.organisation_id, now=staff.now, actor=staff.actor)
    return after(request, reverse("setup_ready"), say="Noted: the on-call clinician was reached.")


@require_POST
@staff_page(may="campaigns")
def channel(request: HttpRequest, kind: str) -> HttpResponse:
    """Say who the sender of a kind of channel is, and when agreement and registration were made."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if kind not in KINDS:
        raise Http404
    request.back = reverse("setup_channels")  # type: ignore[attr-defined]
    fields = ("sender", "baa_signed_on", "sender_registered_on")
    flow.set_channel_statement(
        organisation_id=staff.organisation_id,
        kind=kind,
        **{one: request.POST.get(one, "").strip() for one in fields},
        now=staff.now,
        actor=staff.actor,
    )
    return after(request, reverse("setup_channels"), say="Noted.")


@staff_page(may="anything")
def hours(request: HttpRequest) -> HttpResponse:
    """When patients are seen, and which visits they may book themselves: the free times on offer."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    errors: dict[str, str] = {}
    if request.method == "POST" and staff.may("campaigns"):
        errors = _set_hours(staff, request.POST)
        if not errors:
            return after(request, reverse("setup_hours"), say="Set. Free times are offered from now on.")
    organisation_id = staff.organisation_id
    return page(
        request,
        "setup/hours.html",
        status=422 if errors else 200,
        errors=errors,
        given=request.POST,
        needed={
            one.key
            for one in offered_visits(organisation_id=organisation_id, segment={"who": "due"}, now=staff.now)
        },
        practitioners=read.practitioners(organisation_id=organisation_id),
        visit_types=read.visit_types(organisation_id=organisation_id),
        locations=accounts.locations(organisation_id=organisation_id),
    )


def _set_hours(staff: Staff, given: QueryDict) -> dict[str, str]:
    """Write hours and kinds of visit; what is wrong, by field."""
    organisation_id = staff.organisation_id
    places = {one.name: one for one in accounts.locations(organisation_id=organisation_id)}
    people = {str(one.id): one for one in read.practitioners(organisation_id=organisation_id)}
    chosen = [people[one] for one in given.getlist("practitioners") if one in people]
    weekdays, span = _weekdays(given), _span(given)
    checks = {
        "weekdays": bool(weekdays) or not chosen,
        "opens": span is not None or not chosen,
        "practitioners": bool(places) or not chosen,
    }
    says = {
        "weekdays": "Choose at least one day.",
        "opens": "Write times like 08:00 and 17:00, the later one last.",
        "practitioners": "The practice has no site yet: sites come with its records.",
    }
    errors = {field: says[field] for field, is_fine in checks.items() if not is_fine}
    if errors:
        return errors
    of: dict[str, Any] = {"organisation_id": organisation_id, "now": staff.now, "actor": staff.actor}
    for one in chosen:
        place = places.get(one.location) or next(iter(places.values()))
        rows = [
            WorkingHours(one.id, place.id, place.time_zone, day, *span)
            for day in weekdays
            if span is not None
        ]
        booking.set_hours(**of, practitioner_id=one.id, hours=rows)
    for visit in read.visit_types(organisation_id=organisation_id):
        may_book = visit.key in given.getlist("visit_types")
        if may_book != visit.is_self_bookable:
            booking.set_visit_type(
                **of, key=visit.key, label=visit.label, minutes=visit.minutes, is_self_bookable=may_book
            )
    return {}


def _span(given: QueryDict) -> tuple[time, time] | None:
    try:
        opens, closes = (time.fromisoformat(given.get(one, "")) for one in ("opens", "closes"))
    except ValueError:
        return None
    return (opens, closes) if opens < closes else None

"""Is it you? The check before any detail (R-A107)."""

from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from rebook.core.booking import GivenIdentity
from rebook.flow import booking
from rebook.web.patient import say
from rebook.web.patient.page import PatientPage, patient_page
from rebook.web.patient.state import PageState
from rebook.web.patient.views.booking import hold_choice
from rebook.web.patient.visits import location_of

AFTER_CHECK = {"preferences": "patient_preferences", "number": "patient_number"}
_FIELDS = ("month", "day", "year", "postal_code")


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def check(page: PatientPage) -> HttpResponse:
    """Ask; compare; go on to the time that was picked, if one was."""
    # Where they came from, of the places that may ask for the check.
    then = AFTER_CHECK.get(page.request.GET.get("then", ""), "patient_start")
    if page.request.method != "POST":
        return page.go(then) if page.is_checked else _ask(page)
    given = _given(page.request)
    if given is None:
        return _ask(page, problem="not_a_date")
    answer = booking.check_identity(
        organisation_id=page.link.organisation_id, link_id=page.link.id, given=given, now=page.now
    )
    if answer != "passed":
        return _ask(page, problem=answer)
    page.state = PageState(checked_at=page.now, choice=page.state.choice)
    return hold_choice(page) if page.state.choice and then == "patient_start" else page.go(then)


def _ask(page: PatientPage, *, problem: str = "") -> HttpResponse:
    typed = {field: page.request.POST.get(field, "") for field in _FIELDS}
    return page.render(
        "check.html",
        # What did not match is not shown again: the next person at this screen may be somebody else.
        typed=typed if problem == "not_a_date" else dict.fromkeys(_FIELDS, ""),
        problem=problem,
        asks_postal_code=page.link.asks_postal_code,
        chosen=_chosen(page),
        then=page.request.GET.get("then", "") if page.request.GET.get("then", "") in AFTER_CHECK else "",
    )


def _given(request: HttpRequest) -> GivenIdentity | None:
    """What was typed, or None when it is no date: that is a slip, not a wrong try."""
    try:
        year, month, day = (int(request.POST.get(field, "").strip()) for field in ("year", "month", "day"))
        birth_on = date(year, month, day)
    except (ValueError, OverflowError):
        return None
    if birth_on.year < 1880:
        return None
    return GivenIdentity(birth_on=birth_on, postal_code=request.POST.get("postal_code", "")[:20])


def _chosen(page: PatientPage) -> str:
    choice = page.state.choice
    if choice is None:
        return ""
    zone = ZoneInfo(location_of(page, choice.location_id).time_zone)
    return say.instant(choice.starts_at.astimezone(zone), page.language)

"""Who looks after whom: every overdue patient in exactly one state, and the list behind each number."""

from django.http import Http404, HttpRequest, HttpResponse

from rebook.core.attention import STATES
from rebook.flow.attention import LISTED_AT_ONCE, attention_report, patients_in_state
from rebook.web.access import Staff, staff_page
from rebook.web.render import page

MOST_PAGES = 10_000


@staff_page(may="patients")
def looked_after(request: HttpRequest) -> HttpResponse:
    """The states with their counts; ``?state=`` and ``?rule=`` open the list behind a number."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    state, rule = request.GET.get("state", ""), request.GET.get("rule", "")
    if state:
        return _list(request, staff, state, rule)
    report = attention_report(organisation_id=staff.organisation_id, today=staff.today, now=staff.now)
    return page(request, "patients/looked_after.html", report=report, states=STATES)


def _list(request: HttpRequest, staff: Staff, state: str, rule: str) -> HttpResponse:
    if state not in STATES:
        raise Http404
    asked = request.GET.get("page", "")
    number = min(int(asked), MOST_PAGES) if asked.isdecimal() and len(asked) < 6 and int(asked) else 1
    lines = patients_in_state(
        organisation_id=staff.organisation_id,
        state=state,
        rule=rule,
        today=staff.today,
        now=staff.now,
        limit=LISTED_AT_ONCE + 1,
        offset=(number - 1) * LISTED_AT_ONCE,
    )
    return page(
        request,
        "patients/looked_after_list.html",
        state=state,
        rule=rule,
        lines=lines[:LISTED_AT_ONCE],
        number=number,
        goes_on=len(lines) > LISTED_AT_ONCE,
    )

"""Acts of set-up: stop everything, and start again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.flow.outreach import stops
from rebook.records.read import pages
from rebook.web.access import Staff, staff_page
from rebook.web.render import after


@require_POST
@staff_page(may="anything")
def stop_all(request: HttpRequest) -> HttpResponse:
    """Nothing goes out any more, from this instant. Everybody on staff may press it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    stops.stop_all(
        organisation_id=staff.organisation_id,
        now=staff.now,
        actor=staff.actor,
        reason=request.POST.get("reason", "").strip()[:200],
    )
    return after(request, request.POST.get("back", "/"))


@require_POST
@staff_page(may="start_again")
def end_stop(request: HttpRequest, stop_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    in_force = {one.id: one for one in pages.stops(organisation_id=staff.organisation_id)}
    if stop_id not in in_force:
        raise Http404
    one = in_force[stop_id]
    stops.end_stop(
        organisation_id=staff.organisation_id, scope=one.scope, key=one.key, now=staff.now, actor=staff.actor
    )
    is_all = one.scope == "organisation"
    return after(
        request,
        request.POST.get("back", reverse("setup")),
        say="Started again. What fell due meanwhile is planned anew." if is_all else "That stop has ended.",
        undo=reverse("stop_all") if is_all else "",
    )

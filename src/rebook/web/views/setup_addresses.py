"""Setup: the practice's own web addresses, where links in its messages may lead."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.flow.outreach.web_hosts import choose_web_hosts
from rebook.web.access import Staff, staff_page
from rebook.web.render import after


@require_POST
@staff_page(may="campaigns")
def web_addresses(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    here = reverse("setup")
    request.back = here  # type: ignore[attr-defined]
    kept = choose_web_hosts(
        organisation_id=staff.organisation_id,
        addresses=request.POST.get("addresses", "")[:2000],
        now=staff.now,
        actor=staff.actor,
    )
    if not kept:
        return after(request, here, say="Links in messages lead to the patients' own pages only.")
    return after(request, here, say=f"Links in messages may lead to {', '.join(kept)}.")

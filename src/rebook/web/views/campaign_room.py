"""One campaign's room: how many it may take in, why not more, and its complaint budget."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.flow.outreach import capacity_budget
from rebook.records.read import campaignpages, capacity, complaints
from rebook.records.read import campaigns as read_campaigns
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page


@staff_page(may="anything")
def campaign_room(request: HttpRequest, campaign_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    one: dict[str, Any] = {"organisation_id": staff.organisation_id, "campaign_id": campaign_id}
    file, campaign = campaignpages.campaign_file(**one), read_campaigns.campaign(**one)
    if file is None or campaign is None:
        raise Http404
    batch, verdict = capacity_budget.judge_campaign(
        organisation_id=staff.organisation_id, campaign=campaign, now=staff.now
    )
    stops = complaints.budget_stops(**one)
    return page(
        request,
        "calendar/room.html",
        file=file,
        lines=capacity.capacity_lines(**one),
        batch=batch,
        verdict=verdict,
        stop=next((stop for stop in stops if stop.ended_at is None), None),
        past=[stop for stop in stops if stop.ended_at is not None],
    )


@require_POST
@staff_page(may="campaigns")
def go_on(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Let a campaign go on that its complaint budget stopped; a reason is asked for."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    request.back = reverse("campaign_room", args=[campaign_id])  # type: ignore[attr-defined]
    capacity_budget.go_on(
        organisation_id=staff.organisation_id,
        campaign_id=campaign_id,
        reason=request.POST.get("reason", ""),
        now=staff.now,
        actor=staff.actor,
    )
    return after(request, request.back, say="It goes on. What waited is put before the guard again.")  # type: ignore[attr-defined]

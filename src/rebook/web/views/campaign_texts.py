"""Every text that a campaign asks to be signed, in one place: read them, sign them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from rebook.core.outreach.message import RenderedMessage, Template, render
from rebook.flow.outreach import approvals
from rebook.flow.outreach.approval_queue import lines_of
from rebook.flow.outreach.campaigns import sequence_of
from rebook.flow.outreach.readiness import texts_to_read
from rebook.records.read import campaignpages
from rebook.records.read import campaigns as campaign_read
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.say import telephone


@staff_page(may="anything")
def texts(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The words of a campaign; what is signed is what stands on the page."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "campaign_id": campaign_id}
    view, file = campaign_read.campaign(**of), campaignpages.campaign_file(**of)
    if view is None or file is None:
        raise Http404
    sequence = sequence_of(organisation_id=staff.organisation_id, key=view.sequence_key)
    found = texts_to_read(
        organisation_id=staff.organisation_id, campaign=view, sequence=sequence, now=staff.now
    )
    if request.method == "POST":
        return _sign(request, staff, campaign_id, [one for one, is_signed in found if not is_signed])
    lines = lines_of(organisation_id=staff.organisation_id, texts=[one for one, _ in found], now=staff.now)
    return page(
        request,
        "campaigns/texts.html",
        file=file,
        found=[
            (one, is_signed, _as_read(one, staff), line)
            for (one, is_signed), line in zip(found, lines, strict=True)
        ],
        unsigned=sum(not is_signed for _, is_signed in found),
    )


def _as_read(template: Template, staff: Staff) -> RenderedMessage:
    """The text as somebody gets it, with the practice's own name and number and long values elsewhere."""
    own = {
        "practice_name": staff.organisation.public_name,
        "practice_phone": telephone(staff.organisation.phone),
        "postal_address": staff.organisation.postal_address,
    }
    usual = {one.name: one.longest for one in template.fields}
    return render(template, usual | {key: value for key, value in own.items() if value})


def _sign(request: HttpRequest, staff: Staff, campaign_id: int, waiting: list[Template]) -> HttpResponse:
    """Sign what was on the page; a text that changed since is left, and so is what cannot be signed."""
    here = reverse("campaign_texts", args=[campaign_id])
    if not staff.may("approve"):
        return after(request, here, say="A clinician, compliance or the manager signs.", is_problem=True)
    seen = set(request.POST.getlist("content_hash"))
    problems, signed = [], 0
    for one in (one for one in waiting if one.content_hash in seen):
        try:
            signed += approvals.approve_template(
                organisation_id=staff.organisation_id,
                template_key=one.key,
                channel=one.place,
                language=one.language,
                variant=one.variant,
                content_hash=one.content_hash,
                purpose=one.purpose,
                reason=request.POST.get(f"reason-{one.content_hash}", ""),
                second_look=request.POST.get(f"second_look-{one.content_hash}", ""),
                now=staff.now,
                actor=staff.actor,
            )
        except approvals.UnableToApprove as error:
            problems.append(str(error))
    if problems:
        said = f"{signed} signed; {len(problems)} could not be signed: {problems[0]}."
        return after(request, here, say=said, is_problem=True)
    return after(request, reverse("campaign", args=[campaign_id]), say="The texts are signed.")

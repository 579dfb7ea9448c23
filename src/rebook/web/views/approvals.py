"""What waits for a signature: texts with what the checks say beside them, and campaigns as a whole."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.outreach.approval import ROLE_OF_STAFF
from rebook.core.segment import Segment, sentence
from rebook.flow.outreach import approvals as flow
from rebook.flow.outreach.approval_queue import SHOWS, Show, approval_queue
from rebook.records.read import campaignpages
from rebook.records.read import campaigns as read_campaigns
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.segment_form import labels
from rebook.web.views.setup import names_of

_ASKED = ("key", "channel", "language", "variant")


@staff_page(may="anything")
def texts(request: HttpRequest) -> HttpResponse:
    """The queue of texts, the first one open."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    show: Show = next((one for one in SHOWS if one == request.GET.get("show")), "waiting")
    language, number = request.GET.get("language", ""), request.GET.get("page", "1")
    queue = approval_queue(
        organisation_id=staff.organisation_id,
        now=staff.now,
        show=show,
        language=language,
        page=int(number) if number.isdecimal() and len(number) < 5 else 1,
    )
    return page(
        request,
        "approvals/texts.html",
        block="found",
        queue=queue,
        show=show,
        language=language,
        number=max(1, int(number)) if number.isdecimal() and len(number) < 5 else 1,
        names=names_of(staff),
        role=ROLE_OF_STAFF.get(staff.role, ""),
    )


@require_POST
@staff_page(may="approve")
def sign_text(request: HttpRequest) -> HttpResponse:
    """Say what a text is and sign it, as it stands on the page."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    key, channel, language, variant = (request.POST.get(name, "") for name in _ASKED)
    request.back = _queue(request)  # type: ignore[attr-defined]
    is_new = flow.approve_template(
        organisation_id=staff.organisation_id,
        template_key=key,
        channel=channel,
        language=language,
        variant=variant,
        content_hash=request.POST.get("content_hash", ""),
        purpose=request.POST.get("purpose", ""),
        reason=request.POST.get("reason", ""),
        second_look=request.POST.get("second_look", ""),
        now=staff.now,
        actor=staff.actor,
    )
    say = "Signed. The next one is open." if is_new else "You had signed this already."
    return after(request, _queue(request), say=say)


@require_POST
@staff_page(may="approve")
def withdraw_text(request: HttpRequest) -> HttpResponse:
    """Take the signatures under one reason's texts of a language back: nothing more goes out with them."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    count = flow.withdraw_template(
        organisation_id=staff.organisation_id,
        template_key=request.POST.get("key", ""),
        language=request.POST.get("language", ""),
        now=staff.now,
        actor=staff.actor,
    )
    say = f"Withdrawn: {count} texts no longer go out." if count else "There was nothing to withdraw."
    return after(request, reverse("approvals"), say=say, is_problem=not count)


def _queue(request: HttpRequest) -> str:
    language = request.POST.get("of_language", "")
    known = language if language.isalpha() and len(language) <= 3 else ""
    return reverse("approvals") + (f"?language={known}" if known else "")


@staff_page(may="anything")
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """What is signed with a campaign, by whom, who must still sign, and what changed since."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    practice = staff.organisation_id
    file = campaignpages.campaign_file(organisation_id=practice, campaign_id=campaign_id)
    view = read_campaigns.campaign(organisation_id=practice, campaign_id=campaign_id)
    if file is None or view is None:
        raise Http404
    found = flow.campaign_approval(organisation_id=practice, campaign_id=campaign_id, now=staff.now)
    return page(
        request,
        "approvals/campaign.html",
        file=file,
        found=found,
        texts=[part for part in found.content.parts if part.key.startswith("text/")],
        parts=[part for part in found.content.parts if not part.key.startswith("text/")],
        audience=sentence(Segment.from_json(view.segment), label=labels(staff)),
        approved=flow.approved_texts(organisation_id=staff.organisation_id, now=staff.now),
        names=names_of(staff),
        role=ROLE_OF_STAFF.get(staff.role, ""),
    )


@require_POST
@staff_page(may="approve")
def sign_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    here = reverse("campaign_approval", args=[campaign_id])
    request.back = here  # type: ignore[attr-defined]
    found = flow.approve_campaign(
        organisation_id=staff.organisation_id,
        campaign_id=campaign_id,
        content_hash=request.POST.get("content_hash", ""),
        now=staff.now,
        actor=staff.actor,
    )
    say = "Signed. It can be launched." if found.is_approved else "Signed. Others have to sign, too."
    return after(request, here, say=say)


@require_POST
@staff_page(may="approve")
def withdraw_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    count = flow.withdraw_campaign(
        organisation_id=staff.organisation_id, campaign_id=campaign_id, now=staff.now, actor=staff.actor
    )
    say = "The signatures are withdrawn." if count else "There was nothing to withdraw."
    return after(request, reverse("campaign_approval", args=[campaign_id]), say=say, is_problem=not count)

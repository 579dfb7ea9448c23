"""How e-mails look: colour and logo."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from rebook.flow.outreach import looks, texts
from rebook.flow.outreach.library import library_of, practice_look
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page


@staff_page(may="anything")
def look(request: HttpRequest) -> HttpResponse:
    """See an e-mail in the practice's look; with the right role, change the look."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if request.method == "POST":
        if not staff.may("campaigns"):
            return HttpResponse(status=403)
        return _choose(request, staff)
    template = library_of(staff.organisation).find("due_visit", "email", staff.organisation.default_language)
    shown = (
        texts.shown_to_patients(organisation_id=staff.organisation_id, template=template)
        if (template)
        else ()
    )
    return page(
        request,
        "templates/look.html",
        look=practice_look(staff.organisation),
        html=shown[0].message.body_html if shown else "",
        largest=looks.LARGEST_LOGO // 1000,
    )


def _choose(request: HttpRequest, staff: Staff) -> HttpResponse:
    request.back = reverse("text_look")  # type: ignore[attr-defined]
    file = request.FILES.get("logo")
    is_void = looks.choose_look(
        organisation_id=staff.organisation_id,
        colour=request.POST.get("colour", ""),
        logo=file.read(looks.LARGEST_LOGO + 1) if file else None,
        drops_logo=request.POST.get("drop") == "on",
        now=staff.now,
        actor=staff.actor,
    )
    said = "Saved. The e-mails look different now: they need approving again." if is_void else "Saved."
    return after(request, reverse("text_look"), say=said)

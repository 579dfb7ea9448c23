"""Letters to post: print what waits, say that it is in the post, and record what comes back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.words import LETTER_RETURNS
from rebook.flow import access
from rebook.flow.outreach import letter_returns, letters, posting
from rebook.flow.outreach.letters import UnableToDoWithLetters
from rebook.records.read import letters as read
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.views.setup import names_of

CONTENT_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@staff_page(may="work")
def to_post(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    code = request.GET.get("code", "").strip()[:40]
    chosen = staff.organisation.settings.get("letters") or {}
    return page(
        request,
        "letters/to_post.html",
        is_on=bool((staff.organisation.settings.get("channels") or {}).get("letter")),
        form=chosen.get("form", "letter"),
        paper=chosen.get("paper", ""),
        waiting=read.waiting_count(organisation_id=staff.organisation_id),
        batches=read.batches(organisation_id=staff.organisation_id),
        code=code,
        found=letters.find_letter(organisation_id=staff.organisation_id, code=code) if code else None,
        reasons=LETTER_RETURNS,
        names=names_of(staff),
    )


@require_POST
@staff_page(may="work")
def print_waiting(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    request.back = reverse("letters")  # type: ignore[attr-defined]
    made = letters.print_waiting(organisation_id=staff.organisation_id, now=staff.now, actor=staff.actor)
    said = (
        f"Ready to print: batch {' and '.join(map(str, made.batches.values()))}."
        if made.batches
        else ("There was nothing to print.")
    )
    if made.dropped:
        said += f" {made.dropped} left out: they may not be written to any more."
    if made.duplicates:
        said += f" {made.duplicates} left out: the same person gets one in this batch already."
    if made.put_off:
        said += f" {made.put_off} wait: they may not be written to just now."
    return after(request, reverse("letters"), say=said)


@staff_page(may="work")
def batch_file(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """The merged PDF or the list of a batch; made again where somebody deleted it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if kind not in CONTENT_TYPES:
        raise Http404
    try:
        files = letters.batch_files(organisation_id=staff.organisation_id, number=number)
    except UnableToDoWithLetters:
        raise Http404 from None
    line = read.batch(organisation_id=staff.organisation_id, number=number)
    access.record_search(
        organisation_id=staff.organisation_id,
        found=line.count if line else 0,
        page="letters",
        now=staff.now,
        actor=staff.actor,
    )
    path = files.pdf if kind == "pdf" else files.list
    shown = "attachment" if kind == "csv" else "inline"
    # No streaming: a practice's batch is a few megabytes, and the file may be made anew meanwhile.
    return HttpResponse(
        path.read_bytes(),
        content_type=CONTENT_TYPES[kind],
        headers={
            "Content-Disposition": f'{shown}; filename="{path.name}"',
            "Cache-Control": "no-store",
        },
    )


@require_POST
@staff_page(may="work")
def posted(request: HttpRequest, number: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    request.back = reverse("letters")  # type: ignore[attr-defined]
    count = letters.mark_posted(
        organisation_id=staff.organisation_id, number=number, now=staff.now, actor=staff.actor
    )
    said = f"Batch {number} is in the post: {count} sent." if count else f"Batch {number} was posted before."
    return after(request, reverse("letters"), say=said)


@require_POST
@staff_page(may="work")
def returned(request: HttpRequest) -> HttpResponse:
    """A letter came back."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    request.back = reverse("letters")  # type: ignore[attr-defined]
    letter_returns.record_return(
        organisation_id=staff.organisation_id,
        code=request.POST.get("code", "")[:40],
        reason=request.POST.get("reason", ""),
        now=staff.now,
        actor=staff.actor,
    )
    said = "Noted. No more letters go to that address; somebody mends the record."
    return after(request, reverse("letters"), say=said)


@require_POST
@staff_page(may="campaigns")
def switch(request: HttpRequest) -> HttpResponse:
    """Let sequences write letters, or no longer."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    request.back = reverse("letters")  # type: ignore[attr-defined]
    is_on = request.POST.get("on") == "yes"
    posting.switch_letters(
        organisation_id=staff.organisation_id,
        is_on=is_on,
        form="postcard" if request.POST.get("form") == "postcard" else "letter",
        paper=request.POST.get("paper", ""),
        now=staff.now,
        actor=staff.actor,
    )
    said = (
        "From now on campaigns write letters where their plan says so."
        if is_on
        else ("No further letters are written. Those that wait may still be printed.")
    )
    return after(request, reverse("letters"), say=said)

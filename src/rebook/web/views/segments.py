"""Segments: whom do we mean, how many are they, and who of them cannot be reached?"""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.segment import FIELDS, Segment, sentence
from rebook.flow import access
from rebook.flow import segments as flow
from rebook.records.read import segment_files
from rebook.records.read import segments as read
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.segment_form import SegmentForm, as_query, labels, read_form

PAGE_SIZE = 50
GROUPS = (
    ("reason", "Why they should come back"),
    ("history", "What has happened"),
    ("patient", "Who they are"),
)


@staff_page(may="anything")
def segments(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    label = labels(staff)
    files = segment_files.saved(organisation_id=staff.organisation_id, with_archived=True)
    lines = [(file, sentence(file.newest.segment, label=label)) for file in files]
    return page(request, "segments/list.html", lines=lines)


@staff_page(may="campaigns")
def segment_new(request: HttpRequest) -> HttpResponse:
    """Choose, and see at once how many are meant."""
    return _builder(request, file=None)


@staff_page(may="campaigns")
def segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """A saved segment: what it says now, its older versions, and a new one."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    return _builder(request, file=_file(staff, segment_id))


def _builder(request: HttpRequest, *, file: segment_files.SegmentFile | None) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    problem = ""
    if request.method == "POST":
        form = read_form(request.POST, organisation_id=staff.organisation_id)
        if not form.errors:
            try:
                saved = _save(request, form, file)
            except flow.UnableToSave as error:
                problem = f"{str(error)[:1].upper()}{str(error)[1:]}."
            else:
                return after(request, reverse("segment", args=[saved.id]), say="Saved.")
    else:
        given = request.GET if request.GET else as_query(file.newest.segment if file else Segment())
        form = read_form(given, organisation_id=staff.organisation_id)
    label = labels(staff)
    counted = flow.count(
        organisation_id=staff.organisation_id,
        segment=form.segment,
        as_of=staff.today,
        now=staff.now,
        label=label,
    )
    return page(
        request,
        "segments/builder.html",
        block="counted",
        status=422 if request.method == "POST" else 200,
        file=file,
        form=form,
        problem=problem,
        counted=counted,
        query=as_query(form.segment).urlencode(),
        groups=_groups(staff) if not getattr(request, "htmx", False) else (),
        label=label,
        older=[(one, sentence(one.segment, label=label)) for one in file.versions] if file else [],
    )


def _save(
    request: HttpRequest, form: SegmentForm, file: segment_files.SegmentFile | None
) -> segment_files.SegmentFile:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    return flow.save(
        organisation_id=staff.organisation_id,
        segment=form.segment,
        name=request.POST.get("name", ""),
        segment_id=file.id if file else None,
        note=request.POST.get("note", ""),
        now=staff.now,
        actor=staff.actor,
    )


def _groups(staff: Staff) -> list[tuple[str, str, list[Any]]]:
    """The fields under their headings, each with the values found in the ledger."""
    found = read.choices(organisation_id=staff.organisation_id)
    return [
        (about, heading, [(one, found[one.key]) for one in FIELDS.values() if one.about == about])
        for about, heading in GROUPS
    ]


@staff_page(may="patients")
def segment_patients(request: HttpRequest) -> HttpResponse:
    """Who they are, or who of them is left out for one reason."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    form = read_form(request.GET, organisation_id=staff.organisation_id)
    reason = request.GET.get("left_out")
    text = request.GET.get("start", "")
    offset = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    found = flow.list_patients(
        organisation_id=staff.organisation_id,
        segment=form.segment,
        left_out_by=reason,
        as_of=staff.today,
        now=staff.now,
        limit=PAGE_SIZE + 1,
        offset=offset,
    )
    access.record_search(
        organisation_id=staff.organisation_id,
        found=len(found),
        page="segment",
        now=staff.now,
        actor=staff.actor,
    )
    query = as_query(form.segment)
    if reason is not None:
        query["left_out"] = reason
    return page(
        request,
        "segments/patients.html",
        lines=found[:PAGE_SIZE],
        reason=reason,
        sentence=sentence(form.segment, label=labels(staff)),
        offset=offset,
        page_size=PAGE_SIZE,
        has_more=len(found) > PAGE_SIZE,
        query=query.urlencode(),
        back=f"{reverse('segment_new')}?{as_query(form.segment).urlencode()}",
        next_start=urlencode({"start": offset + PAGE_SIZE}),
        previous_start=urlencode({"start": max(offset - PAGE_SIZE, 0)}),
    )


@require_POST
@staff_page(may="campaigns")
def segment_put_away(request: HttpRequest, segment_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = _file(staff, segment_id)
    flow.put_away(
        organisation_id=staff.organisation_id,
        segment_id=segment_id,
        now=staff.now,
        actor=staff.actor,
        take_back=file.archived_at is not None,
    )
    said = "Back in the list." if file.archived_at else "Put away. Campaigns made from it go on."
    return after(request, reverse("segments"), say=said)


def _file(staff: Staff, segment_id: int) -> segment_files.SegmentFile:
    file = segment_files.segment_file(organisation_id=staff.organisation_id, segment_id=segment_id)
    if file is None:
        raise Http404
    return file

"""Ways back: what bookings were tied to, how channels do, and where people leave on the way."""

from django.http import HttpRequest, HttpResponse

from rebook.core.measure.ways import FEWEST, SEGMENTS
from rebook.flow import measure
from rebook.web.access import Staff, staff_page
from rebook.web.render import page
from rebook.web.views.results import asked_day

# The vocabulary in which a segment's values are told; others stand as they are.
VOCABULARY = {"kind": "gap", "tier": "tier", "language": "language"}


@staff_page(may="anything")
def ways(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    by = request.GET.get("by", "")
    by = by if by in SEGMENTS else SEGMENTS[0]
    as_of = asked_day(request, staff)
    report = measure.build_report(organisation_id=staff.organisation_id, as_of=as_of, segment_by=by)
    return page(
        request,
        "results/ways.html",
        report=report,
        segments=SEGMENTS,
        vocabulary=VOCABULARY.get(by, ""),
        fewest=FEWEST,
        asked="" if as_of == staff.today else as_of.isoformat(),
    )

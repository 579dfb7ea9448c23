"""Setup > Rules of places: what binds this practice where its patients may be, and who reviewed it."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.flow import places as flow
from rebook.packs.jurisdictions_law import HOUSE, file_of
from rebook.packs.jurisdictions_words import CLASSES, SHORT
from rebook.records.read import places as read
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.views.setup import names_of

# Places of the list that are shown at once; the rest only where they matter.
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one kind, under their heading."""

    heading: str
    lines: tuple[flow.RuleLine, ...]


@staff_page(may="anything")
def places(request: HttpRequest) -> HttpResponse:
    """The house rule, and every place where patients may be, with how many and what wants a look."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    organisation_id = staff.organisation_id
    used = flow.places_in_use(organisation_id=organisation_id)
    reviews = read.rule_reviews(organisation_id=organisation_id)
    country = staff.organisation.jurisdiction.partition("-")[0] or "us"
    first = [HOUSE, *([country] if file_of(country) else [])]
    others = [key for key in used if key not in first]
    shown = others[:SHOWN]
    sheets = {
        key: flow.sheet_of(
            key, on=staff.today, reviews=reviews, patients=used.get(key), own_rows_only=key not in first
        )
        for key in (*first, *shown)
    }
    return page(
        request,
        "setup/places.html",
        general=[sheets[key] for key in first],
        used=[(key, sheets[key], used[key]) for key in shown],
        more=len(others) - len(shown),
        country_is_known=bool(file_of(country)),
        country=country,
    )


@staff_page(may="anything")
def place(request: HttpRequest, key: str) -> HttpResponse:
    """Every rule of one place: what it says, its source, status, dates, review."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    sheet = flow.sheet(organisation_id=staff.organisation_id, key=key, on=staff.today)
    if sheet is None:
        raise Http404
    parts = (
        Part("Hours", tuple(one for one in sheet.lines if one.row.hours)),
        Part("Permission", tuple(one for one in sheet.lines if one.row.consent)),
        Part(
            "Everything else", tuple(one for one in sheet.lines if not one.row.hours and not one.row.consent)
        ),
    )
    return page(
        request,
        "setup/place.html",
        sheet=sheet,
        parts=[part for part in parts if part.lines],
        permissions=flow.what_it_comes_to(organisation_id=staff.organisation_id, places=[key], on=staff.today)
        if key != HOUSE
        else (),
        classes=CLASSES,
        short=SHORT,
        names=names_of(staff),
    )


@require_POST
@staff_page(may="review_rules")
def review(request: HttpRequest) -> HttpResponse:
    """Record that somebody read a row, as it stands on the page, against its source."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    row_key, key = request.POST.get("row_key", ""), request.POST.get("place", "")
    if file_of(key) is None:
        raise Http404
    here = reverse("setup_place", args=[key])
    try:
        flow.record_review(
            organisation_id=staff.organisation_id,
            row_key=row_key,
            row_version=request.POST.get("row_version", ""),
            today=staff.today,
            now=staff.now,
            actor=staff.actor,
            note=request.POST.get("note", ""),
        )
    except flow.UnableToReview as error:
        return after(request, here, say=f"Not recorded: {error}.", is_problem=True)
    return after(request, f"{here}#{row_key}", say="Recorded: you read it against its source today.")

"""How likely, and what a contact is worth: what was learned, how sure it is, and what is not looked at."""

from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from rebook.flow import likelihood_page as flow
from rebook.web.access import Staff, staff_page
from rebook.web.render import page


@staff_page(may="anything")
def likelihood(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    seen = flow.overview(organisation_id=staff.organisation_id, as_of=staff.today)
    charts = {
        name: _chart(part.points)
        for name, part in (("returns", seen.returns), ("shows", seen.shows))
        if part and part.points
    }
    return page(request, "results/likelihood.html", seen=seen, charts=charts)


@lru_cache(maxsize=64)
def _chart(points: tuple[flow.Point, ...]) -> str:
    """Drawing costs more than the rest of the page, and the same figures give the same picture."""
    svg = flow.calibration_chart(points)
    return svg[svg.index("<svg") :]

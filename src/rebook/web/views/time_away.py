"""Time away: how many patients stand in each tier, and how many pass into it in each week."""

import re
from datetime import date, timedelta
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from rebook.flow import tiers
from rebook.web.access import Staff, staff_page
from rebook.web.render import page

USUAL_WEEKS, MOST_WEEKS = 26, 104
STANDING = ("active", "slipping", "dormant", "long_lapsed", "lost", "never")


@staff_page(may="anything")
def time_away(request: HttpRequest) -> HttpResponse:
    """Counted from the newest snapshot; ``?weeks=`` says how far back."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    weeks = _weeks(request.GET.get("weeks", ""))
    report = tiers.tier_report(
        organisation_id=staff.organisation_id, from_on=staff.today - timedelta(weeks=weeks), to_on=staff.today
    )
    return page(
        request,
        "results/time_away.html",
        report=report,
        chart=_drawn(tuple((one.on, tuple(sorted(one.entered.items()))) for one in report.weeks)),
        standing=STANDING,
        entered=tiers.ENTERED,
        weeks=weeks,
        latest=tuple(reversed(report.weeks)),
    )


@lru_cache(maxsize=32)
def _drawn(weeks: tuple[tuple[date, tuple[tuple[str, int], ...]], ...]) -> str:
    """Drawing costs more than the rest of the page, and the same figures give the same picture."""
    svg = tiers.inflow_chart(tuple(tiers.Week(on, dict(entered)) for on, entered in weeks))
    # Without a height of its own it keeps its shape on a phone.
    return re.sub(r'\sheight="[\d.]+"', "", svg[svg.index("<svg") :], count=1)


def _weeks(text: str) -> int:
    return min(int(text), MOST_WEEKS) if text.isdecimal() and len(text) < 4 and int(text) else USUAL_WEEKS

"""The first page, and the page with more times."""

from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rebook.flow import booking
from rebook.records.read import booking as read
from rebook.web.patient import say
from rebook.web.patient.page import PatientPage, patient_page
from rebook.web.patient.views.choices import CHOICES
from rebook.web.patient.visits import booked_visit

_DAYS_PER_PAGE = 7
_LAST_PAGE = 52


@require_safe
@patient_page
def start(page: PatientPage) -> HttpResponse:
    """What it is about, three times, and the other answers. Details only behind the identity check."""
    if page.is_checked and booked_visit(page):
        return page.go("patient_visit")
    offered = booking.times_for_link(link=page.link, now=page.now)
    return page.render(
        "start.html",
        slots=offered.next_times,
        has_more=len(offered.slots) > len(offered.next_times),
        name=page.link.given_name if page.is_checked else "",
        reason=say.reason(page.link, offered.visit_type, page.language) if page.is_checked else "",
        elsewhere=_booked_elsewhere(page, offered.visit_type) if page.is_checked else "",
        choices=CHOICES,
    )


@require_safe
@patient_page
def times(page: PatientPage) -> HttpResponse:
    """Free times by day, a week at a time."""
    number = _page_number(page)
    from_at, until_at = _week(page, number)
    offered = booking.times_for_link(link=page.link, now=page.now, from_at=from_at, until_at=until_at)
    # One button per start: which practitioner it is shows on the next page.
    starts = {(slot.starts_at, slot.location_id): slot for slot in reversed(offered.slots)}
    slots = sorted(starts.values(), key=lambda slot: slot.starts_at)
    days = [(day, list(group)) for day, group in groupby(slots, key=lambda slot: say.local(slot).date())]
    return page.render(
        "times.html",
        days=days,
        number=number,
        is_last=until_at >= offered.latest_at,
        is_move=page.is_checked and booked_visit(page) is not None,
    )


def _page_number(page: PatientPage) -> int:
    raw = page.request.GET.get("week", "0")
    return min(int(raw), _LAST_PAGE) if raw.isascii() and raw.isdigit() and len(raw) < 4 else 0


def _week(page: PatientPage, number: int) -> tuple[datetime, datetime]:
    """Seven whole days on the practice's clock; the first week begins today."""
    zone = ZoneInfo(page.organisation.time_zone)
    first = page.now.astimezone(zone).date() + timedelta(days=_DAYS_PER_PAGE * number)
    midnight = datetime.combine(first, time(), tzinfo=zone)
    return midnight, midnight + timedelta(days=_DAYS_PER_PAGE)


def _booked_elsewhere(page: PatientPage, kind: read.VisitTypeView | None) -> str:
    starts_at = kind and read.booked_elsewhere(
        organisation_id=page.link.organisation_id,
        patient_id=page.link.patient_id,
        visit_type=kind.key,
        now=page.now,
    )
    if not starts_at:
        return ""
    return say.instant(starts_at.astimezone(ZoneInfo(page.organisation.time_zone)), page.language)

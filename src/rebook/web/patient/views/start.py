"""The first page, and the page with more times."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rebook.flow import booking
from rebook.records.read import booking as read
from rebook.web.patient import say
from rebook.web.patient.page import PatientPage, patient_page
from rebook.web.patient.seen import note
from rebook.web.patient.views.choices import CHOICES
from rebook.web.patient.visits import booked_visit, places

_DAYS_SHOWN = 5


@require_safe
@patient_page
def start(page: PatientPage) -> HttpResponse:
    """What it is about, three times, and the other answers. Details only behind the identity check."""
    note(page, "opened")
    if page.is_checked and booked_visit(page):
        return page.go("patient_visit")
    offered = booking.times_for_link(link=page.link, now=page.now)
    return page.render(
        "start.html",
        slots=offered.next_times,
        places=places(page, offered.next_times),
        has_more=len(offered.slots) > len(offered.next_times),
        name=page.link.given_name if page.is_checked else "",
        reason=say.reason(page.link, page.language) if page.is_checked else "",
        elsewhere=_booked_elsewhere(page, offered.visit_type) if page.is_checked else "",
        choices=CHOICES,
    )


@require_safe
@patient_page
def times(page: PatientPage) -> HttpResponse:
    """Free times by day: the next days that have any, then a link to the ones after."""
    from_at = _asked_from(page)
    offered = booking.times_for_link(link=page.link, now=page.now, from_at=from_at)
    # One button per start: which practitioner it is shows on the next page.
    starts = {(slot.starts_at, slot.location_id): slot for slot in reversed(offered.slots)}
    slots = sorted(starts.values(), key=lambda slot: slot.starts_at)
    days = [(day, list(group)) for day, group in groupby(slots, key=lambda slot: say.local(slot).date())]
    later = days[_DAYS_SHOWN][0] if len(days) > _DAYS_SHOWN else None
    if later is None and days:
        later = _later(page, offered, days[-1][0] + timedelta(days=1))
    return page.render(
        "times.html",
        days=days[:_DAYS_SHOWN],
        places=places(page, slots),
        later=later.isoformat() if later else "",
        is_first=from_at is None,
        is_move=page.is_checked and booked_visit(page) is not None,
    )


def _asked_from(page: PatientPage) -> datetime | None:
    try:
        day = date.fromisoformat(page.request.GET.get("from", ""))
    except ValueError:
        return None
    return datetime.combine(day, time(), tzinfo=ZoneInfo(page.organisation.time_zone))


def _later(page: PatientPage, offered: booking.TimesOffered, day: date) -> date | None:
    """A day to look on from, while the practice offers times so far ahead."""
    return day if day <= offered.latest_at.astimezone(ZoneInfo(page.organisation.time_zone)).date() else None


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

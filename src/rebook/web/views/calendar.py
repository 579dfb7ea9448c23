"""Calendar: when is there room, what is offered to whom, and what do the coming days bring?"""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.booking import Slot
from rebook.core.capacity_policy import LIMITS
from rebook.core.lookahead.changes import BadPlan, Changes, read_changes
from rebook.flow import access, booking
from rebook.flow.lookahead import charts
from rebook.flow.lookahead.calendar import SHOWN_DAYS, CalendarDay, calendar_page
from rebook.flow.lookahead.comparing import DayCompared, compare_forecast, forecasts_made
from rebook.flow.lookahead.simulating import LONGEST, LookAhead, simulate
from rebook.flow.outreach.capacity_settings import change_capacity
from rebook.flow.outreach.sequences import sequences_in_use
from rebook.records.read import calendar as read
from rebook.records.read import campaigns as read_campaigns
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

FURTHEST = timedelta(days=366)
# What the form of the page changes; prices and shares are for the command line.
SETTINGS = (
    ("minutes_a_day", "Staff minutes for outreach a day"),
    ("minutes_per_call", "Minutes a call takes"),
    ("minutes_per_reply", "Minutes an answer takes"),
    ("window_days", "Days of free times to look at"),
    ("slot_percent", "Share of free times outreach may fill (%)"),
    ("patients_per_slot", "Patients each free time is offered to"),
)


@staff_page(may="anything")
def calendar(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    from_on = _day(request.GET.get("from", ""), staff)
    found = calendar_page(
        organisation_id=staff.organisation_id,
        from_on=from_on,
        today=staff.today,
        now=staff.now,
        kind=request.GET.get("kind", "")[:60],
    )
    shown = any(day.total for day in found.days)
    return page(
        request,
        "calendar/calendar.html",
        calendar=found,
        chart=_drawn(found.days) if shown else "",
        earlier=from_on - timedelta(days=SHOWN_DAYS),
        later=from_on + timedelta(days=SHOWN_DAYS),
        settings=[(key, label, getattr(found.policy, key), LIMITS[key]) for key, label in SETTINGS],
    )


@staff_page(may="patients")
def behind(request: HttpRequest) -> HttpResponse:
    """The visits, contacts or free times behind one number."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    on, what = _day(request.GET.get("on", ""), staff), request.GET.get("what", "")
    kind, site = request.GET.get("kind", "")[:60], request.GET.get("site", "")
    location_id = int(site) if site.isdecimal() and len(site) < 16 else None
    begins = datetime.combine(on, time(), tzinfo=staff.zone)
    span: dict[str, Any] = {"from_at": begins, "until_at": begins + timedelta(days=1)}
    one: dict[str, Any] = {"organisation_id": staff.organisation_id, "location_id": location_id}
    found = None
    slots: tuple[Slot, ...] = ()
    if what == "booked":
        found = read.booked_list(**one, visit_type=kind, **span)
    elif what == "due":
        found = read.due_list(**one, **span, first=on <= staff.today)
    elif what == "free":
        slots = booking.open_slots(**one, visit_type=kind, now=staff.now, from_at=begins, days=1)
    else:
        raise Http404
    access.record_search(
        organisation_id=staff.organisation_id,
        found=len(found.lines) if found else 0,
        page="calendar",
        now=staff.now,
        actor=staff.actor,
    )
    return page(request, "calendar/behind.html", what=what, on=on, kind=kind, found=found, slots=slots)


@staff_page(may="anything")
def plans(request: HttpRequest) -> HttpResponse:
    """The present plan beside a changed one, looked ahead at now."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    every = [
        one
        for one in read_campaigns.campaigns(organisation_id=staff.organisation_id)
        if one.state in ("active", "draft", "paused")
    ]
    asked, problem, found = _asked(request, {one.id for one in every}), "", []
    try:
        other = _other(asked)
        found = simulate(
            organisation_id=staff.organisation_id,
            start_on=staff.today,
            days=asked["days"],
            now=staff.now,
            plans=[Changes(), *([other] if other else [])],
        )
    except BadPlan as error:
        problem = str(error)
    return page(
        request,
        "calendar/plans.html",
        status=422 if problem else 200,
        campaigns=every,
        asked=asked,
        problem=problem,
        plans=found,
        bookings=_plans_drawn(found, "bookings", "bookings so far") if found else "",
        leaves_out=found[0].leaves_out if found else (),
        # The practice's own published ones first.
        sequences=list(sequences_in_use(organisation_id=staff.organisation_id)),
    )


def _asked(request: HttpRequest, known: set[int]) -> dict[str, Any]:
    given = request.GET
    chosen = given.get("campaign", "")
    days = given.get("days", "30")
    return {
        "campaign": int(chosen) if chosen.isdecimal() and int(chosen[:15]) in known else None,
        "daily_limit": given.get("daily_limit", "").strip()[:10],
        "holdout_percent": given.get("holdout_percent", "").strip()[:10],
        "sequence_key": given.get("sequence_key", "")[:80],
        "left_out": given.get("left_out") == "yes",
        "days": min(max(int(days), 1), LONGEST) if days.isdecimal() and len(days) < 5 else 30,
    }


def _other(asked: dict[str, Any]) -> Changes | None:
    """The changed plan of the form; None where nothing is changed. Raises ``BadPlan``."""
    if asked["campaign"] is None:
        return None
    change: dict[str, Any] = {"left_out": asked["left_out"], "sequence_key": asked["sequence_key"]}
    for name in ("daily_limit", "holdout_percent"):
        text = asked[name]
        if text:
            if not (text.isdecimal() and text.isascii()):
                raise BadPlan(f"{name.replace('_', ' ')} wants a whole number")
            change[name] = int(text)
    if not any(change.values()) and len(change) == 2:
        return None
    return read_changes({"name": "Changed plan", "campaign": {str(asked["campaign"]): change}})


@staff_page(may="anything")
def forecasts(request: HttpRequest) -> HttpResponse:
    """What was forecast, held against what happened."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    made = forecasts_made(organisation_id=staff.organisation_id)
    wanted = request.GET.get("made_on", "")
    chosen = next((one for one in made if one.isoformat() == wanted), None)
    found = compare_forecast(organisation_id=staff.organisation_id, made_on=chosen, today=staff.today)
    pictures = {}
    if found:
        for name, title in (("bookings", "bookings a day"), ("sms", "texts a day")):
            if name in found.days:
                pictures[name] = _compared_drawn(found.days[name], title)
    return page(request, "calendar/forecasts.html", made=made, chosen=chosen, found=found, pictures=pictures)


@require_POST
@staff_page(may="campaigns")
def settings(request: HttpRequest) -> HttpResponse:
    """How much the practice can take."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    changes: dict[str, Any] = {}
    for key, label in SETTINGS:
        text = request.POST.get(key, "").strip()
        if key == "minutes_a_day" and not text:
            changes[key] = None
        elif text.isdecimal() and text.isascii() and len(text) < 10:
            changes[key] = int(text)
        else:
            say = f"{label} wants a whole number. Nothing was changed."
            return after(request, reverse("calendar"), say=say, is_problem=True)
    change_capacity(organisation_id=staff.organisation_id, changes=changes, now=staff.now, actor=staff.actor)
    return after(request, reverse("calendar"), say="Saved. It counts from the next pass of the day.")


def _day(text: str, staff: Staff) -> date:
    """The day asked for; today when it is none, or too far off."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return staff.today
    return asked if abs(asked - staff.today) <= FURTHEST else staff.today


def _fluid(svg: str) -> str:
    # Without a height of its own it keeps its shape on a phone.
    return re.sub(r'\sheight="[\d.]+"', "", svg[svg.index("<svg") :], count=1)


def _drawn(days: tuple[CalendarDay, ...]) -> str:
    """Drawing costs more than the rest of the page, and the same figures give the same picture."""
    points = {
        name: tuple((day.on.isoformat(), charts.expected_of(day, measures)) for day in days)
        for name, measures in charts.CALENDAR_LINES
    }
    return _calendar_drawn(tuple(points.items()))


@lru_cache(maxsize=64)
def _calendar_drawn(lines: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]) -> str:
    return _fluid(charts.calendar_chart(lines))


def _plans_drawn(found: list[LookAhead], measure: str, title: str) -> str:
    return _fluid(charts.plans_chart(found, measure=measure, title=title))


@lru_cache(maxsize=32)
def _compared_drawn(days: tuple[DayCompared, ...], title: str) -> str:
    return _fluid(charts.compared_chart(days, title=title))

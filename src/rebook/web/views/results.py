"""Results: what did it bring, how sure are we, what should we mend?"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from rebook.accounts import read as accounts
from rebook.flow import access, measure
from rebook.records.read import behind as read
from rebook.web.access import Staff, staff_page
from rebook.web.render import page
from rebook.web.views.consent import download
from rebook.web.views.won import won_picture
from rebook.web.words import words

# Which reasons make the first two steps of the funnel (all of them; those that may be contacted).
REASONS_BY_STEP = {
    "identified": ["%"],
    "eligible": [f"{key}%" for key in measure.ELIGIBLE],
}


@staff_page(may="anything")
def results(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    as_of = asked_day(request, staff)
    report = measure.build_report(organisation_id=staff.organisation_id, as_of=as_of, segment_by="")
    sites = {one.name: one.id for one in accounts.locations(organisation_id=staff.organisation_id)}
    return page(
        request,
        "results/results.html",
        report=report,
        chart=_chart(report),
        won=report.won,
        won_chart=won_picture(report.won),
        sites=sites,
        asked="" if as_of == staff.today else as_of.isoformat(),
    )


@staff_page(may="anything")
def as_pdf(request: HttpRequest) -> HttpResponse:
    """The same figures on paper; of counts only, no patient."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    as_of = asked_day(request, staff)
    report = measure.build_report(organisation_id=staff.organisation_id, as_of=as_of)
    made = measure.report_pdf(report, organisation_id=staff.organisation_id, words=words, now=staff.now)
    return download(made, f"results-{as_of}.pdf", "application/pdf")


@lru_cache(maxsize=64)
def _chart(report: measure.Report) -> str:
    """Drawing costs more than the rest of the page, and the same figures give the same picture."""
    svg = measure.funnel_chart(report)
    return svg[svg.index("<svg") :]


@staff_page(may="patients")
def behind(request: HttpRequest) -> HttpResponse:
    """The patients behind one figure."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    as_of = asked_day(request, staff)
    end = datetime.combine(as_of + timedelta(days=1), time(0), tzinfo=staff.zone)
    cut_off = end - timedelta(microseconds=1)
    stage, reason = request.GET.get("stage", ""), request.GET.get("reason", "")
    reasons = REASONS_BY_STEP.get(stage) or ([reason] if reason else [])
    location = request.GET.get("location", "")
    organisation_id = staff.organisation_id
    cases = patients = None
    if reasons:
        patients = read.patients_behind(organisation_id=organisation_id, reasons=reasons, cut_off=cut_off)
    else:
        part = read.Slice(
            gap_kind=request.GET.get("kind", ""),
            location_id=int(location) if location.isdecimal() else None,
            channel=request.GET.get("channel", ""),
        )
        cases = read.cases_behind(organisation_id=organisation_id, stage=stage, part=part, cut_off=cut_off)
    shown = patients or cases
    access.record_search(
        organisation_id=organisation_id,
        found=len(shown.lines) if shown else 0,
        page="results",
        now=staff.now,
        actor=staff.actor,
    )
    label = measure.reason_label(reason) if reason else ""
    return page(
        request, "results/list.html", stage=stage, label=label, patients=patients, cases=cases, as_of=as_of
    )


def asked_day(request: HttpRequest, staff: Staff) -> date:
    """The day asked for; today when there is none, it is no date, or it has not come yet."""
    try:
        asked = date.fromisoformat(request.GET.get("as_of", ""))
    except ValueError:
        return staff.today
    return min(asked, staff.today)

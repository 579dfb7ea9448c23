"""Setup: is it safe to switch on? The practice, its sources, channels, people and trail."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from rebook.accounts import read as accounts
from rebook.accounts import trail
from rebook.flow.catalogue import catalogue
from rebook.flow.common.web_hosts import chosen_hosts
from rebook.flow.outreach.approvals import approved_texts
from rebook.flow.outreach.library import library_of
from rebook.flow.outreach.ready import statements
from rebook.flow.places import sheet_of
from rebook.records.read import pages
from rebook.records.read import setuppages as read
from rebook.records.read.places import rule_reviews
from rebook.web.access import Staff, staff_page
from rebook.web.render import page


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist: whether it is right, what it says, and where to mend it."""

    is_right: bool
    says: str
    mend: str = ""


@staff_page(may="anything")
def practice(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    organisation_id = staff.organisation_id
    return page(
        request,
        "setup/practice.html",
        checks=_checks(staff),
        web_hosts=chosen_hosts(staff.organisation),
        locations=accounts.locations(organisation_id=organisation_id),
        practitioners=read.practitioners(organisation_id=organisation_id),
        visit_types=read.visit_types(organisation_id=organisation_id),
        stops=pages.stops(organisation_id=organisation_id),
    )


def _checks(staff: Staff) -> tuple[Check, ...]:
    ready = read.readiness(organisation_id=staff.organisation_id)
    rules = catalogue(organisation_id=staff.organisation_id, today=staff.today)
    unsigned = sum(1 for line in rules if line.review.state == "off")
    blocked = sum(1 for line in rules if line.review.state == "blocked")
    signed = approved_texts(organisation_id=staff.organisation_id, now=staff.now)
    texts = library_of(staff.organisation).newest().values()
    approved = sum((one.key, one.language, one.content_hash) in signed for one in texts)
    organisation = staff.organisation
    stale = ready.last_synced_at is None or (staff.now - ready.last_synced_at).days >= 3
    return (
        Check(bool(organisation.phone), "A phone number that patients can call back"),
        Check(bool(organisation.postal_address), "A postal address, which every e-mail must carry"),
        Check(ready.patients > 0, f"{ready.patients:,} patients in the records", "setup_sources"),
        Check(
            not stale, "Records read in the last three days; on older ones nothing goes out", "setup_sources"
        ),
        Check(
            not unsigned,
            f"{unsigned} rules about urgent needs wait for a clinician's signature",
            "setup_catalogue",
        ),
        Check(
            not blocked,
            f"{blocked} rules about urgent needs are past their date: no new campaign until reviewed",
            "setup_catalogue",
        ),
        Check(approved > 0, f"{approved} of {len(texts)} texts approved; only those go out", "approvals"),
        _places_check(staff),
        Check(ready.self_bookable_visits > 0, "Kinds of visit that patients may book themselves"),
        Check(
            ready.practitioners_with_hours > 0, "Hours of practitioners, from which free times are offered"
        ),
        Check(
            not ready.campaigns_without_owner, "Every campaign has somebody who looks after it", "campaigns"
        ),
    )


def _places_check(staff: Staff) -> Check:
    """Rules of house and country that nobody looked at for a year fall back to the stricter (R-A77)."""
    reviews = rule_reviews(organisation_id=staff.organisation_id)
    keys = ("house", staff.organisation.jurisdiction)
    sheets = [sheet_of(key, on=staff.today, reviews=reviews) for key in keys]
    stale = sum(sheet.stale for sheet in sheets if sheet)
    unsigned = sum(sheet.unsigned for sheet in sheets if sheet)
    says = f"Rules of places looked at within a year ({unsigned} never signed by a person)"
    if stale:
        says = f"{stale} rules of places not looked at for a year: the stricter applies"
    return Check(not stale, says, "setup_places")


@staff_page(may="anything")
def sources(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of = {"organisation_id": staff.organisation_id}
    return page(
        request,
        "setup/sources.html",
        sources=read.sources(**of),
        runs=read.import_runs(**of),
        reasons=read.reject_reasons(**of),
        rejects=read.rejects(**of),
    )


@staff_page(may="anything")
def channels(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    default = {"sms": "sandbox", "email": "sandbox_email", "phone": "phone_task"}
    chosen = {**default, **staff.organisation.settings.get("channels", {})}
    return page(
        request,
        "setup/channels.html",
        chosen=chosen,
        stated={
            key: one.detail
            for (kind, key), one in statements(organisation_id=staff.organisation_id).items()
            if kind == "channel"
        },
        stops=pages.stops(organisation_id=staff.organisation_id),
    )


@staff_page(may="anything")
def people(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    return page(request, "setup/people.html", members=accounts.members(organisation_id=staff.organisation_id))


@staff_page(may="audit")
def audit(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    before = request.GET.get("before", "")
    lines = trail.audit_tail(
        organisation_id=staff.organisation_id,
        subject_kind="patient" if request.GET.get("patient") else "",
        subject_id=request.GET.get("patient", ""),
        before=int(before) if before.isdecimal() else None,
    )
    return page(
        request,
        "setup/audit.html",
        lines=lines,
        names=names_of(staff),
        patient=request.GET.get("patient", ""),
    )


def names_of(staff: Staff) -> dict[str, str]:
    """Names of the practice's people by actor ("user:7")."""
    found = accounts.members(organisation_id=staff.organisation_id)
    return {f"user:{one.user_id}": one.name for one in found}

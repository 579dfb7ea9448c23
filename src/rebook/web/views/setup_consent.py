"""Setup > Consent: what a stop binds here, how many stopped what, stops that were not honoured (R-A44)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.contacts import ContactReading, read_email, read_phone, region_of
from rebook.core.outreach import consent_words
from rebook.core.outreach.consent import PATIENTS_OWN, SIGNED, Provenance, revoke_all_from
from rebook.core.outreach.consent_words import in_words, what_a_stop_means
from rebook.core.words import CONSENT_WAYS
from rebook.flow import access, response
from rebook.flow.common.laws import laws_of
from rebook.flow.outreach import consent_evidence
from rebook.records.read import consent as read
from rebook.records.read import consent_report
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.views.consent import WAYS, download


@staff_page(may="patients")
def consent(request: HttpRequest) -> HttpResponse:
    """The statement of scope, the counts, and the daily report."""
    return _shown(request)


@require_POST
@staff_page(may="patients")
def number(request: HttpRequest) -> HttpResponse:
    """What is known of one number or address. Posted, so that it stands in no address and no log."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    found = _read(request, staff)
    if found.problem:
        return _shown(request, typed=request.POST.get("number", ""), problem=found.problem)
    of = {"organisation_id": staff.organisation_id}
    entries = read.entries(**of, value=found.value)
    access.record_search(**of, found=len(entries), page="consent", now=staff.now, actor=staff.actor)
    return _shown(
        request,
        typed=request.POST.get("number", ""),
        value=found.value,
        statements=read.together(entries),
        stands=read.where_it_stands(**of, value=found.value, now=staff.now),
    )


@require_POST
@staff_page(may="audit")
def number_evidence(request: HttpRequest) -> HttpResponse:
    """The evidence pack of a number as PDF."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    found = _read(request, staff)
    if found.problem:
        return after(request, reverse("setup_consent"), say=f"Not made: {found.problem}.", is_problem=True)
    made = consent_evidence.evidence_pdf(
        organisation_id=staff.organisation_id, value=found.value, now=staff.now, actor=staff.actor
    )
    return download(made, f"consent-number-{staff.today}.pdf", "application/pdf")


@require_POST
@staff_page(may="work")
def number_stop(request: HttpRequest) -> HttpResponse:
    """A number that wants no more of something, or goes on the practice's own do-not-call list (R-A37)."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    found = _read(request, staff)
    if found.problem:
        return after(request, reverse("setup_consent"), say=f"Not stopped: {found.problem}.", is_problem=True)
    is_list = request.POST.get("do_not_call") == "yes"
    way = request.POST.get("way", "")
    refused = response.record_opt_out(
        organisation_id=staff.organisation_id,
        value=found.value,
        channel="phone" if is_list else "all",
        wording=request.POST.get("wording", "")[:2000],
        origin="staff",
        now=staff.now,
        actor=staff.actor,
        proof=Provenance(
            way=way if way in CONSENT_WAYS else "", speaker="number_holder", is_company_list=is_list
        ),
    )
    say = "On the do-not-call list" if is_list else "Stopped"
    return after(request, reverse("setup_consent"), say=f"{say}. Waiting messages taken back: {refused}.")


def _read(request: HttpRequest, staff: Staff) -> ContactReading:
    text = request.POST.get("number", "").strip()[:254]
    if "@" in text:
        return read_email(text)
    return read_phone(text, region=region_of(staff.organisation.jurisdiction))


def _shown(request: HttpRequest, **asked: Any) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of = {"organisation_id": staff.organisation_id}
    values: dict[str, Any] = {
        "typed": "",
        "problem": "",
        "value": "",
        "statements": (),
        "stands": (),
        **asked,
    }
    laws = laws_of(jurisdiction=staff.organisation.jurisdiction, today=staff.today)
    return page(
        request,
        "setup/consent.html",
        scope=what_a_stop_means(revoke_all=revoke_all_from(laws), today=staff.today),
        counts=consent_report.counts(**of, lifting=(*PATIENTS_OWN, SIGNED)),
        broken=consent_report.unapplied(**of, now=staff.now),
        says=consent_words,
        in_words=in_words,
        ways=WAYS,
        **values,
    )

"""Vaccines: which ones this patient needs, and whose schedule the practice follows for each."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.immunisation import Authority
from rebook.flow import access
from rebook.flow import immunisation as flow
from rebook.records.read import patientfile, setuppages
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

SOON = timedelta(days=730)
AUTHORITIES = tuple(one.value for one in Authority)


@staff_page(may="patients")
def patient_vaccines(request: HttpRequest, patient_id: int) -> HttpResponse:
    """What is due, overdue, later, settled, and what has no answer."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    head = patientfile.patient_head(organisation_id=staff.organisation_id, patient_id=patient_id)
    found = flow.patient_vaccines(
        organisation_id=staff.organisation_id, patient_id=patient_id, as_of=staff.today
    )
    if head is None or found is None:
        raise Http404
    access.record_view(
        organisation_id=staff.organisation_id,
        patient_id=patient_id,
        page="vaccines",
        now=staff.now,
        actor=staff.actor,
    )
    gaps = found.review.gaps if found.review else ()
    return page(
        request,
        "patients/vaccines.html",
        head=head,
        found=found,
        due=[one for one in gaps if one.state != "later"],
        later=[one for one in gaps if one.state == "later"],
        soon=staff.today + SOON,
    )


@staff_page(may="anything")
def setup_vaccines(request: HttpRequest) -> HttpResponse:
    """Whose schedule counts for each vaccine group. Nothing is chosen until the medical director does."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    loaded = flow.loaded_schedule()
    return page(
        request,
        "setup/vaccines.html",
        loaded=loaded,
        groups=[one.name for one in loaded.schedule.groups] if loaded.schedule else [],
        chosen=flow.choices(organisation_id=staff.organisation_id),
        authorities=AUTHORITIES,
        sources=setuppages.sources(organisation_id=staff.organisation_id),
    )


@require_POST
@staff_page(may="sign_off")
def choose_schedules(request: HttpRequest) -> HttpResponse:
    """A clinician chooses; what is left open is not judged."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    loaded, back = flow.loaded_schedule(), reverse("setup_vaccines")
    request.back = back  # type: ignore[attr-defined]
    if loaded.schedule is None:
        return after(request, back, say="There is no schedule to choose for yet.", is_problem=True)
    days = request.POST.get("grace_days", "")
    flow.choose(
        organisation_id=staff.organisation_id,
        values={
            "authorities": {
                one.name: word
                for one in loaded.schedule.groups
                if (word := request.POST.get(f"authority:{one.name}", ""))
            },
            "loaded": request.POST.get("loaded", ""),
            "registry_source": request.POST.get("registry_source", ""),
            "grace_days": int(days) if days.isdecimal() else days,
        },
        now=staff.now,
        actor=staff.actor,
    )
    return after(request, back, say="Recorded. Vaccines are judged by this choice from now on.")

"""Is it safe to switch on? What a look at the records found, with the patients behind every number."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from rebook.core.doctor.checks import CHECKS
from rebook.core.doctor.finding import GROUPS
from rebook.flow import doctor as flow
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

GROUP_WORDS = {
    "appointments": "Appointments and visits",
    "patients": "Who the patients are",
    "contact": "How they can be reached",
    "rules": "The rules on these records",
    "changes": "What changed since the last import",
    "set-up": "The practice",
}
# What was found is kept; a page that an older Rebook named may be gone.
LINKS = frozenset({"setup_sources", "texts", "setup_catalogue", "setup_channels", "setup_numbers"})


@staff_page(may="anything")
def doctor(request: HttpRequest) -> HttpResponse:
    """What was found when somebody last looked; a post looks again."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if request.method == "POST":
        found = flow.examine_records(organisation_id=staff.organisation_id, now=staff.now, actor=staff.actor)
        say = "Looked at everything: " + (
            "it is safe to switch on." if found.is_safe else "see what to mend."
        )
        return after(request, reverse("setup_doctor"), say=say, is_problem=not found.is_safe)
    last = flow.last_examined(organisation_id=staff.organisation_id)
    groups = (
        [(GROUP_WORDS[group], [one for one in last.findings if one.group == group]) for group in GROUPS]
        if last
        else []
    )
    return page(
        request,
        "setup/doctor.html",
        last=last,
        groups=[one for one in groups if one[1]],
        links=[one for one in LINKS if staff.may_open(reverse(one))],
    )


@staff_page(may="patients")
def behind(request: HttpRequest, key: str) -> HttpResponse:
    """The patients behind one number, as it is now."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    check = next((one for one in CHECKS if one.key == key and one.has_list), None)
    if check is None:
        raise Http404
    found = flow.patients_behind(organisation_id=staff.organisation_id, key=key, now=staff.now)
    return page(request, "setup/doctor_list.html", check=check, found=found)

"""The catalogue: every rule that says when a patient has reason to come back, and who stands for it."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.flow import access, sign_off
from rebook.flow.catalogue import RuleLine, catalogue
from rebook.records.read import patientfile
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.views.setup import names_of

PATIENTS_SHOWN = 50
# Filter to the states it lets through; "finding" looks at the count instead.
STATES = {
    "": "All rules",
    "off": "Off until signed",
    "review": "Past their date or changed",
    "unsigned": "In use, not signed",
    "signed": "Signed",
    "finding": "Finding patients today",
}


@staff_page(may="anything")
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule of the practice's packs, by specialty."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    lines = catalogue(organisation_id=staff.organisation_id, today=staff.today)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "specialty", "state")}
    found = [line for line in lines if _fits(line, **asked)]
    return page(
        request,
        "setup/catalogue.html",
        block="found",
        asked=asked,
        states=STATES,
        specialties={line.definition.specialty: line.specialty_name for line in lines},
        total=len(lines),
        found=found,
        groups=[(name, list(rows)) for name, rows in groupby(found, key=lambda one: one.specialty_name)],
        names=names_of(staff),
    )


@staff_page(may="anything")
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule in plain words, with its source and the patients it finds."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    line = _line(staff, key)
    patients = None
    if staff.may("patients"):
        patients = patientfile.overdue(
            organisation_id=staff.organisation_id, definition=key, limit=PATIENTS_SHOWN
        )
        access.record_search(
            organisation_id=staff.organisation_id,
            found=len(patients.lines),
            page="rule",
            now=staff.now,
            actor=staff.actor,
        )
    return page(request, "setup/rule.html", line=line, patients=patients, names=names_of(staff))


@require_POST
@staff_page(may="sign_off")
def sign(request: HttpRequest) -> HttpResponse:
    """A clinician signs a rule as it stands on the page; a rule that changed since is not signed."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    line = _line(staff, request.POST.get("key", ""))
    key, seen = line.definition.key, request.POST.get("content_hash", "")
    here = reverse("setup_rule", args=[key])
    if line.definition.content_hash != seen:
        return after(request, here, say="The rule has changed. Read it again.", is_problem=True)
    if line.signature and line.review.state in ("blocked", "expired"):
        sign_off.withdraw_signature(
            organisation_id=staff.organisation_id,
            definition_key=key,
            now=staff.now,
            actor=staff.actor,
            reason="reviewed and signed again",
        )
    sign_off.sign_definition(
        organisation_id=staff.organisation_id,
        definition_key=key,
        content_hash=seen,
        now=staff.now,
        actor=staff.actor,
    )
    return after(request, here, say="Signed. The rule counts from the next daily run.")


@require_POST
@staff_page(may="sign_off")
def withdraw(request: HttpRequest) -> HttpResponse:
    """A clinician takes the signatures under a rule back, and says why."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    line = _line(staff, request.POST.get("key", ""))
    here = reverse("setup_rule", args=[line.definition.key])
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return after(request, here, say="Say why the signature is withdrawn.", is_problem=True)
    done = sign_off.withdraw_signature(
        organisation_id=staff.organisation_id,
        definition_key=line.definition.key,
        now=staff.now,
        actor=staff.actor,
        reason=reason,
    )
    if not done:
        return after(request, here, say="Nobody's signature stands under this rule.", is_problem=True)
    stops = " It stops with the next daily run." if line.definition.blocks_unsigned else ""
    return after(request, here, say=f"The signature is withdrawn.{stops}")


def _line(staff: Staff, key: str) -> RuleLine:
    lines = catalogue(organisation_id=staff.organisation_id, today=staff.today)
    found = next((line for line in lines if line.definition.key == key), None)
    if found is None:
        raise Http404
    return found


def _fits(line: RuleLine, *, q: str, specialty: str, state: str) -> bool:
    if specialty and line.definition.specialty != specialty:
        return False
    if not all(word in line.text for word in q.lower().split()):
        return False
    now = line.review.state
    if state == "finding":
        return line.count.open > 0
    if state == "review":
        return now in ("blocked", "expired", "changed")
    return not state or now == state

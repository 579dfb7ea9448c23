"""What staff settle for one patient: an interval or a next date of their own, a wait, no recall."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.flow.recall_preferences import CLINICAL_KINDS, Settled, UnableToSettle, settle, take_back
from rebook.records.read.recall_preferences import preference
from rebook.web.access import Staff, staff_page
from rebook.web.render import after

SAYS = {
    "interval": "Kept. The interval counts for this patient from now on.",
    "next_date": "Kept. The next visit is due on that day.",
    "snooze": "Left alone until then. What was on its way does not go out.",
    "no_recall": "Not recalled any more. What was on its way does not go out.",
}


@require_POST
@staff_page(may="work")
def add(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Keep it; an interval or a next date needs a clinician."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    here = reverse("patient", args=[patient_id])
    kind = request.POST.get("kind", "")
    if kind in CLINICAL_KINDS and not staff.may("sign_off"):
        return after(request, here, say="Only a clinician sets an interval or a next date.", is_problem=True)
    try:
        kept = settle(
            organisation_id=staff.organisation_id,
            patient_id=patient_id,
            settled=_asked(request, kind),
            today=staff.today,
            now=staff.now,
            actor=staff.actor,
        )
    except (UnableToSettle, ValueError) as error:
        text = str(error) if isinstance(error, UnableToSettle) else "a date or number could not be read"
        return after(request, here, say=f"Not kept: {text}.", is_problem=True)
    if kept is None:
        raise Http404
    return after(request, here, say=SAYS[kind], undo=reverse("settled_end", args=[kept]))


@require_POST
@staff_page(may="work")
def end(request: HttpRequest, preference_id: int) -> HttpResponse:
    """Take it back; a clinician's word only a clinician does."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    line = preference(organisation_id=staff.organisation_id, preference_id=preference_id)
    if line is None:
        raise Http404
    here = reverse("patient", args=[line.patient_id])
    if line.kind in CLINICAL_KINDS and not staff.may("sign_off"):
        return after(request, here, say="Only a clinician takes this back.", is_problem=True)
    done = take_back(
        organisation_id=staff.organisation_id,
        preference_id=preference_id,
        today=staff.today,
        now=staff.now,
        actor=staff.actor,
    )
    if done is None:
        return after(request, here, say="That was taken back already.", is_problem=True)
    return after(request, here, say="Taken back. The rules of the practice count again.")


def _asked(request: HttpRequest, kind: str) -> Settled:
    """What the form says. Raises ``ValueError`` for a date or number nobody can read."""
    posted = {
        name: request.POST.get(name, "").strip() for name in ("months", "due_on", "until", "reason", "rule")
    }
    return Settled(
        kind=kind,
        definition_key=posted["rule"],
        interval_months=int(posted["months"] or 0) if kind == "interval" else 0,
        due_on=date.fromisoformat(posted["due_on"]) if kind == "next_date" and posted["due_on"] else None,
        valid_until=date.fromisoformat(posted["until"]) if posted["until"] else None,
        reason=posted["reason"][:200],
    )

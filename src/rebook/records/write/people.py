"""Small writes about one patient or contact point. Each returns whether anything changed."""

from datetime import date, datetime

from django.db.models import Q

from rebook.records.models import ContactPoint, Patient

# In ``do_not_contact_reason``: the practice's system said so, and may take it back.
DO_NOT_CONTACT_BY_SOURCE = "source"
# Exclusion words that Rebook sets itself; an import leaves them alone.
POSSIBLE_DUPLICATE = "possible_duplicate"
OWN_EXCLUSIONS = (POSSIBLE_DUPLICATE,)


def set_contact_state(
    *, organisation_id: int, contact_point_id: int, state: str, reason: str, now: datetime
) -> bool:
    """``state`` is a word of CONTACT_POINT_STATES; ``reason`` up to 100 characters."""
    changed = (
        ContactPoint.objects.filter(organisation_id=organisation_id, pk=contact_point_id)
        .exclude(state=state, state_reason=reason[:100])
        .update(state=state, state_reason=reason[:100], state_changed_at=now)
    )
    return changed == 1


def mark_deceased(*, organisation_id: int, patient_id: int, on: date | None = None) -> bool:
    """R-A156: at once and for good. A day that is known already is not overwritten."""
    rows = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id)
    changed = rows.filter(is_deceased=False).update(is_deceased=True, deceased_on=on)
    if not changed and on is not None:
        changed = rows.filter(deceased_on__isnull=True).update(deceased_on=on)
    return changed == 1


def set_do_not_contact(*, organisation_id: int, patient_id: int, value: bool, reason: str) -> bool:
    """``reason`` says who wanted it; an import never undoes it (R-A53, R-A177)."""
    if value and not reason:
        raise ValueError("do not contact needs a reason")
    reason = reason[:100] if value else ""
    rows = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id)
    unlike = ~Q(do_not_contact=value) | ~Q(do_not_contact_reason=reason)
    return rows.filter(unlike).update(do_not_contact=value, do_not_contact_reason=reason) == 1


def set_language(*, organisation_id: int, patient_id: int, language: str) -> bool:
    """``language`` is BCP 47 ("es"), or empty when it is not known."""
    rows = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id)
    return rows.exclude(language=language).update(language=language) == 1

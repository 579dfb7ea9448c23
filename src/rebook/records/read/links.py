"""Patient links: what a token opens, and the identity behind it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from rebook.core.booking import BookingPolicy, IdentityOnFile, booking_policy, hash_token, visit_type_for
from rebook.records.models import Gap, Patient, PatientLink
from rebook.records.read.booking import VisitTypeView, visit_types


@dataclass(frozen=True, slots=True)
class GapView:
    """Why the patient was written to: shown only behind the identity check."""

    id: int
    kind: str
    definition_key: str
    visit_type: str
    anchor_on: date | None
    due_on: date


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a patient link is for. ``patient_id`` follows merges."""

    id: int
    organisation_id: int
    patient_id: int
    case_id: int | None
    attempt_id: int | None
    given_name: str
    language: str
    payer_class: str
    home_location_id: int | None
    practitioner_id: int | None
    asks_postal_code: bool
    gap: GapView | None
    # What to book, as the organisation books it; None when it has no such kind of visit.
    visit_type: VisitTypeView | None
    policy: BookingPolicy


def link_by_token(*, token: str, now: datetime, even_expired: bool = False) -> LinkView | None:
    """The link a token opens, in whichever organisation; None when unknown, expired or the patient has died.

    ``even_expired`` is for ending messages, which must work long after (R-B14).
    """
    rows = PatientLink.objects.select_related(*_WITH).filter(token_hash=hash_token(token))
    if not even_expired:
        rows = rows.filter(expires_at__gt=now)
    row = rows.first()
    return _view(row) if row else None


def link(*, organisation_id: int, link_id: int) -> LinkView | None:
    row = (
        PatientLink.objects.select_related(*_WITH).filter(organisation_id=organisation_id, pk=link_id).first()
    )
    return _view(row) if row else None


def identity_on_file(*, organisation_id: int, patient_id: int) -> IdentityOnFile:
    row = Patient.objects.only("birth_on", "postal_code").get(organisation_id=organisation_id, pk=patient_id)
    return IdentityOnFile(birth_on=row.birth_on, postal_code=row.postal_code)


_WITH = ("patient", "case__gap", "organisation")


def _view(row: PatientLink) -> LinkView | None:
    patient = _surviving(row)
    if patient.is_deceased:
        return None
    gap = row.case.gap if row.case else _foremost_gap(patient)
    kinds = {one.key: one for one in visit_types(organisation_id=row.organisation_id)}
    wanted = visit_type_for(gap, offered=[one.key for one in kinds.values() if one.is_self_bookable])
    return LinkView(
        id=row.pk,
        organisation_id=row.organisation_id,
        patient_id=patient.pk,
        case_id=row.case_id,
        attempt_id=row.attempt_id,
        given_name=patient.given_name,
        language=patient.language,
        payer_class=patient.payer_class,
        home_location_id=patient.home_location_id,
        practitioner_id=patient.practitioner_id,
        asks_postal_code=bool(patient.postal_code),
        gap=_gap(gap) if gap else None,
        visit_type=kinds.get(wanted),
        policy=booking_policy(row.organisation.settings),
    )


def _surviving(row: PatientLink) -> Patient:
    patient = row.patient
    seen = {patient.pk}
    while patient.merged_into_id is not None and patient.merged_into_id not in seen:
        patient = Patient.objects.get(pk=patient.merged_into_id)
        seen.add(patient.pk)
    return patient


def _foremost_gap(patient: Patient) -> Gap | None:
    rows = Gap.objects.filter(patient=patient, closed_on__isnull=True)
    return rows.order_by(F("rank").asc(nulls_last=True), "pk").first()


def _gap(row: Gap) -> GapView:
    return GapView(
        id=row.pk,
        kind=row.kind,
        definition_key=row.definition_key,
        visit_type=row.visit_type,
        anchor_on=row.anchor_on,
        due_on=row.due_on,
    )

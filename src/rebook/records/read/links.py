"""Patient links: what a token opens, and the identity behind it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet

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
    rows = PatientLink.objects.filter(token_hash=hash_token(token))
    return _view(rows if even_expired else rows.filter(expires_at__gt=now))


def link(*, organisation_id: int, link_id: int) -> LinkView | None:
    return _view(PatientLink.objects.filter(organisation_id=organisation_id, pk=link_id))


def identity_on_file(*, organisation_id: int, patient_id: int) -> IdentityOnFile:
    row = Patient.objects.only("birth_on", "postal_code").get(organisation_id=organisation_id, pk=patient_id)
    return IdentityOnFile(birth_on=row.birth_on, postal_code=row.postal_code)


# Only what the pages use: they are opened all day, and a patient's row is wide.
_PATIENT = (
    "pk",
    "is_deceased",
    "given_name",
    "language",
    "payer_class",
    "home_location_id",
    "practitioner_id",
    "postal_code",
    "merged_into_id",
)
_GAP = ("pk", "kind", "definition_key", "visit_type", "anchor_on", "due_on")
_LINK = ("pk", "organisation_id", "case_id", "attempt_id", "organisation__settings")


def _view(rows: QuerySet[PatientLink]) -> LinkView | None:
    patient_columns = [f"patient__{name}" for name in _PATIENT]
    gap_columns = [f"case__gap__{name}" for name in _GAP]
    row = rows.values(*_LINK, *patient_columns, *gap_columns).first()
    if row is None:
        return None
    patient = _surviving({name: row[f"patient__{name}"] for name in _PATIENT})
    if patient["is_deceased"]:
        return None
    gap = {name: row[f"case__gap__{name}"] for name in _GAP} if row["case_id"] else _foremost(patient["pk"])
    reason = GapView(gap.pop("pk"), **gap) if gap else None
    kinds = {one.key: one for one in visit_types(organisation_id=row["organisation_id"])}
    wanted = visit_type_for(reason, offered=[one.key for one in kinds.values() if one.is_self_bookable])
    return LinkView(
        id=row["pk"],
        organisation_id=row["organisation_id"],
        patient_id=patient["pk"],
        case_id=row["case_id"],
        attempt_id=row["attempt_id"],
        given_name=patient["given_name"],
        language=patient["language"],
        payer_class=patient["payer_class"],
        home_location_id=patient["home_location_id"],
        practitioner_id=patient["practitioner_id"],
        asks_postal_code=bool(patient["postal_code"]),
        gap=reason,
        visit_type=kinds.get(wanted),
        policy=booking_policy(row["organisation__settings"]),
    )


def _surviving(patient: dict[str, Any]) -> dict[str, Any]:
    """The patient that a merged one became."""
    seen = {patient["pk"]}
    while patient["merged_into_id"] is not None and patient["merged_into_id"] not in seen:
        patient = Patient.objects.values(*_PATIENT).get(pk=patient["merged_into_id"])
        seen.add(patient["pk"])
    return patient


def _foremost(patient_id: int) -> dict[str, Any] | None:
    """The open gap that ranks first, for a link that belongs to no case."""
    rows = Gap.objects.filter(patient_id=patient_id, closed_on__isnull=True).values(*_GAP)
    return rows.order_by(F("rank").asc(nulls_last=True), "pk").first()

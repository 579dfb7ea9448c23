"""What the ledger holds for a schedule of immunisations: doses given and coded conditions of one patient.

Doses are procedures: FHIR's Immunization is read as one, and so is any procedure with a CVX code.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from rebook.records.models import Condition, Patient, Procedure

CVX_SYSTEMS = (
    "http://hl7.org/fhir/sid/cvx",
    "urn:oid:2.16.840.1.113883.12.292",
    "2.16.840.1.113883.12.292",
    "CVX",
)


@dataclass(frozen=True, slots=True)
class RecordedDose:
    """``code`` is a CVX code, or whatever the source gave instead; ``source`` its key."""

    given_on: date
    code: str
    source: str


@dataclass(frozen=True, slots=True)
class RecordedCondition:
    system: str
    code: str
    onset_on: date | None


@dataclass(frozen=True, slots=True)
class ImmunisationRecords:
    birth_on: date | None
    sex: str
    doses: tuple[RecordedDose, ...]
    conditions: tuple[RecordedCondition, ...]


def immunisation_records(*, organisation_id: int, patient_id: int, as_of: date) -> ImmunisationRecords | None:
    """None when there is no such patient. Conditions are those active on ``as_of``."""
    person = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id).first()
    if person is None:
        return None
    mine = Q(organisation_id=organisation_id) & (
        Q(patient_id=patient_id) | Q(patient__merged_into_id=patient_id)
    )
    vaccines = Q(system__in=CVX_SYSTEMS) | Q(external_id__startswith="Immunization/")
    doses = Procedure.objects.filter(mine & vaccines).select_related("source").order_by("performed_on", "pk")
    active = Q(abated_on__isnull=True) | Q(abated_on__gt=as_of)
    begun = Q(onset_on__isnull=True) | Q(onset_on__lte=as_of)
    conditions = Condition.objects.filter(mine & active & begun).exclude(code="").order_by("pk")
    return ImmunisationRecords(
        birth_on=person.birth_on,
        sex=person.sex,
        doses=tuple(RecordedDose(one.performed_on, _code(one), one.source.key) for one in doses),
        conditions=tuple(RecordedCondition(one.system, one.code, one.onset_on) for one in conditions),
    )


def _code(dose: Procedure) -> str:
    if dose.system in CVX_SYSTEMS:
        return dose.code
    return f"{dose.system} {dose.code}".strip() or "without a code"

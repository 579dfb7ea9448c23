"""What the ledger holds for a schedule of immunisations: doses given and coded conditions.

Doses are procedures: FHIR's Immunization is read as one, and so is any procedure with a CVX code. What was
recorded under a joined record belongs to the one it was joined to.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from rebook.records.models import Condition, Patient, Procedure

from .same_person import of_same_person

CVX_SYSTEMS = (
    "http://hl7.org/fhir/sid/cvx",
    "urn:oid:2.16.840.1.113883.12.292",
    "2.16.840.1.113883.12.292",
    "CVX",
)
# Patients read at once: their doses and conditions come in one query each.
AT_ONCE = 2_000
_SURVIVOR = Coalesce(F("patient__merged_into_id"), F("patient_id"))


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
    """``external_id`` is the patient's number in the practice's own system."""

    patient_id: int
    external_id: str
    birth_on: date | None
    sex: str
    doses: tuple[RecordedDose, ...]
    conditions: tuple[RecordedCondition, ...]


def immunisation_records(*, organisation_id: int, patient_id: int, as_of: date) -> ImmunisationRecords | None:
    """None when there is no such patient. Conditions are those active on ``as_of``."""
    people = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id)
    return next(iter(_with_facts(organisation_id, list(people), as_of)), None)


def records_born_after(
    *, organisation_id: int, born_after: date, as_of: date
) -> Iterator[ImmunisationRecords]:
    """Everybody born after that day who still is a patient, by id, a few thousand in memory at a time."""
    people = _patients(organisation_id, as_of).filter(birth_on__gt=born_after, birth_on__lte=as_of)
    last = 0
    while chunk := list(people.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        last = chunk[-1].pk
        yield from _with_facts(organisation_id, chunk, as_of)


def without_birth_date(*, organisation_id: int, as_of: date) -> int:
    """How many patients no schedule can judge: the birth date is missing, or lies after ``as_of``."""
    unknown = Q(birth_on=None) | Q(birth_on__gt=as_of)
    return _patients(organisation_id, as_of).filter(unknown).count()


def _patients(organisation_id: int, as_of: date) -> QuerySet[Patient]:
    return Patient.objects.filter(
        organisation_id=organisation_id, is_deceased=False, merged_into_id=None
    ).filter(Q(left_practice_on=None) | Q(left_practice_on__gt=as_of))


def _with_facts(
    organisation_id: int, people: Sequence[Patient], as_of: date
) -> Iterator[ImmunisationRecords]:
    keys = [one.pk for one in people]
    same = of_same_person(organisation_id=organisation_id, patient_ids=keys)
    mine = Q(organisation_id=organisation_id, patient_id__in=same)
    doses: dict[int, list[RecordedDose]] = defaultdict(list)
    vaccines = Q(system__in=CVX_SYSTEMS) | Q(external_id__startswith="Immunization/")
    given = Procedure.objects.filter(mine & vaccines).annotate(
        survivor=_SURVIVOR, source_key=F("source__key")
    )
    for one in given.order_by("performed_on", "pk"):
        doses[one.survivor].append(RecordedDose(one.performed_on, _code(one), one.source_key))
    conditions: dict[int, list[RecordedCondition]] = defaultdict(list)
    active = Q(abated_on__isnull=True) | Q(abated_on__gt=as_of)
    begun = Q(onset_on__isnull=True) | Q(onset_on__lte=as_of)
    found = Condition.objects.filter(mine & active & begun).exclude(code="").annotate(survivor=_SURVIVOR)
    for had in found.order_by("pk"):
        conditions[had.survivor].append(RecordedCondition(had.system, had.code, had.onset_on))
    for person in people:
        yield ImmunisationRecords(
            patient_id=person.pk,
            external_id=person.external_id,
            birth_on=person.birth_on,
            sex=person.sex,
            doses=tuple(doses[person.pk]),
            conditions=tuple(conditions[person.pk]),
        )


def _code(dose: Procedure) -> str:
    if dose.system in CVX_SYSTEMS:
        return dose.code
    return f"{dose.system} {dose.code}".strip() or "without a code"

"""Where a practice's patients may be, and who of the practice reviewed the rules that bind there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from rebook.records.models import ContactPoint, Patient, PlaceRuleReview

# As much of a number as ever tells a place: "+1416".
_NUMBER_SIGNS = 5


@dataclass(frozen=True, slots=True)
class PlaceHint:
    """What a number of patients have in common: their state and postal code, or how their numbers begin."""

    state: str
    postal_code: str
    phone: str
    patients: int


@dataclass(frozen=True, slots=True)
class PatientPlaces:
    """Every hint at where one patient may be (R-A32)."""

    time_zone: str
    state: str
    postal_code: str
    phones: tuple[str, ...]
    home_location_id: int | None


@dataclass(frozen=True, slots=True)
class RuleReview:
    row_key: str
    row_version: str
    reviewed_on: date
    reviewed_by: str
    note: str


_HOMES = """
SELECT state, left(postal_code, %(signs)s), count(*) FROM records_patient
WHERE organisation_id = %(org)s AND merged_into_id IS NULL AND NOT is_deceased AND left_practice_on IS NULL
GROUP BY 1, 2
"""
_NUMBERS = """
SELECT left(c.value, %(signs)s), count(DISTINCT c.patient_id) FROM records_contactpoint c
JOIN records_patient p ON p.id = c.patient_id
WHERE c.organisation_id = %(org)s AND c.system = 'phone' AND c.is_current AND c.value LIKE '+%%'
    AND p.merged_into_id IS NULL AND NOT p.is_deceased AND p.left_practice_on IS NULL
GROUP BY 1
"""


def place_hints(*, organisation_id: int, postal_signs: int) -> tuple[PlaceHint, ...]:
    """States and postal codes (their first ``postal_signs``), and beginnings of numbers, of the patients who
    may be contacted. Two queries."""
    found: list[PlaceHint] = []
    with connection.cursor() as cursor:
        cursor.execute(_HOMES, {"org": organisation_id, "signs": postal_signs})
        found += [PlaceHint(state, code, "", patients) for state, code, patients in cursor.fetchall()]
        cursor.execute(_NUMBERS, {"org": organisation_id, "signs": _NUMBER_SIGNS})
        found += [PlaceHint("", "", phone, patients) for phone, patients in cursor.fetchall()]
    return tuple(found)


def patient_places(*, organisation_id: int, patient_id: int) -> PatientPlaces | None:
    """None when there is no such patient."""
    patient = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id).first()
    if patient is None:
        return None
    phones = ContactPoint.objects.filter(
        organisation_id=organisation_id, patient_id=patient_id, system="phone", is_current=True
    )
    return PatientPlaces(
        time_zone=patient.time_zone,
        state=patient.state,
        postal_code=patient.postal_code,
        phones=tuple(phones.order_by("rank", "id").values_list("value", flat=True)),
        home_location_id=patient.home_location_id,
    )


def rule_reviews(*, organisation_id: int) -> tuple[RuleReview, ...]:
    """Every review of the practice, newest first."""
    rows = PlaceRuleReview.objects.filter(organisation_id=organisation_id).order_by("-reviewed_on", "-id")
    return tuple(
        RuleReview(one.row_key, one.row_version, one.reviewed_on, one.reviewed_by, one.note) for one in rows
    )


def review_days(*, organisation_id: int) -> Mapping[str, date]:
    """The newest review of each wording by ``Row.review_key`` ("us-ky.hours@3f..."), for ``guard_policy``."""
    found: dict[str, date] = {}
    for one in rule_reviews(organisation_id=organisation_id):
        found.setdefault(f"{one.row_key}@{one.row_version}", one.reviewed_on)
    return found

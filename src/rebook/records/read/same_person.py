"""The records that are one person's: their own and those merged into it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from rebook.records.models import Patient


def of_same_person(*, organisation_id: int, patient_ids: Sequence[int]) -> QuerySet[Patient, Any]:
    """Ids for ``patient_id__in``. A set of its own: facts asked for by "this patient OR one merged into them"
    in one condition make the database look at every fact of the practice."""
    mine = Q(pk__in=patient_ids) | Q(merged_into_id__in=patient_ids)
    return Patient.objects.filter(mine, organisation_id=organisation_id).values("pk")

"""What an import of consents compares its rows with, batch by batch."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from rebook.core.outreach.consent import Line
from rebook.records.models import Attempt, Consent, Patient


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger has about a batch of rows."""

    # The practice's own number of a patient to their ids, in every source.
    patients: dict[str, list[int]] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    of_patient: dict[int, list[Line]] = field(default_factory=dict)
    on_number: dict[str, list[Line]] = field(default_factory=dict)
    # Numbers and patients that something waits to go out to.
    waiting_numbers: frozenset[str] = frozenset()
    waiting_patients: frozenset[int] = frozenset()


def known_about(
    *,
    organisation_id: int,
    external_ids: Collection[str],
    numbers: Collection[str],
    keys: Collection[str],
) -> Known:
    """Four queries, however many rows."""
    mine = {"organisation_id": organisation_id}
    patients: dict[str, list[int]] = defaultdict(list)
    rows = Patient.objects.filter(**mine, external_id__in=list(external_ids)).order_by("pk")
    for pk, external_id in rows.values_list("pk", "external_id"):
        patients[external_id].append(pk)
    ids = [one for each in patients.values() for one in each]
    said = Consent.objects.filter(Q(patient_id__in=ids) | Q(contact_value__in=list(numbers)), **mine)
    of_patient: dict[int, list[Line]] = defaultdict(list)
    on_number: dict[str, list[Line]] = defaultdict(list)
    columns = ("patient_id", "contact_value", "channel", "purpose", "state", "at", "origin")
    for patient_id, number, channel, purpose, state, at, origin in said.values_list(*columns):
        line = Line(channel, purpose, state, at, origin, number)
        if patient_id is not None:
            of_patient[patient_id].append(line)
        if number:
            on_number[number].append(line)
    known = Consent.objects.filter(**mine, statement__in=list(keys)).values_list("statement", flat=True)
    waiting = Attempt.objects.filter(**mine, state__in=("planned", "deferred")).filter(
        Q(patient_id__in=ids) | Q(to_value__in=list(numbers))
    )
    reached = list(waiting.values_list("to_value", "patient_id"))
    return Known(
        patients=dict(patients),
        keys=frozenset(known),
        of_patient=dict(of_patient),
        on_number=dict(on_number),
        waiting_numbers=frozenset(value for value, _ in reached if value),
        waiting_patients=frozenset(patient for _, patient in reached),
    )

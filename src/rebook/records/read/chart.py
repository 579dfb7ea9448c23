"""Charts: one patient's as a value, everybody's as a stream for a snapshot. Both read the same rows alike.

A calendar date is the date on the clock of the patient's home location, or of the practice where a patient
has none. Facts of patients who were merged belong to the one they were merged into.
"""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from rebook.accounts.models import Organisation
from rebook.core.chart import (
    AppointmentRecord,
    Chart,
    ConditionRecord,
    FollowUpRecord,
    MedicationRecord,
    PatientRecord,
    PendingRecord,
    ProcedureRecord,
    RecallPreference,
    VisitRecord,
)
from rebook.records import models as records
from rebook.records.models import (
    Appointment,
    Condition,
    FollowUp,
    Medication,
    Patient,
    PendingItem,
    Procedure,
    Visit,
)

from .same_person import of_same_person

_ZONE = "coalesce(l.time_zone, o.time_zone)"
# ``f``: a row about a patient ``p``; ``q``: the patient it belongs to, with the clock of the home location.
_OF = """
FROM {table} f
JOIN records_patient p ON p.id = f.patient_id
JOIN records_patient q ON q.id = coalesce(p.merged_into_id, p.id)
JOIN accounts_organisation o ON o.id = f.organisation_id
LEFT JOIN accounts_location l ON l.id = q.home_location_id
WHERE f.organisation_id = {organisation_id} ORDER BY q.id"""
# The same for the patients in ``snapshot_member`` (``records.write.outlook``), found by index.
_OF_CHOSEN = """
FROM snapshot_member m
JOIN {table} f ON f.patient_id = m.patient_id
JOIN records_patient q ON q.id = m.survivor_id
JOIN accounts_organisation o ON o.id = f.organisation_id
LEFT JOIN accounts_location l ON l.id = q.home_location_id
WHERE f.organisation_id = {organisation_id} ORDER BY q.id"""


def _day(column: str) -> str:
    return f"(f.{column} AT TIME ZONE {_ZONE})::date"


# Table of the snapshot to (table of the ledger, its columns in the order of the snapshot's).
_COLUMNS = {
    "appointments": (
        "records_appointment",
        f"f.id, q.id, f.visit_type, f.status, {_day('starts_at')}, {_day('booked_at')},"
        f" {_day('cancelled_at')}, f.cancelled_by, f.location_id",
    ),
    "visits": ("records_visit", f"q.id, f.visit_type, {_day('started_at')}"),
    "procedures": ("records_procedure", "q.id, f.kind, f.performed_on, f.system, f.code"),
    "conditions": ("records_condition", "q.id, f.kind, f.onset_on, f.abated_on, f.system, f.code"),
    "follow_ups": ("records_followup", "f.id, q.id, f.visit_type, f.recommended_on, f.due_on"),
    "medications": (
        "records_medication",
        "q.id, f.kind, f.started_on, f.ended_on, f.supply_until, f.system, f.code",
    ),
    "pending": (
        "records_pendingitem",
        "f.id, q.id, f.kind, f.visit_type, f.priority, f.state, f.opened_on, f.due_on, f.closed_on,"
        " f.location_id, f.units_left, f.units_threshold, f.visits_per_week, f.matched_on",
    ),
    "recall_preferences": (
        "records_recallpreference",
        "f.id, q.id, f.kind, f.definition_key, f.interval_months, f.interval_days, f.due_on, f.made_on,"
        " f.valid_until, f.ended_on",
    ),
}
_PATIENTS = """
SELECT p.id, p.birth_on, p.sex, p.is_deceased, p.deceased_on, p.left_practice_on, p.merged_into_id,
    p.home_location_id, p.value_cents,
    CASE WHEN cardinality(p.exclusions) = 0 THEN '' ELSE '|' || array_to_string(p.exclusions, '|') || '|' END
FROM records_patient p WHERE p.organisation_id = {organisation_id}{chosen} ORDER BY p.id"""
_CHOSEN = " AND p.id IN (SELECT patient_id FROM snapshot_chosen)"
SNAPSHOT_TABLES = ("patients", *_COLUMNS)


def snapshot_rows(*, organisation_id: int, table: str, only_chosen: bool = False) -> Iterator[bytes]:
    """The rows of one of ``SNAPSHOT_TABLES`` as blocks of CSV without a header, sorted by patient.

    Streams by server-side ``COPY``: memory stays constant. Columns are those of the snapshot's schema; no
    name, number, address or text is among them. ``only_chosen``: just the patients that
    ``records.write.outlook.choose_patients`` chose in this transaction.
    """
    query = _PATIENTS.replace("{chosen}", _CHOSEN if only_chosen else "")
    if table != "patients":
        name, columns = _COLUMNS[table]
        query = f"SELECT {columns} {_OF_CHOSEN if only_chosen else _OF}".replace("{table}", name)
    query = query.replace("{organisation_id}", str(int(organisation_id)))
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy,
    ):
        for block in copy:
            yield bytes(block)


def chart(*, organisation_id: int, patient_id: int) -> Chart | None:
    """Everything about one patient that a gap rule may look at; None when there is no such patient."""
    row = (
        Patient.objects.filter(organisation_id=organisation_id, pk=patient_id)
        .select_related("home_location")
        .first()
    )
    if row is None:
        return None
    zone = row.home_location.time_zone if row.home_location else _practice_zone(organisation_id)
    mine = Q(patient_id__in=of_same_person(organisation_id=organisation_id, patient_ids=[patient_id]))
    # A merged patient's facts are the survivor's.
    mine = mine & Q(organisation_id=organisation_id) if row.merged_into_id is None else Q(pk__in=())
    return Chart(
        patient=_patient(row),
        time_zone=zone,
        appointments=_appointments(mine, ZoneInfo(zone)),
        visits=_visits(mine, ZoneInfo(zone)),
        procedures=tuple(
            ProcedureRecord(one.pk, one.kind, one.performed_on, one.system, one.code)
            for one in Procedure.objects.filter(mine).order_by("performed_on", "id")
        ),
        conditions=tuple(
            ConditionRecord(one.pk, one.kind, one.onset_on, one.abated_on, one.system, one.code)
            for one in Condition.objects.filter(mine).order_by("onset_on", "id")
        ),
        follow_ups=tuple(
            FollowUpRecord(
                id=one.pk,
                visit_type=one.visit_type,
                recommended_on=one.recommended_on,
                due_on=one.due_on,
                practitioner_id=one.practitioner_id,
            )
            for one in FollowUp.objects.filter(mine).order_by("recommended_on", "id")
        ),
        medications=_medications(mine),
        pending=_pending(mine),
        preferences=_preferences(mine),
    )


def patient_id_of(*, organisation_id: int, text: str) -> int | None:
    """The patient whose id in the ledger or at its source is ``text``; None for none or for several."""
    found = Patient.objects.filter(organisation_id=organisation_id)
    ids = list(found.filter(external_id=text).values_list("pk", flat=True)[:2])
    if not ids and text.isascii() and text.isdigit() and len(text) < 19:
        ids = list(found.filter(pk=int(text)).values_list("pk", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None


def _practice_zone(organisation_id: int) -> str:
    return Organisation.objects.values_list("time_zone", flat=True).get(pk=organisation_id)


def _patient(row: Patient) -> PatientRecord:
    return PatientRecord(
        id=row.pk,
        organisation_id=row.organisation_id,
        birth_on=row.birth_on,
        sex=row.sex,
        language=row.language,
        is_deceased=row.is_deceased,
        deceased_on=row.deceased_on,
        left_practice_on=row.left_practice_on,
        do_not_contact=row.do_not_contact,
        merged_into_id=row.merged_into_id,
        home_location_id=row.home_location_id,
        practitioner_id=row.practitioner_id,
        responsible_patient_id=row.responsible_patient_id,
        payer_class=row.payer_class,
        value_cents=row.value_cents,
        preferred_channel=row.preferred_channel,
        sensitivity=tuple(row.sensitivity),
        exclusions=tuple(row.exclusions),
    )


def _appointments(mine: Q, zone: ZoneInfo) -> tuple[AppointmentRecord, ...]:
    return tuple(
        AppointmentRecord(
            id=one.pk,
            visit_type=one.visit_type,
            status=one.status,
            starts_at=one.starts_at,
            starts_on=one.starts_at.astimezone(zone).date(),
            booked_at=one.booked_at,
            cancelled_at=one.cancelled_at,
            cancelled_on=_local(one.cancelled_at, zone),
            cancelled_by=one.cancelled_by,
            location_id=one.location_id,
            practitioner_id=one.practitioner_id,
        )
        for one in Appointment.objects.filter(mine).order_by("starts_at", "id")
    )


def _visits(mine: Q, zone: ZoneInfo) -> tuple[VisitRecord, ...]:
    return tuple(
        VisitRecord(
            id=one.pk,
            visit_type=one.visit_type,
            started_at=one.started_at,
            visited_on=one.started_at.astimezone(zone).date(),
            location_id=one.location_id,
            practitioner_id=one.practitioner_id,
        )
        for one in Visit.objects.filter(mine).order_by("started_at", "id")
    )


def _medications(mine: Q) -> tuple[MedicationRecord, ...]:
    names = [one.name for one in fields(MedicationRecord)]
    rows = Medication.objects.filter(mine).order_by("started_on", "id").values(*names)
    return tuple(MedicationRecord(**row) for row in rows)


def _pending(mine: Q) -> tuple[PendingRecord, ...]:
    names = [one.name for one in fields(PendingRecord)]
    rows = PendingItem.objects.filter(mine).order_by("opened_on", "id").values(*names)
    return tuple(PendingRecord(**row) for row in rows)


def _preferences(mine: Q) -> tuple[RecallPreference, ...]:
    names = [one.name for one in fields(RecallPreference)]
    rows = records.RecallPreference.objects.filter(mine).order_by("made_on", "id").values(*names)
    return tuple(RecallPreference(**row) for row in rows)


def _local(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at else None

"""Changes of patients and outlooks: written by sets, read by the next snapshot and the next find."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection

from rebook.records.models import GapRound, PatientChange

# Patients to a place in ``snapshot_member``: themselves, and everybody merged into them.
_CHOSEN = """
CREATE TEMPORARY TABLE snapshot_chosen ON COMMIT DROP AS
SELECT patient_id, max(noticed_in) AS changed_in, bool_or(is_due) AS is_due FROM (
    SELECT patient_id, noticed_in, false AS is_due FROM records_patientchange
    WHERE organisation_id = %(organisation_id)s
    UNION ALL
    SELECT p.merged_into_id, c.noticed_in, false FROM records_patientchange c
    JOIN records_patient p ON p.id = c.patient_id
    WHERE c.organisation_id = %(organisation_id)s AND p.merged_into_id IS NOT NULL
    UNION ALL
    SELECT patient_id, NULL, true FROM records_gapoutlook
    WHERE organisation_id = %(organisation_id)s AND recheck_on <= %(as_of)s
) one GROUP BY patient_id ORDER BY patient_id
"""
_MEMBERS = """
CREATE TEMPORARY TABLE snapshot_member ON COMMIT DROP AS
SELECT p.id AS patient_id, c.patient_id AS survivor_id
FROM snapshot_chosen c JOIN records_patient p ON p.id = c.patient_id AND p.merged_into_id IS NULL
UNION ALL
SELECT p.id, c.patient_id FROM snapshot_chosen c JOIN records_patient p ON p.merged_into_id = c.patient_id
"""
_OUTLOOK = """
CREATE TEMPORARY TABLE gap_judged (patient_id bigint PRIMARY KEY, tier text, booked int, recheck_on date)
ON COMMIT DROP
"""
_KEEP_OUTLOOK = """
INSERT INTO records_gapoutlook (organisation_id, patient_id, tier, booked, recheck_on)
SELECT %(organisation_id)s, patient_id, tier, booked, recheck_on FROM gap_judged
ON CONFLICT (patient_id) DO UPDATE
SET tier = excluded.tier, booked = excluded.booked, recheck_on = excluded.recheck_on
WHERE (records_gapoutlook.tier, records_gapoutlook.booked, records_gapoutlook.recheck_on)
    IS DISTINCT FROM (excluded.tier, excluded.booked, excluded.recheck_on)
"""


def notice_changes(*, organisation_id: int, number: int) -> None:
    """The snapshot ``number`` has every change that this transaction can see."""
    PatientChange.objects.filter(organisation_id=organisation_id, noticed_in__isnull=True).update(
        noticed_in=number
    )


def forget_changes(*, organisation_id: int) -> None:
    """A full snapshot has them all: forget the changes that this transaction can see."""
    PatientChange.objects.filter(organisation_id=organisation_id).delete()


def choose_patients(*, organisation_id: int, as_of: date) -> tuple[int, int]:
    """Make the temporary tables of the patients an increment holds; (how many, patients in all).

    They are those with a change since the newest full snapshot, and those to be looked at again by ``as_of``.
    """
    values: dict[str, Any] = {"organisation_id": organisation_id, "as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.snapshot_chosen, pg_temp.snapshot_member")
        cursor.execute(_CHOSEN, values)
        cursor.execute("ANALYZE snapshot_chosen")
        cursor.execute(_MEMBERS)
        cursor.execute("ANALYZE snapshot_member")
        cursor.execute("SELECT count(*) FROM snapshot_chosen")
        chosen = int(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM records_patient WHERE organisation_id = %s", [organisation_id])
        return chosen, int(cursor.fetchone()[0])


def chosen_patients() -> Iterator[bytes]:
    """The chosen as blocks of CSV: patient_id, changed_in, is_due."""
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy("COPY snapshot_chosen TO STDOUT (FORMAT csv)") as copy,
    ):
        for block in copy:
            yield bytes(block)


def stage_judged(*, blocks: Iterable[bytes]) -> None:
    """Copy what was found of whom (CSV: patient_id, tier, booked, recheck_on) beside the findings."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.gap_judged")
        cursor.execute(_OUTLOOK)
        with cursor.cursor.copy("COPY gap_judged FROM STDIN (FORMAT csv)") as copy:
            for block in blocks:
                copy.write(block)
        cursor.execute("ANALYZE gap_judged")


def keep_outlook(*, organisation_id: int) -> None:
    """Remember of everybody staged how they stand and when to look again."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_OUTLOOK, {"organisation_id": organisation_id})


def keep_round(
    *, organisation_id: int, snapshot_number: int, as_of: date, full_on: date, rules_hash: str
) -> None:
    """Remember the find that just ended."""
    GapRound.objects.update_or_create(
        organisation_id=organisation_id,
        defaults={
            "snapshot_number": snapshot_number,
            "as_of": as_of,
            "full_on": full_on,
            "rules_hash": rules_hash,
        },
    )

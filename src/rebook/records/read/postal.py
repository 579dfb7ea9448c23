"""Where patients live, as the ledger has it, and where post came back from."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from rebook.records.models import ReturnedAddress
from rebook.records.rows import as_ids


class HomeRow(NamedTuple):
    """A patient's name and address, and the id by which a FHIR source knows them ("" elsewhere).

    The address is the one that the patient asked for in confidence, where they did (R-A101).
    """

    patient_id: int
    given_name: str
    family_name: str
    address_line: str
    city: str
    state: str
    postal_code: str
    fhir_id: str
    responsible_patient_id: int | None
    in_envelope: bool


def homes(*, organisation_id: int, patient_ids: Iterable[int]) -> dict[int, HomeRow]:
    """By patient, the responsible adults of those named among them. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH named AS (
                SELECT id, responsible_patient_id FROM records_patient
                WHERE organisation_id = %(org)s AND id = ANY(%(ids)s::bigint[])
            )
            SELECT p.id, p.given_name, p.family_name,
                   CASE WHEN w.address_line <> '' THEN w.address_line ELSE p.address_line END,
                   CASE WHEN w.address_line <> '' THEN w.city ELSE p.city END,
                   CASE WHEN w.address_line <> '' THEN w.state ELSE p.state END,
                   CASE WHEN w.address_line <> '' THEN w.postal_code ELSE p.postal_code END,
                   CASE WHEN s.kind = 'fhir' THEN p.external_id ELSE '' END, p.responsible_patient_id,
                   coalesce(w.in_envelope, false)
            FROM records_patient p JOIN records_source s ON s.id = p.source_id
            LEFT JOIN LATERAL (
                SELECT c.address_line, c.city, c.state, c.postal_code, c.in_envelope
                FROM records_confidentialrequest c
                WHERE c.organisation_id = p.organisation_id AND c.ended_at IS NULL
                  AND (c.patient_id = p.id OR c.patient_id IN (
                      SELECT m.id FROM records_patient m WHERE m.merged_into_id = p.id))
                ORDER BY c.address_line = '', c.made_at DESC LIMIT 1
            ) w ON true
            WHERE p.organisation_id = %(org)s
              AND p.id IN (SELECT id FROM named UNION SELECT responsible_patient_id FROM named)
            """,
            {"org": organisation_id, "ids": as_ids(sorted(set(patient_ids)))},
        )
        return {row[0]: HomeRow._make(row) for row in cursor.fetchall()}


def returned(*, organisation_id: int, patient_ids: Iterable[int]) -> frozenset[tuple[int, str]]:
    """(patient, hash of the address as written) that post came back from."""
    rows = ReturnedAddress.objects.filter(
        organisation_id=organisation_id, patient_id__in=sorted(set(patient_ids))
    )
    return frozenset(rows.values_list("patient_id", "address_hash"))


def practitioners_of(*, organisation_id: int, patient_ids: Iterable[int]) -> dict[int, str]:
    """Name of each patient's own practitioner, of those whose chart carries no sensitive tag."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id, t.name FROM records_patient p JOIN records_practitioner t ON t.id = p.practitioner_id
            WHERE p.organisation_id = %s AND p.id = ANY(%s::bigint[]) AND cardinality(p.sensitivity) = 0
            """,
            [organisation_id, as_ids(sorted(set(patient_ids)))],
        )
        return dict(cursor.fetchall())

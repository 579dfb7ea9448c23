"""What other tools of the practice sent, appended once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from rebook.records.models import Patient
from rebook.records.rows import as_rows


class NewContact(NamedTuple):
    row_key: str
    system: str
    patient_id: int | None
    to_value: str
    channel: str
    purpose: str
    at: datetime


def patients_by_number(*, organisation_id: int, external_ids: Collection[str]) -> dict[str, list[int]]:
    """The practice's own numbers of patients to their ids; a merged record's is that of the record kept."""
    found: dict[str, list[int]] = {}
    rows = Patient.objects.filter(organisation_id=organisation_id, external_id__in=list(external_ids))
    for external_id, own, kept in rows.values_list("external_id", "pk", "merged_into_id").order_by("pk"):
        ids = found.setdefault(external_id, [])
        if (kept or own) not in ids:
            ids.append(kept or own)
    return found


ADD = """
INSERT INTO records_othercontact
    (organisation_id, row_key, system, patient_id, to_value, channel, purpose, at, recorded_at)
SELECT %(org)s, v.row_key, v.system, v.patient_id, v.to_value, v.channel, v.purpose, v.at, %(now)s
FROM json_to_recordset(%(rows)s::json) AS v(row_key text, system text, patient_id bigint, to_value text,
    channel text, purpose text, at timestamptz)
ON CONFLICT (organisation_id, row_key) DO NOTHING
"""


def add_contacts(*, organisation_id: int, contacts: Sequence[NewContact], now: datetime) -> int:
    """Append what is new; how many were."""
    if not contacts:
        return 0
    rows = as_rows(one._asdict() for one in contacts)
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"org": organisation_id, "now": now, "rows": rows})
        return int(cursor.rowcount)

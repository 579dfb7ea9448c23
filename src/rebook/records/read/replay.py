"""One patient and the reason to come back that a replay is about."""

from datetime import date
from typing import Any, NamedTuple

from django.db import connection


class ReplayedPatient(NamedTuple):
    """A patient with the open gap of best rank; its columns are None where there is none."""

    id: int
    given_name: str
    birth_on: date | None
    language: str
    preferred_channel: str
    time_zone: str
    home_location_id: int | None
    responsible_patient_id: int | None
    household_key: str
    gap_id: int | None
    gap_kind: str | None
    gap_anchor_on: date | None
    location_id: int | None
    risk_class: int | None
    tier: str | None
    is_sensitive: bool | None
    definition_key: str | None
    visit_type: str | None
    outreach: str | None
    preferred_day_part: str = ""


_PATIENT = """
SELECT p.id, p.given_name, p.birth_on, p.language, p.preferred_channel, p.time_zone, p.home_location_id,
       p.responsible_patient_id, p.household_key, g.id, g.kind, g.anchor_on, g.location_id, g.risk_class,
       g.tier, g.is_sensitive, g.definition_key, g.visit_type, g.outreach, p.preferred_day_part
FROM records_patient p
LEFT JOIN LATERAL (
    SELECT * FROM records_gap g WHERE g.patient_id = p.id AND g.organisation_id = p.organisation_id
        AND g.closed_on IS NULL ORDER BY g.rank NULLS LAST, g.id LIMIT 1) g ON true
WHERE p.organisation_id = %s AND p.id = %s
"""


class ReplayedCampaign(NamedTuple):
    """The running campaign that a story is told in; ``case_id`` 0 where the patient is in no case of it."""

    id: int
    name: str
    case_id: int


# Where the patient is in it already comes first, then one that tests something.
_CAMPAIGN = """
SELECT k.id, k.name, coalesce(mine.id, 0)
FROM records_campaign k
LEFT JOIN LATERAL (
    SELECT c.id FROM records_case c WHERE c.campaign_id = k.id AND c.patient_id = %(patient)s
        AND c.arm = 'contact' AND c.closed_at IS NULL ORDER BY c.id DESC LIMIT 1) mine ON true
WHERE k.organisation_id = %(org)s AND k.state = 'active' AND k.sequence_key = %(key)s
ORDER BY mine.id IS NULL, NOT EXISTS (
    SELECT 1 FROM records_wordingtest t WHERE t.campaign_id = k.id AND t.state = 'running'), k.id
LIMIT 1
"""


def replayed_campaign(*, organisation_id: int, patient_id: int, sequence_key: str) -> ReplayedCampaign | None:
    """The running campaign by this sequence that the patient is in, or would be; None without any."""
    asked: dict[str, Any] = {"org": organisation_id, "patient": patient_id, "key": sequence_key}
    with connection.cursor() as cursor:
        cursor.execute(_CAMPAIGN, asked)
        row: Any = cursor.fetchone()
    return ReplayedCampaign._make(row) if row else None


def replayed_patient(*, organisation_id: int, patient_id: int) -> ReplayedPatient | None:
    """None when the practice has no such patient."""
    with connection.cursor() as cursor:
        cursor.execute(_PATIENT, [organisation_id, patient_id])
        row: Any = cursor.fetchone()
    return ReplayedPatient._make(row) if row else None

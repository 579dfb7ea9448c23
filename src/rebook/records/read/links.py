"""Patient links: what a token opens, and the identity behind it."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from rebook.core.booking import BookingPolicy, IdentityOnFile, booking_policy, hash_token, visit_type_for
from rebook.records.models import Patient
from rebook.records.read.booking import VisitTypeView


@dataclass(frozen=True, slots=True)
class GapView:
    """Why the patient was written to: shown only behind the identity check."""

    id: int
    kind: str
    definition_key: str
    visit_type: str
    anchor_on: date | None
    due_on: date


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a patient link is for. ``patient_id`` follows merges."""

    id: int
    organisation_id: int
    patient_id: int
    case_id: int | None
    attempt_id: int | None
    given_name: str
    language: str
    payer_class: str
    home_location_id: int | None
    practitioner_id: int | None
    asks_postal_code: bool
    gap: GapView | None
    # What to book, as the organisation books it; None when it has no such kind of visit.
    visit_type: VisitTypeView | None
    policy: BookingPolicy


def link_by_token(*, token: str, now: datetime, even_expired: bool = False) -> LinkView | None:
    """The link a token opens, in whichever organisation; None when unknown, expired or the patient has died.

    ``even_expired`` is for ending messages, which must work long after (R-B14).
    """
    which = "k.token_hash = %(hash)s AND (%(even_expired)s OR k.expires_at > %(now)s)"
    return _view(which, {"hash": hash_token(token), "now": now, "even_expired": even_expired})


def link(*, organisation_id: int, link_id: int) -> LinkView | None:
    which = "k.organisation_id = %(organisation)s AND k.id = %(link)s"
    return _view(which, {"organisation": organisation_id, "link": link_id})


def identity_on_file(*, organisation_id: int, patient_id: int) -> IdentityOnFile:
    row = Patient.objects.only("birth_on", "postal_code").get(organisation_id=organisation_id, pk=patient_id)
    return IdentityOnFile(birth_on=row.birth_on, postal_code=row.postal_code)


# One query, and only what the pages use: they are opened all day. A merged patient's link is the survivor's;
# a link without a case is about the open gap that ranks first.
_LINK = """
WITH RECURSIVE opened AS (SELECT k.* FROM records_patientlink k WHERE {which}),
survivor AS (
    SELECT p.*, 1 AS depth FROM records_patient p JOIN opened k ON k.patient_id = p.id
    UNION ALL
    SELECT p.*, s.depth + 1 FROM records_patient p JOIN survivor s ON p.id = s.merged_into_id AND s.depth < 20
)
SELECT k.id, k.organisation_id, p.id, k.case_id, k.attempt_id, p.given_name, p.language, p.payer_class,
    p.home_location_id, p.practitioner_id, p.postal_code <> '', p.is_deceased,
    g.id, g.kind, g.definition_key, coalesce(nullif(c.visit_type, ''), g.visit_type), g.anchor_on, g.due_on,
    jsonb_build_object('booking', coalesce(o.settings -> 'booking', '{{}}'))::text,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(v.key, v.label, v.minutes, v.is_self_bookable)
        ORDER BY v.key), '[]') FROM records_visittype v WHERE v.organisation_id = k.organisation_id)::text
FROM opened k
JOIN accounts_organisation o ON o.id = k.organisation_id
JOIN LATERAL (SELECT * FROM survivor ORDER BY depth DESC LIMIT 1) p ON true
LEFT JOIN records_case c ON c.id = k.case_id
LEFT JOIN LATERAL (
    SELECT * FROM records_gap g
    WHERE g.id = c.gap_id OR c.id IS NULL AND g.patient_id = p.id AND g.closed_on IS NULL
    ORDER BY g.rank NULLS LAST, g.id LIMIT 1
) g ON true
"""


def _view(which: str, values: dict[str, Any]) -> LinkView | None:
    with connection.cursor() as cursor:
        cursor.execute(_LINK.format(which=which), values)
        row = cursor.fetchone()
    if row is None:
        return None
    *person, is_deceased = row[:12]
    if is_deceased:
        return None
    gap = GapView(*row[12:18]) if row[12] else None
    kinds = {kind[0]: VisitTypeView(*kind) for kind in json.loads(row[19])}
    wanted = visit_type_for(gap, offered=[one.key for one in kinds.values() if one.is_self_bookable])
    known: list[Any] = [*person, gap, kinds.get(wanted), booking_policy(json.loads(row[18]))]
    return LinkView(*known)

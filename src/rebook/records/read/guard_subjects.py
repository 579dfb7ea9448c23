"""Everything the guard wants to know about a batch of planned contacts, in a constant number of queries.

The rows come back as they stand in the ledger; ``flow.outreach.subject`` makes ``GuardSubject`` of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from rebook.records.read.guard_wishes import Besides, besides
from rebook.records.rows import as_ids, as_texts

# Caps look back days, a case's own cap as far as a sequence can run.
HISTORY = timedelta(days=150)


@dataclass(frozen=True, slots=True)
class Contemplated:
    """One contact to be judged. ``attempt_id`` is its own row, left out of its history; 0 while unwritten."""

    patient_id: int
    case_id: int | None
    contact_point_id: int | None
    to_value: str
    attempt_id: int = 0


class PersonRow(NamedTuple):
    id: int
    is_deceased: bool
    left_practice_on: date | None
    do_not_contact: bool
    merged_into_id: int | None
    birth_on: date | None
    exclusions: list[str]
    sensitivity: list[str]
    household_key: str
    time_zone: str
    state: str
    postal_code: str
    home_location_id: int | None
    responsible_patient_id: int | None
    synced_at: datetime | None
    payer_class: str
    given_name: str


class ContactRow(NamedTuple):
    id: int
    patient_id: int
    system: str
    value: str
    state: str
    line_type: str
    is_current: bool
    number_source: str = ""
    given_on: date | None = None
    given_for: Sequence[str] = ()


class CaseRow(NamedTuple):
    id: int
    campaign_id: int
    arm: str
    closed_at: datetime | None
    gap_closed_on: date | None
    is_sensitive: bool
    risk_class: int
    definition_key: str
    kind: str
    visit_type: str
    anchor_on: date | None
    location_id: int | None
    outreach: str


class ConsentRow(NamedTuple):
    patient_id: int | None
    contact_value: str
    channel: str
    purpose: str
    state: str
    at: datetime
    origin: str
    wording: str
    permission: str
    scope_words: list[str]
    expires_on: date | None


class HoldRow(NamedTuple):
    patient_id: int
    kind: str
    from_at: datetime
    until_at: datetime | None


class PastRow(NamedTuple):
    id: int
    patient_id: int
    household_key: str
    to_value: str
    case_id: int | None
    channel: str
    purpose: str
    origin: str
    at: datetime
    # The other tool that sent it; those rows have ids below zero.
    system: str = ""


class AppointmentRow(NamedTuple):
    patient_id: int
    starts_at: datetime
    visit_type: str
    status: str


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """The ledger's rows about a batch, by what they hang on."""

    people: dict[int, PersonRow] = field(default_factory=dict)
    contacts: dict[int, ContactRow] = field(default_factory=dict)
    cases: dict[int, CaseRow] = field(default_factory=dict)
    consents_of: dict[int, list[ConsentRow]] = field(default_factory=dict)
    consents_on: dict[str, list[ConsentRow]] = field(default_factory=dict)
    holds: dict[int, list[HoldRow]] = field(default_factory=dict)
    past_of: dict[int, list[PastRow]] = field(default_factory=dict)
    past_in: dict[str, list[PastRow]] = field(default_factory=dict)
    past_on: dict[str, list[PastRow]] = field(default_factory=dict)
    appointments: dict[int, list[AppointmentRow]] = field(default_factory=dict)
    last_visit_at: dict[int, datetime] = field(default_factory=dict)
    last_wrote_at: dict[int, datetime] = field(default_factory=dict)
    # Numbers from which somebody wrote, whoever it was.
    stops: tuple[tuple[str, str], ...] = ()
    # (template key, language, content hash) of every sign-off in force.
    approvals: frozenset[tuple[str, str, str]] = frozenset()
    besides: Besides = field(default_factory=Besides)


PEOPLE = """
SELECT p.id, p.is_deceased, p.left_practice_on, p.do_not_contact, p.merged_into_id, p.birth_on, p.exclusions,
       p.sensitivity, p.household_key, p.time_zone, p.state, p.postal_code, p.home_location_id,
       p.responsible_patient_id, s.last_synced_at, p.payer_class, p.given_name
FROM records_patient p JOIN records_source s ON s.id = p.source_id
WHERE p.organisation_id = %s AND p.id = ANY(%s::bigint[])
"""
CONTACTS = """
SELECT id, patient_id, system, value, state, line_type, is_current, number_source, given_on, given_for
FROM records_contactpoint WHERE organisation_id = %s AND id = ANY(%s::bigint[])
"""
CASES = """
SELECT c.id, c.campaign_id, c.arm, c.closed_at, g.closed_on, g.is_sensitive, g.risk_class, g.definition_key,
       g.kind, g.visit_type, g.anchor_on, g.location_id, g.outreach
FROM records_case c JOIN records_gap g ON g.id = c.gap_id
WHERE c.organisation_id = %s AND c.id = ANY(%s::bigint[])
"""
# What was said of a record binds the one that it was merged into.
CONSENTS = """
WITH RECURSIVE same AS (
    SELECT id, id AS person FROM unnest(%(people)s::bigint[]) AS id
    UNION
    SELECT p.id, same.person FROM records_patient p JOIN same ON p.merged_into_id = same.id
    WHERE p.organisation_id = %(org)s
)
SELECT same.person, contact_value, channel, purpose, state, at, origin, wording, permission,
       scope_words, expires_on
FROM records_consent JOIN same ON same.id = patient_id WHERE organisation_id = %(org)s
UNION ALL
SELECT patient_id, contact_value, channel, purpose, state, at, origin, wording, permission,
       scope_words, expires_on
FROM records_consent WHERE organisation_id = %(org)s
  AND contact_value = ANY(ARRAY(SELECT json_array_elements_text(%(values)s::json)))
  AND (patient_id IS NULL OR patient_id NOT IN (SELECT id FROM same))
"""
HOLDS = """
SELECT patient_id, kind, from_at, until_at FROM records_automationhold
WHERE organisation_id = %s AND patient_id = ANY(%s::bigint[]) AND released_at IS NULL
"""
# Ours and other tools'; a merged record's are those of the record that it was merged into.
PAST = """
WITH near AS (
    SELECT id, household_key FROM records_patient
    WHERE organisation_id = %(org)s AND (id = ANY(%(people)s::bigint[])
          OR merged_into_id = ANY(%(people)s::bigint[]) OR household_key <> ''
             AND household_key = ANY(ARRAY(SELECT json_array_elements_text(%(houses)s::json))))
), found AS (
    SELECT a.id FROM records_attempt a JOIN near ON near.id = a.patient_id
    UNION
    SELECT a.id FROM records_attempt a WHERE a.organisation_id = %(org)s
        AND a.to_value = ANY(ARRAY(SELECT json_array_elements_text(%(values)s::json)))
), others AS (
    SELECT o.id FROM records_othercontact o JOIN near ON near.id = o.patient_id
    UNION
    SELECT o.id FROM records_othercontact o WHERE o.organisation_id = %(org)s
        AND o.to_value = ANY(ARRAY(SELECT json_array_elements_text(%(values)s::json)))
)
SELECT a.id, coalesce(p.merged_into_id, p.id), p.household_key, a.to_value, a.case_id, a.channel, a.purpose,
       a.origin, coalesce(a.sent_at, a.claimed_at) AS at, ''
FROM found JOIN records_attempt a ON a.id = found.id JOIN records_patient p ON p.id = a.patient_id
WHERE a.organisation_id = %(org)s
  AND a.state IN ('claimed', 'accepted', 'sent', 'delivered', 'read', 'unknown')
  AND coalesce(a.sent_at, a.claimed_at) > %(since)s
UNION ALL
SELECT -o.id, coalesce(p.merged_into_id, p.id, 0), coalesce(p.household_key, ''), o.to_value, NULL, o.channel,
       o.purpose, 'campaign', o.at, o.system
FROM others JOIN records_othercontact o ON o.id = others.id LEFT JOIN records_patient p ON p.id = o.patient_id
WHERE o.organisation_id = %(org)s AND o.at > %(since)s
"""
APPOINTMENTS = """
SELECT patient_id, starts_at, visit_type, status FROM records_appointment
WHERE organisation_id = %s AND patient_id = ANY(%s::bigint[]) AND starts_at > %s
  AND status NOT IN ('cancelled', 'noshow', 'entered-in-error')
"""
SEEN = """
SELECT patient_id, max(at) FROM (
    SELECT patient_id, started_at AS at FROM records_visit
    WHERE organisation_id = %(org)s AND patient_id = ANY(%(people)s::bigint[]) AND started_at <= %(now)s
    UNION ALL
    SELECT patient_id, starts_at FROM records_appointment
    WHERE organisation_id = %(org)s AND patient_id = ANY(%(people)s::bigint[]) AND starts_at <= %(now)s
      AND status IN ('arrived', 'checked-in', 'fulfilled')
) seen GROUP BY patient_id
"""
WROTE = """
SELECT patient_id, max(received_at) FROM records_reply
WHERE organisation_id = %s AND patient_id = ANY(%s::bigint[]) GROUP BY patient_id
"""
STOPS = "SELECT scope, key FROM records_stop WHERE organisation_id = %s AND ended_at IS NULL"
APPROVALS = """
SELECT template_key, language, content_hash FROM records_templateapproval
WHERE organisation_id = %s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %s)
"""


def subject_facts(
    *,
    organisation_id: int,
    contacts: Sequence[Contemplated],
    now: datetime,
    texts: Collection[str] | None = None,
) -> SubjectFacts:
    """All facts about these contacts at ``now``: some fifteen queries, however many contacts.

    ``texts``: content hashes of the words meant; what was signed is only looked up where there are any.
    """
    org = organisation_id
    patients = sorted({one.patient_id for one in contacts})
    named = as_ids(patients)
    points = as_ids(one.contact_point_id for one in contacts if one.contact_point_id)
    values = as_texts(sorted({one.to_value for one in contacts if one.to_value}))
    has_texts = texts is None or bool(texts)
    case_ids = [one.case_id for one in contacts if one.case_id]
    with connection.cursor() as cursor:

        def rows(sql: str, parameters: Any) -> list[tuple[Any, ...]]:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

        people = {row[0]: PersonRow._make(row) for row in rows(PEOPLE, [org, named])}
        houses = as_texts(sorted({one.household_key for one in people.values() if one.household_key}))
        # A guardian's own wishes bind what goes to the guardian.
        adults = {one.responsible_patient_id for one in people.values() if one.responsible_patient_id}
        both = {"org": org, "people": as_ids(sorted({*patients, *adults})), "values": values}
        consents = list(map(ConsentRow._make, rows(CONSENTS, both)))
        past = list(
            map(
                PastRow._make,
                rows(PAST, {**both, "people": named, "houses": houses, "since": now - HISTORY}),
            )
        )
        return SubjectFacts(
            people=people,
            contacts={row[0]: ContactRow._make(row) for row in rows(CONTACTS, [org, points])},
            cases={
                row[0]: CaseRow._make(row)
                for row in (rows(CASES, [org, as_ids(case_ids)]) if case_ids else ())
            },
            consents_of=_by((row.patient_id, row) for row in consents if row.patient_id),
            consents_on=_by((row.contact_value, row) for row in consents if row.contact_value),
            holds=_by((row[0], HoldRow._make(row)) for row in rows(HOLDS, [org, named])),
            past_of=_by((row.patient_id, row) for row in past),
            past_in=_by((row.household_key, row) for row in past if row.household_key),
            past_on=_by((row.to_value, row) for row in past if row.to_value),
            appointments=_by(
                (row[0], AppointmentRow._make(row))
                for row in rows(APPOINTMENTS, [org, named, now - timedelta(days=1)])
            ),
            last_visit_at=dict(rows(SEEN, {**both, "now": now})),
            last_wrote_at=dict(rows(WROTE, [org, named])),
            stops=tuple(rows(STOPS, [org])),
            approvals=frozenset(rows(APPROVALS, [org, now]) if has_texts else ()),
            besides=besides(rows, {**both, "houses": houses}, now=now, has_texts=has_texts),
        )


def _by(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, row in pairs:
        found[key].append(row)
    return found

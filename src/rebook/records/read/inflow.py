"""Who is not there yet: patients about to fall due, what events bring, and who would take them in."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.segment import Segment
from rebook.records.models import GapOutlook

from .barring import BARRED, barring_parameters
from .enrolment import TIERS_OF_PROGRAMME
from .segment_sql import in_segment


class Coming(NamedTuple):
    """A reason that somebody is expected to have from ``from_on`` on; the gap itself is not there yet."""

    patient_id: int
    definition_key: str
    kind: str
    visit_type: str
    risk_class: int
    tier: str
    due_on: date
    overdue_on: date
    location_id: int | None
    from_on: date


def looked_at_again(*, organisation_id: int, after: date, until: date) -> dict[int, date]:
    """Patient -> the day in ``(after, until]`` on which the rules may by themselves say something else."""
    rows = GapOutlook.objects.filter(
        organisation_id=organisation_id, recheck_on__gt=after, recheck_on__lte=until
    )
    return {patient: on for patient, on in rows.values_list("patient_id", "recheck_on") if on is not None}


def with_open_gaps(*, organisation_id: int, patient_ids: Collection[int]) -> set[tuple[int, str]]:
    """(patient, rule) of the gaps that are open now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT patient_id, definition_key FROM records_gap WHERE organisation_id = %s"
            " AND patient_id = ANY(%s) AND closed_on IS NULL",
            [organisation_id, list(patient_ids)],
        )
        return set(cursor.fetchall())


# What events bring nobody can know by name: as many come as did in the weeks before, on the same weekdays.
# The first find opens what is years old on one day: the day of the event counts, not that of the opening.
EVENTS = """
SELECT g.patient_id, g.definition_key, g.kind, g.visit_type, g.risk_class, g.tier, g.due_on, g.overdue_on,
       g.location_id, g.due_on
FROM records_gap g
WHERE g.organisation_id = %(org)s AND g.kind = ANY(%(kinds)s) AND g.outreach = 'yes'
  AND g.due_on > %(since)s AND g.due_on <= %(until)s
ORDER BY g.due_on, g.id
"""


def lately_brought(*, organisation_id: int, kinds: Collection[str], since: date, until: date) -> list[Coming]:
    """Reasons of these kinds that fell due in ``(since, until]``, whatever became of them."""
    asked: dict[str, Any] = {"org": organisation_id, "kinds": list(kinds), "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, asked)
        return list(map(Coming._make, cursor.fetchall()))


TAKEN_IN = """
WITH g AS (
    SELECT * FROM unnest(%(place)s::int[], %(patient)s::bigint[], %(definition)s::text[], %(kind)s::text[],
        %(visit_type)s::text[], %(risk_class)s::smallint[], %(tier)s::text[], %(due_on)s::date[],
        %(overdue_on)s::date[], %(location)s::bigint[])
      AS v(place, patient_id, definition_key, kind, visit_type, risk_class, tier, due_on, overdue_on,
           location_id)
), fitting AS (
    SELECT g.place, g.patient_id, g.visit_type AS needed FROM g
    WHERE {fits} AND (%(tiers)s::varchar[] IS NULL OR g.tier = ANY(%(tiers)s::varchar[]))
)
SELECT fitting.place, p.home_location_id FROM fitting JOIN records_patient p ON p.id = fitting.patient_id
WHERE p.organisation_id = %(org)s AND ({barred} = '' OR %(anybody)s AND {barred} = 'appointment_booked')
  AND (%(anybody)s OR NOT EXISTS (SELECT 1 FROM records_case c WHERE c.organisation_id = %(org)s
      AND c.patient_id = p.id AND (c.closed_at IS NULL OR c.closed_at > %(rest_since)s)))
"""


def taken_in(
    *,
    organisation_id: int,
    coming: Sequence[Coming],
    segment: dict[str, Any],
    programme: str,
    purpose: str,
    barring: Sequence[str],
    rest: timedelta,
    anybody: bool,
    now: datetime,
) -> dict[int, int | None]:
    """Place in ``coming`` -> the patient's own site, of those whom a campaign would take in.

    ``anybody``: each stands for somebody like them, so that a case, a rest or a visit of their own does not
    bind.
    """
    fits, chosen = in_segment(Segment.from_json(segment), today=now.date(), now=now)
    asked: dict[str, Any] = {
        "org": organisation_id,
        "place": list(range(len(coming))),
        "patient": [one.patient_id for one in coming],
        "definition": [one.definition_key for one in coming],
        "kind": [one.kind for one in coming],
        "visit_type": [one.visit_type for one in coming],
        "risk_class": [one.risk_class for one in coming],
        "tier": [one.tier for one in coming],
        "due_on": [one.due_on for one in coming],
        "overdue_on": [one.overdue_on for one in coming],
        "location": [one.location_id for one in coming],
        "tiers": TIERS_OF_PROGRAMME.get(programme),
        "rest_since": now - rest,
        "anybody": anybody,
        **chosen,
        **barring_parameters(now=now, purpose=purpose, barring=barring),
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKEN_IN.format(fits=fits, barred=BARRED), asked)
        return dict(cursor.fetchall())

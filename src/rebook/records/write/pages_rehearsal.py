"""An invented practice with all that its staff look at, in one statement a table: for benches only."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from . import pages_rehearsal_sql as sql
from .rehearsal import CONTACTS, PATIENTS, SOURCE

PRACTITIONERS = 8
CAMPAIGNS = 5
# (What it fills, its statement), in the order in which one needs the other.
STEPS = (
    ("patients", PATIENTS),
    ("numbers", CONTACTS),
    ("hours", sql.PRACTICE),
    ("appointments", sql.APPOINTMENTS),
    ("reasons to come back", sql.GAPS),
    ("campaigns", sql.CAMPAIGNS),
    ("cases", sql.CASES),
    ("messages", sql.ATTEMPTS),
    ("receipts", sql.EVENTS),
    ("decisions", sql.DECISIONS),
    ("replies", sql.REPLIES),
    ("tasks", sql.TASKS),
    ("consents", sql.CONSENTS),
    ("holds", sql.HOLDS),
    ("wording tests", sql.TESTS),
)
# After these the planner has to know what came in: by the counts of before it would join row by row.
PLANNED_BY = ("patients", "numbers", "reasons to come back", "cases", "messages")


@dataclass(frozen=True, slots=True)
class Practice:
    """What the invented practice works with: its rules and their visits, a sequence, a text, a test."""

    organisation_id: int
    location_id: int
    owner_id: int
    definitions: Sequence[str]
    visit_types: Sequence[str]
    sequence_key: str
    sequence: Mapping[str, Any]
    template_key: str
    template_hash: str
    body: str
    test: Mapping[str, Any]
    arms: Mapping[str, Any]
    time_zone: str
    state: str
    area: str


def fill(*, practice: Practice, patients: int, today: date, now: datetime) -> Iterator[tuple[str, int]]:
    """Invent ``patients`` with half a year of work about half of them; (what, rows) as each table is done."""
    values: dict[str, Any] = {
        "org": practice.organisation_id,
        "location": practice.location_id,
        "owner": practice.owner_id,
        "definitions": list(practice.definitions),
        "visit_types": list(practice.visit_types),
        "sequence_key": practice.sequence_key,
        "sequence": json.dumps(practice.sequence),
        "template_key": practice.template_key,
        "template_hash": practice.template_hash,
        "body": practice.body,
        "test": json.dumps(practice.test),
        "arms": json.dumps(practice.arms),
        "time_zone": practice.time_zone,
        "state": practice.state,
        "area": practice.area,
        "practitioners": PRACTITIONERS,
        "campaigns": CAMPAIGNS,
        "count": patients,
        "today": today,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(SOURCE, values)
        values["source"] = cursor.fetchone()[0]
        for what, statement in STEPS:
            cursor.execute(statement, values)
            rows = cursor.rowcount
            if what in PLANNED_BY:
                cursor.execute("ANALYZE")
            yield what, rows


def settle() -> None:
    """Leave the tables as a ledger in use would have them; outside of any transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")

"""Pending items that Rebook itself notes, and the tasks that staff's gaps ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from rebook.records.models import PendingItem, Task

from .imports import ensure_source
from .pending_sql import HIGH_INTENT, LEFT_HALF_WAY, OFF_THE_LIST, ON_THE_LIST, POINTLESS, STAFF_GAPS

OWN_SOURCE, OWN_KIND = "rebook", "local"


class StaffGap(NamedTuple):
    """An open gap that is staff's own and has no task yet; ``priority`` is None without an item behind it."""

    gap_id: int
    patient_id: int
    kind: str
    definition_key: str
    risk_class: int
    priority: str | None
    visits_per_week: int | None


@dataclass(frozen=True, slots=True)
class GapTask:
    gap_id: int
    patient_id: int
    owner_role: str
    urgency: int
    due_at: datetime
    note: str


def note_signs(*, organisation_id: int, as_of: date, now: datetime) -> dict[str, int]:
    """Items made of what patients did with links, replies and booking pages, and of the waiting list."""
    source_id = ensure_source(organisation_id=organisation_id, key=OWN_SOURCE, kind=OWN_KIND)
    values = {"organisation_id": organisation_id, "source_id": source_id, "as_of": as_of, "now": now}
    return {
        "high_intent": _run(HIGH_INTENT, values),
        "intake_unfinished": _run(LEFT_HALF_WAY, values),
        "waiting_list": _run(ON_THE_LIST, values),
        "off_the_list": _run(OFF_THE_LIST, values),
    }


def add_item(*, organisation_id: int, external_id: str, patient_id: int, values: Mapping[str, Any]) -> bool:
    """One item of Rebook's own; False when there is one of that name already."""
    source_id = ensure_source(organisation_id=organisation_id, key=OWN_SOURCE, kind=OWN_KIND)
    _, is_new = PendingItem.objects.get_or_create(
        organisation_id=organisation_id,
        source_id=source_id,
        external_id=external_id[:200],
        defaults={"patient_id": patient_id, "fact_hash": b"\0", **values},
    )
    return is_new


def approve_items(*, organisation_id: int, prefix: str, opened_on: date) -> int:
    """Open what was proposed under ``prefix``, as of the day it was approved."""
    rows = PendingItem.objects.filter(
        organisation_id=organisation_id, external_id__startswith=prefix, state="proposed"
    )
    return rows.update(state="open", opened_on=opened_on)


def close_item(*, organisation_id: int, item_id: int, state: str, closed_on: date) -> bool:
    """An item that is no longer open; False when it already was not."""
    rows = PendingItem.objects.filter(
        organisation_id=organisation_id, pk=item_id, state__in=("open", "proposed"), opened_on__lte=closed_on
    )
    return bool(rows.update(state=state, closed_on=closed_on))


def set_matches(*, organisation_id: int, matches: Mapping[int, date | None]) -> int:
    """The day each wish on the waiting list found a time; None takes it back. Returns how many changed."""
    changed = 0
    for item_id, matched_on in matches.items():
        rows = PendingItem.objects.filter(organisation_id=organisation_id, pk=item_id)
        changed += rows.exclude(matched_on=matched_on).update(matched_on=matched_on)
    return changed


def staff_gaps_without_task(
    *, organisation_id: int, comes_again: Sequence[int], now: datetime, limit: int = 5_000
) -> list[StaffGap]:
    """Open gaps that are staff's own and have no task now, the gravest first.

    One that was looked at has none until the day chosen then, or for ``comes_again`` days, by risk class.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            STAFF_GAPS,
            {"organisation_id": organisation_id, "limit": limit, "now": now, "again": list(comes_again)},
        )
        return list(map(StaffGap._make, cursor.fetchall()))


def open_gap_tasks(*, organisation_id: int, tasks: Sequence[GapTask], now: datetime) -> int:
    """One task for each gap; a gap that has an open one keeps it."""
    made = Task.objects.bulk_create(
        [
            Task(
                organisation_id=organisation_id,
                kind="gap_review",
                gap_id=one.gap_id,
                patient_id=one.patient_id,
                owner_role=one.owner_role,
                urgency=one.urgency,
                opened_at=now,
                due_at=one.due_at,
                note=one.note,
            )
            for one in tasks
        ],
        ignore_conflicts=True,
    )
    return len(made)


def cancel_pointless_tasks(*, organisation_id: int, now: datetime) -> int:
    """Tasks whose gap closed, or is no longer staff's alone."""
    return _run(POINTLESS, {"organisation_id": organisation_id, "now": now})


def _run(statement: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        return int(cursor.rowcount)

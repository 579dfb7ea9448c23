"""Sources and their import runs."""

from datetime import datetime
from typing import Any

from django.db import connection

from rebook.records.models import (
    Appointment,
    Condition,
    Consent,
    ContactPoint,
    FollowUp,
    ImportRun,
    Medication,
    Patient,
    PendingItem,
    Procedure,
    Source,
    Visit,
)

# First key of the advisory locks of this module.
_LOCK_CLASS = 7_120


class SourceIsOfAnotherKind(Exception):
    """The key names a source of another kind. Permanent."""

    permanent = True


def ensure_source(*, organisation_id: int, key: str, kind: str) -> int:
    """The id of the source called ``key``, made when it is new. Raises SourceIsOfAnotherKind."""
    source, _ = Source.objects.get_or_create(
        organisation_id=organisation_id, key=key, defaults={"kind": kind}
    )
    if source.kind != kind:
        raise SourceIsOfAnotherKind(f"the source '{key}' is {source.kind}, not {kind}")
    return int(source.pk)


def try_lock(*, organisation_id: int, source_id: int) -> bool:
    """Be the only import of this source, until ``unlock`` or the end of the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_CLASS, source_id])
        return bool(cursor.fetchone()[0])


def unlock(*, organisation_id: int, source_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_CLASS, source_id])


def fail_interrupted(*, organisation_id: int, source_id: int, now: datetime) -> int:
    """Runs that never said how they ended were killed; whoever holds the lock knows. Returns how many."""
    return ImportRun.objects.filter(
        organisation_id=organisation_id, source_id=source_id, state="running"
    ).update(state="failed", ended_at=now, error="interrupted: nothing of this run was kept")


def start_run(*, organisation_id: int, source_id: int, now: datetime) -> int:
    run = ImportRun.objects.create(organisation_id=organisation_id, source_id=source_id, started_at=now)
    return int(run.pk)


def finish_run(
    *,
    organisation_id: int,
    run_id: int,
    state: str,
    now: datetime,
    counts: dict[str, Any] | None = None,
    error: str = "",
    profile: dict[str, Any] | None = None,
) -> None:
    """Write how a run ended: "done" or "failed". ``profile``: what the source's rows look like now."""
    ImportRun.objects.filter(organisation_id=organisation_id, pk=run_id).update(
        state=state, ended_at=now, counts=counts or {}, error=error[:500], profile=profile or {}
    )


def set_synced(*, organisation_id: int, source_id: int, now: datetime) -> None:
    """The source is complete as of ``now``: the stale-data guard counts from here."""
    Source.objects.filter(organisation_id=organisation_id, pk=source_id).update(last_synced_at=now)


def forget_run(*, organisation_id: int, run_id: int) -> None:
    """A dry run leaves nothing behind."""
    ImportRun.objects.filter(organisation_id=organisation_id, pk=run_id).delete()


_PEOPLE = (Patient, ContactPoint, Consent)
_FACTS = (*_PEOPLE, Appointment, Visit, Procedure, Condition, FollowUp, Medication, PendingItem)


def refresh_statistics() -> None:
    """Tell PostgreSQL's planner how large the tables of facts have become; its own look comes a minute later.

    After a first import the plans of the stages that follow would else be those for empty tables.
    """
    with connection.cursor() as cursor:
        for model in _FACTS:
            cursor.execute(f"ANALYZE {model._meta.db_table}")

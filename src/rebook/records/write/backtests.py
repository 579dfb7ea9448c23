"""Rows of backtests: asked for, under way, ended."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from rebook.records.models import Backtest


def add_backtest(
    *, organisation_id: int, asked: dict[str, Any], days_total: int, now: datetime, actor: str
) -> int:
    """Its number. Numbers are given one after the other; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rebook.backtest'), %s)", [organisation_id])
    rows = Backtest.objects.filter(organisation_id=organisation_id)
    number = (rows.aggregate(newest=Max("number"))["newest"] or 0) + 1
    Backtest.objects.create(
        organisation_id=organisation_id,
        number=number,
        asked=asked,
        days_total=days_total,
        created_at=now,
        created_by=actor,
    )
    return number


def set_progress(*, organisation_id: int, number: int, days_done: int) -> None:
    """It is under way, so many days are done."""
    _row(organisation_id, number).update(state="running", days_done=days_done, error="", ended_at=None)


def finish_backtest(
    *,
    organisation_id: int,
    number: int,
    result: dict[str, Any],
    definitions: dict[str, dict[str, str]],
    snapshots: list[int],
    fingerprint: str,
    path: str,
    now: datetime,
) -> None:
    """Keep what came of it."""
    _row(organisation_id, number).update(
        state="done",
        result=result,
        definitions=definitions,
        snapshots=snapshots,
        fingerprint=fingerprint,
        path=path,
        ended_at=now,
        error="",
    )


def fail_backtest(*, organisation_id: int, number: int, error: str, now: datetime) -> None:
    """It broke off; running it again starts anew. ``error`` is shown to people."""
    _row(organisation_id, number).update(state="failed", error=error[:500], ended_at=now)


def _row(organisation_id: int, number: int) -> Any:
    return Backtest.objects.filter(organisation_id=organisation_id, number=number)

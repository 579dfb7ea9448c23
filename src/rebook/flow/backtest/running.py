"""Run a backtest from the start, and keep what came of it."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from duckdb import DuckDBPyConnection

from rebook.analytics import backtest as engine
from rebook.analytics.gaps import connect, read_snapshot
from rebook.core.backtest import (
    Figures,
    Question,
    caveats,
    changed_definitions,
    judged_days,
    tally,
    unchangeable,
)
from rebook.flow.common.judging import answerable
from rebook.records.read import backtests as read
from rebook.records.read import likelihood
from rebook.records.read.backtests import BacktestView, FrozenRecords
from rebook.records.write import backtests as write

from .asking import directory_of, question_of, records_for, root
from .rules import Asked, asked_rules, contact_steps

OnDay = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Run:
    organisation_id: int
    number: int
    question: Question
    asked: Asked
    frozen: FrozenRecords
    # Snapshot numbers that were read, the one that outcomes come from first; days that had one of their own.
    snapshots: tuple[int, ...] = ()
    own_days: int = 0

    @property
    def of(self) -> dict[str, Any]:
        return {"organisation_id": self.organisation_id, "number": self.number}

    @property
    def path(self) -> str:
        return f"{self.organisation_id}/backtests/{self.number}.parquet"


def run_backtest(
    *,
    organisation_id: int,
    number: int,
    now: datetime,
    on_day: OnDay = lambda done, total: None,
) -> BacktestView:
    """Run it and keep the result. ``on_day`` is told (days done, days in all).

    Safe to break off and to repeat: equal records, rules and settings give an equal result.
    Raises ``UnableToRun`` and ``core.backtest.BadQuestion``.
    """
    of: dict[str, Any] = {"organisation_id": organisation_id, "number": number}
    question = question_of(**of)
    try:
        with transaction.atomic(durable=True):
            write.set_progress(**of, days_done=0)
        frozen = records_for(organisation_id=organisation_id, question=question)
        asked = asked_rules(organisation_id=organisation_id, question=question)
        _run(_Run(**of, question=question, asked=asked, frozen=frozen), now, on_day)
    except BaseException as error:
        is_told = getattr(error, "is_for_people", False)
        said = str(error) if is_told else f"broken off ({type(error).__name__}); it can be run again"
        with transaction.atomic(durable=True):
            write.fail_backtest(**of, error=said, now=now)
        raise
    found = read.backtest(**of)
    assert found is not None
    return found


def _run(run: _Run, now: datetime, on_day: OnDay) -> None:
    days = judged_days(run.question)
    newest = run.frozen.snapshot.number
    known = read.snapshots_between(organisation_id=run.organisation_id, from_on=days[0], to_on=days[-1])
    own = {
        day: one
        for day, one in known.items()
        if day in days and one.number <= newest and engine.is_whole(root() / one.path)
    }
    others = sorted({one.number for one in own.values()} - {newest})
    run = replace(run, snapshots=(newest, *others), own_days=len(own))

    def done(count: int) -> None:
        with transaction.atomic(durable=True):
            write.set_progress(**run.of, days_done=count)
        on_day(count, len(days))

    directories = [directory_of(run.frozen), *(root() / one.path for one in own.values())]
    with connect(spill=root() / ".spill") as connection:
        figures = engine.run(
            connection,
            run.question,
            rules=_answerable(connection, run.asked.rules, directories),
            records=engine.Records(
                base=directory_of(run.frozen),
                end_on=run.frozen.snapshot.as_of,
                by_day={day: root() / one.path for day, one in own.items()},
                contacts=read.contacts(organisation_id=run.organisation_id, until=run.frozen.taken_at),
                steps=contact_steps(organisation_id=run.organisation_id, asked=run.asked),
            ),
            days=days,
            on_day=done,
            listings=root() / run.path,
        )
    _keep(run, figures, len(days), now)


def _answerable(
    connection: DuckDBPyConnection, rules: engine.Rules, directories: Iterable[Path]
) -> engine.Rules:
    """One plan for all days: without value sets when one of the snapshots is too old to have codes."""
    settings = rules.settings
    if settings.value_sets.sets:
        for one in directories:
            settings = answerable(settings, read_snapshot(connection, directory=one))
    return replace(rules, settings=settings)


def _keep(run: _Run, figures: Figures, days: int, now: datetime) -> None:
    gains = likelihood.gains(organisation_id=run.organisation_id, as_of=run.question.to_on)
    result = tally(
        run.question,
        replace(figures, slots_per_week=_slots(run)),
        records_end_on=run.frozen.snapshot.as_of,
        gain=gains.overall if gains else None,
    ).as_json()
    result |= {
        "caveats": _caveats(run, figures, days),
        "records_end_on": run.frozen.snapshot.as_of.isoformat(),
        "judged_days": days,
        "labels": {key: run.asked.labels[key] for key in sorted(run.asked.rules.chosen)},
    }
    rules = run.asked.rules
    definitions = {
        one.name: {
            rule.key: rule.content_hash
            for rule in changed_definitions(run.asked.chosen, rules.chosen, one.rules)
        }
        for one in run.question.settings
    }
    everything = [run.question.as_json(), definitions, list(run.snapshots), result]
    fingerprint = hashlib.sha256(json.dumps(everything, sort_keys=True, default=str).encode()).hexdigest()
    with transaction.atomic(durable=True):
        write.finish_backtest(
            **run.of,
            result=result,
            definitions=definitions,
            snapshots=list(run.snapshots),
            fingerprint=fingerprint,
            path=run.path,
            now=now,
        )


def _caveats(run: _Run, figures: Figures, days: int) -> list[dict[str, Any]]:
    blind = dict(figures.blind or {})
    told = caveats(
        blind=blind,
        days=days,
        days_with_own_records=run.own_days,
        contacts=blind.get("contacts", 0),
        ignored_filters=run.asked.ignored_filters,
        unchanged={
            one.name: unchangeable(run.asked.chosen, run.asked.rules.chosen, one.rules)
            for one in run.question.settings
        },
        definitions=run.asked.chosen,
        settings=run.asked.rules.settings,
        records_end_on=run.frozen.snapshot.as_of,
    )
    return [one.as_json() for one in told]


def _slots(run: _Run) -> float | None:
    """Visits of the rules' kinds that practitioners' hours have room for in a week."""
    rules = run.asked.chosen
    minutes = read.minutes_per_week(
        organisation_id=run.organisation_id,
        visit_types=sorted({one.visit_type for one in rules}),
        on=run.question.to_on,
    )
    if minutes is None or not rules:
        return None
    return round(minutes / (sum(one.minutes for one in rules) / len(rules)), 1)

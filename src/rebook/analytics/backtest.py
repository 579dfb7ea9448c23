"""Runs gap definitions as if on past dates, for everybody at once, and counts what came of the listings.

Each day is judged by the population engine as a whole, several days at the same time. Of a day stay only the
listings that began or went on, so memory grows with the listings and not with the days.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from rebook.analytics import backtest_sql as sql
from rebook.analytics.backtest_outcomes import blind_spots, count_cells, follow_up, write_listings
from rebook.analytics.backtest_plans import Rulebook, Rules, Run, runs_of
from rebook.analytics.gaps import (
    Plan,
    Preferred,
    Source,
    compile_plan,
    judge_population,
    read_snapshot,
)
from rebook.analytics.snapshot_files import SnapshotIncomplete, table_files
from rebook.core.backtest import Figures, Question
from rebook.core.gaps import VERDICTS

__all__ = ["Records", "Rules", "is_whole", "run"]

# Below so many rows the records are held in memory; above, they are read from the file again each day.
HELD_ROWS = 20_000_000
DAYS_AT_ONCE = min(os.cpu_count() or 1, 4)


@dataclass(frozen=True, slots=True)
class Records:
    """``base``: the snapshot that outcomes come from, as it was at the end of ``end_on``.

    ``by_day``: days that have a snapshot of their own. ``contacts``: (patient, day) of every contact made.
    ``steps``: (kind of gap, risk class, days after listing, channel) of the contact plan.
    """

    base: Path
    end_on: date
    by_day: Mapping[date, Path] = field(default_factory=dict)
    contacts: Iterable[tuple[int, date]] = ()
    steps: Sequence[tuple[str, int, int, str]] = ()


def is_whole(directory: Path) -> bool:
    """Whether all files of a snapshot are there: its own, and those of the one it builds on."""
    try:
        whole = table_files(directory=directory)["patients"].whole
    except (SnapshotIncomplete, OSError, ValueError, KeyError):
        return False
    return whole is not None


def run(
    engine: duckdb.DuckDBPyConnection,
    question: Question,
    *,
    rules: Rules,
    records: Records,
    days: Sequence[date],
    on_day: Callable[[int], None] = lambda done: None,
    listings: Path | None = None,
) -> Figures:
    """Judge every one of ``days`` under every setting; the counted cells.

    ``on_day`` is told how many days are done. ``listings``: where to write who was listed (ids and dates).
    Raises ``core.backtest.BadQuestion`` for a change that a definition cannot take.
    """
    runs, books = runs_of(question, rules)
    base = _hold(engine, read_snapshot(engine, directory=records.base))
    engine.execute(sql.PEOPLE.format(patients=base.relations["patients"]))
    for one in runs:
        engine.execute(sql.LISTING.format(name=one.name))
    preferred = _preferred(engine, base, records)
    plans = [_plan(book, rules, preferred) for book in books]
    judged = _Judging(engine, base, records, rules, plans)
    for done, (day, tables) in enumerate(judged.in_order(days), start=1):
        for one in runs:
            _remember(engine, one, day, tables[one.plan])
        on_day(done)
    excluded = {one.letter: _excluded(base, one, rules, days[-1], preferred) for one in runs[:-1]}
    follow_up(
        engine,
        base,
        rules=rules,
        question=question,
        runs=runs,
        last_day=days[-1],
        end_on=records.end_on,
        steps=records.steps,
        contacts=records.contacts,
    )
    blind = blind_spots(engine, base, from_on=question.from_on, end_on=records.end_on)
    if listings is not None:
        write_listings(engine, runs[:-1], listings)
    figures = count_cells(engine, question, runs[:-1], excluded=excluded, is_any_visit=bool(rules.kinds))
    return replace(figures, blind=blind)


def _hold(engine: duckdb.DuckDBPyConnection, source: Source) -> Source:
    """The same rows in memory when they are not too many: each day reads them again."""
    counts = [
        engine.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
        for relation in source.relations.values()
    ]
    if sum(counts) > HELD_ROWS:
        return source
    for name, relation in source.relations.items():
        engine.execute(f'CREATE OR REPLACE TABLE "base_{name}" AS SELECT * FROM {relation}')
    return Source(engine, {name: f'"base_{name}"' for name in source.relations})


def _preferred(engine: duckdb.DuckDBPyConnection, base: Source, records: Records) -> Preferred:
    """What was settled for anybody, in any of the snapshots: the rest need not be asked."""
    found = base.preferred()
    for directory in set(records.by_day.values()):
        found |= read_snapshot(engine, directory=directory).preferred()
    return found


def _plan(book: Rulebook, rules: Rules, preferred: Preferred) -> Plan:
    plan = compile_plan(*book, preferred=preferred)
    # The definitions come first. Events and inactivity, which cost more, are looked for only when asked for.
    return plan if rules.kinds else replace(plan, findings=plan.findings[: len(book[0])])


class _Judging:
    """Judges days on threads of their own, each with its own cursor, and hands them out in order."""

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        base: Source,
        records: Records,
        rules: Rules,
        plans: Sequence[Plan],
    ) -> None:
        self._engine, self._base, self._records, self._rules, self._plans = (
            engine,
            base,
            records,
            rules,
            plans,
        )
        self._own = threading.local()
        self._cursors: list[duckdb.DuckDBPyConnection] = []

    def in_order(self, days: Sequence[date]) -> Iterator[tuple[date, tuple[str, ...]]]:
        """(day, the table of each plan's findings); the tables go when the next day is asked for."""
        with ThreadPoolExecutor(max_workers=DAYS_AT_ONCE) as threads:
            waiting: deque[tuple[date, Future[tuple[str, ...]]]] = deque()
            left = iter(enumerate(days))
            try:
                while True:
                    for number, day in left:
                        waiting.append((day, threads.submit(self._judge, number, day)))
                        if len(waiting) > DAYS_AT_ONCE:
                            break
                    if not waiting:
                        return
                    day, future = waiting.popleft()
                    tables = future.result()
                    yield day, tables
                    for table in tables:
                        self._engine.execute(f"DROP TABLE {table}")
            finally:
                # Also on Ctrl-C: nobody waits for days that nobody will look at.
                threads.shutdown(wait=False, cancel_futures=True)
                for cursor in self._cursors if waiting else ():
                    cursor.interrupt()

    def _judge(self, number: int, day: date) -> tuple[str, ...]:
        source = self._source(day)
        tables = []
        for place, plan in enumerate(self._plans):
            judge_population(source, plan, as_of=day, verdicts=("open",))
            table = f"found_{number}_{place}"
            source.engine.execute(sql.FOUND.format(found=table, wanted=self._rules.wanted))
            tables.append(table)
        return tuple(tables)

    def _source(self, day: date) -> Source:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if cursor is None:
            cursor = self._own.cursor = self._engine.cursor()
            self._cursors.append(cursor)
        own = self._records.by_day.get(day)
        return read_snapshot(cursor, directory=own) if own else Source(cursor, self._base.relations)


def _remember(engine: duckdb.DuckDBPyConnection, one: Run, day: date, table: str) -> None:
    """Note which listings of a setting began, and which went on."""
    filters = one.filters.replace("$day", f"DATE '{day.isoformat()}'")
    engine.execute(sql.TODAY.format(found=table, filters=filters))
    engine.execute(sql.SEEN_AGAIN.format(name=one.name), [day])
    engine.execute(sql.NEW.format(name=one.name), [day, day])


def _excluded(base: Source, one: Run, rules: Rules, day: date, preferred: Preferred) -> dict[str, int]:
    """Patients whom a setting's rules looked at on the last day and did not list, by why."""
    plan = compile_plan(*one.own, is_brief=False, preferred=preferred)
    judge_population(base, plan, as_of=day, verdicts=VERDICTS)
    base.engine.execute(sql.ASKED.format(wanted=rules.wanted))
    filters = one.filters.replace("$day", f"DATE '{day.isoformat()}'")
    return dict(base.engine.execute(sql.EXCLUDED.format(filters=filters)).fetchall())

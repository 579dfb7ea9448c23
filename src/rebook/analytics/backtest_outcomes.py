"""What became of the listings of a backtest, and how many are alike."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from rebook.analytics import backtest_sql as sql
from rebook.analytics.backtest_plans import Rules, Run, words
from rebook.analytics.gaps import Source
from rebook.core.backtest import ContactCell, Figures, ListedCell, MissedCell, Question, VisitCell
from rebook.core.backtest.question import DAYS
from rebook.core.gaps import GapDefinition
from rebook.core.gaps.chart_as_of import ATTENDED, WAITING

CLOSING = pa.schema([("reason", pa.string()), ("what", pa.string()), ("word", pa.string())])
STEPS = pa.schema(
    [("kind", pa.string()), ("risk_class", pa.int16()), ("day", pa.int32()), ("channel", pa.string())]
)
CONTACTS = pa.schema([("patient_id", pa.int64()), ("contacted_on", pa.date32())])


def follow_up(
    engine: duckdb.DuckDBPyConnection,
    base: Source,
    *,
    rules: Rules,
    question: Question,
    runs: Sequence[Run],
    last_day: date,
    end_on: date,
    steps: Sequence[tuple[str, int, int, str]],
    contacts: Iterable[tuple[int, date]],
) -> None:
    """Beside every table of listings make one with what became of each, by the records up to ``end_on``."""
    closing = [
        (one.key, what, word)
        for one in rules.definitions
        if one.key in rules.chosen
        for what, found in closing_words(one).items()
        for word in found
    ]
    _table(engine, "closing", closing, CLOSING)
    _table(engine, "steps", steps, STEPS)
    _table(engine, "contacts", contacts, CONTACTS)
    window = [question.from_on, end_on]
    engine.execute(sql.CAME.format(**base.relations, attended=words(ATTENDED)), window * 3)
    for one in runs:
        engine.execute(sql.OUTCOME.format(name=one.name), [last_day, DAYS[question.every]])


def blind_spots(
    engine: duckdb.DuckDBPyConnection, base: Source, *, from_on: date, end_on: date
) -> dict[str, int]:
    """Rows since ``from_on`` whose past cannot be told, and what they are counted of. After ``follow_up``."""
    query = sql.BLIND.format(**base.relations, waiting=words(WAITING))
    row = engine.execute(query, {"from": from_on, "end": end_on})
    names = [one[0] for one in row.description]
    return dict(zip(names, row.fetchall()[0], strict=True))


def closing_words(definition: GapDefinition) -> dict[str, tuple[str, ...]]:
    """Kept visits and procedures that close a definition's gap."""
    groups = definition.qualifying
    visits = {word for one in groups for word in one.visit_types} | {definition.visit_type}
    procedures = {word for one in groups for word in one.procedures}
    return {"visit": tuple(sorted(visits)), "procedure": tuple(sorted(procedures))}


def _table(
    engine: duckdb.DuckDBPyConnection, name: str, rows: Iterable[tuple[object, ...]], schema: pa.Schema
) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema.names)
    given = pa.table(
        [pa.array(one, kind) for one, kind in zip(columns, schema.types, strict=True)], schema=schema
    )
    engine.register("given", given)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given")
    engine.unregister("given")


def write_listings(engine: duckdb.DuckDBPyConnection, runs: Sequence[Run], path: Path) -> None:
    """All listings as one Parquet file: ids, words and dates, no name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = " UNION ALL ".join(sql.LISTINGS.format(letter=one.letter, name=one.name) for one in runs)
    target = str(path).replace("'", "''")
    engine.execute(sql.FILE.format(listings=f"SELECT * FROM ({parts})", path=target))


def count_cells(
    engine: duckdb.DuckDBPyConnection,
    question: Question,
    runs: Sequence[Run],
    *,
    excluded: Mapping[str, Mapping[str, int]],
    is_any_visit: bool,
) -> Figures:
    """Everything that ``core.backtest.tally`` adds up."""
    listed: list[ListedCell] = []
    missed: list[MissedCell] = []
    contacts: list[ContactCell] = []
    patients = {}
    start, end = question.from_on, question.to_on
    late = question.assumptions.late_after_days
    for one in runs:
        rows = engine.execute(sql.LISTED_CELLS.format(name=one.name)).fetchall()
        listed += [ListedCell(one.letter, *row) for row in rows]
        rows = engine.execute(sql.MISSED_CELLS.format(name=one.name), [late]).fetchall()
        missed += [MissedCell(one.letter, *row) for row in rows]
        rows = engine.execute(sql.CONTACT_CELLS.format(name=one.name), {"from": start, "end": end}).fetchall()
        contacts += [ContactCell(one.letter, *row) for row in rows]
        patients[one.letter] = engine.execute(sql.PATIENTS.format(name=one.name)).fetchall()[0][0]
    visits = engine.execute(sql.VISIT_CELLS, [start, end, is_any_visit]).fetchall()
    return Figures(
        listed=listed,
        missed=missed,
        contacts=contacts,
        visits=[VisitCell(*row) for row in visits],
        patients=patients,
        excluded=excluded,
    )

"""The population engine on Spark: the same expressions, for practices that outgrew one machine.

The snapshot's files are read where they lie, and the findings are written as Parquet to a folder; whoever
asked reads those with DuckDB like findings of its own. Both must be where Spark's workers can see them.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from rebook.analytics.snapshot import SCHEMAS
from rebook.analytics.snapshot_files import TableFiles

from .engine import COLUMNS, LISTED, PEOPLE_COLUMNS, OnProgress, Population, no_progress
from .plan import FINDING, Plan
from .tables import Source

APP = "rebook"
_PEOPLE = ("patient_id", "standing", "last_attended_on", "tier")
_OPTIONS = {
    "spark.sql.session.timeZone": "UTC",
    # Rows have hundreds of columns made of cases: drawing conclusions from them costs more than the work.
    "spark.sql.constraintPropagation.enabled": "false",
}
_KINDS = {pa.int64(): "bigint", pa.date32(): "date", pa.string(): "string", pa.bool_(): "boolean"}


class UnableToUseSpark(Exception):
    """There is no PySpark, no Java, or nobody answers at the address. Trying again may help."""

    permanent = False
    is_for_people = True


def spark_session(*, address: str = "", options: Mapping[str, str] | None = None) -> Any:
    """The running session, else a new one.

    ``address``: "local[4]", "spark://host:7077", "yarn"; "sc://host:15002" for Spark Connect; empty takes
    what ``spark-submit`` was told. Raises ``UnableToUseSpark``.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UnableToUseSpark("PySpark is not installed: pip install 'rebook[spark]'") from error
    builder = SparkSession.builder.appName(APP)
    for name, value in {**_OPTIONS, **(options or {})}.items():
        builder = builder.config(name, value)
    if address:
        builder = builder.remote(address) if address.startswith("sc://") else builder.master(address)
    try:
        return builder.getOrCreate()
    except Exception as error:  # PySpark raises many kinds; a missing Java is a bare RuntimeError
        raise UnableToUseSpark("Spark could not be started or reached; it needs Java 17 or 21") from error


def judge_on_spark(
    session: Any,
    source: Source,
    plan: Plan,
    *,
    as_of: date,
    folder: Path,
    verdicts: Collection[str] = LISTED,
    name: str = "findings",
    on_progress: OnProgress = no_progress,
) -> Population:
    """Like ``engine.judge_population``, with a plan for "pyspark": everybody in one go, shared out by Spark.

    ``folder`` takes the findings; tables ``name``, ``<name>_people`` and ``<name>_recheck`` of ``source``'s
    engine are views of them.
    """
    for table, files in source.files.items():
        _frame(session, table, files).createOrReplaceTempView(table)
    run = _Run(session, as_of, folder / name)
    people = run.rows(plan.people).persist()
    people.createOrReplaceTempView("people")
    try:
        run.find(plan, verdicts)
        people.select(*_PEOPLE).write.parquet(f"{run.folder}_people")
        if plan.recheck:
            run.recheck(plan.recheck)
        tiers = {row["tier"]: int(row["patients"]) for row in run.rows(_TIERS).collect()}
    finally:
        people.unpersist()
    population = Population(source.engine, name, tiers, sum(tiers.values()))
    _show(source.engine, name, run.folder)
    on_progress(population.patients, population.patients)
    return population


_TIERS = "SELECT tier, count(*) AS patients FROM people GROUP BY tier"


class _Run:
    """Statements of one plan on one day."""

    def __init__(self, session: Any, as_of: date, folder: Path) -> None:
        self.session, self.as_of, self.folder = session, as_of, folder

    def rows(self, statement: str) -> Any:
        if ":as_of" not in statement:
            return self.session.sql(statement)
        return self.session.sql(statement, args={"as_of": self.as_of})

    def find(self, plan: Plan, verdicts: Collection[str]) -> None:
        self._append(plan.findings[: plan.after], verdicts)
        for statement in plan.findings[plan.after :]:
            self.session.read.parquet(str(self.folder)).createOrReplaceTempView("part")
            self._append([statement], verdicts)

    def recheck(self, statements: Sequence[str]) -> None:
        days = _all([self.rows(one) for one in statements])
        first = days.groupBy("patient_id").agg({"recheck_on": "min"}).toDF("patient_id", "recheck_on")
        first.write.parquet(f"{self.folder}_recheck")

    def _append(self, statements: Sequence[str], verdicts: Collection[str]) -> None:
        found = [self._typed(self.rows(one)) for one in statements]
        _all(found).filter(_one_of("verdict", verdicts)).write.mode("append").parquet(str(self.folder))

    def _typed(self, rows: Any) -> Any:
        kinds = {"int64": "bigint", "int16": "smallint"}
        return rows.selectExpr(
            *(
                f"CAST({name} AS {kinds.get(str(kind), str(kind))}) AS {name}"
                for name, kind in FINDING.items()
            )
        )


def _frame(session: Any, name: str, files: TableFiles) -> Any:
    columns = [f"{one.name} {_KINDS[one.type]}" for one in SCHEMAS[name]]
    read = session.read.schema(", ".join(columns))
    rows = session.createDataFrame([], ", ".join(columns))
    if files.whole is not None:
        rows = read.parquet(str(files.whole))
        if files.replaced is not None:
            changed = session.read.parquet(str(files.replaced)).select("patient_id")
            rows = rows.join(changed, "patient_id", "left_anti").select(*SCHEMAS[name].names)
    return rows if files.new is None else rows.unionByName(read.parquet(str(files.new)))


def _all(frames: Sequence[Any]) -> Any:
    return reduce(lambda one, other: one.unionByName(other), frames)


def _one_of(column: str, words: Collection[str]) -> str:
    return f"{column} IN ({', '.join(repr(one) for one in sorted(words))})"


def _show(engine: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
    days = "patient_id BIGINT, recheck_on DATE"
    for suffix, columns in (("", COLUMNS), ("_people", PEOPLE_COLUMNS), ("_recheck", days)):
        path = Path(f"{folder}{suffix}")
        if any(path.glob("*.parquet")):
            quoted = str(path / "*.parquet").replace("'", "''")
            engine.execute(
                f"CREATE OR REPLACE TEMP VIEW \"{name}{suffix}\" AS SELECT * FROM read_parquet('{quoted}')"
            )
        elif path.exists():
            engine.execute(f'CREATE OR REPLACE TEMP TABLE "{name}{suffix}" ({columns})')

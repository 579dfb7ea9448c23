"""Runs a plan over a snapshot with DuckDB, a range of patients at a time.

Every rule looks at one patient, so ranges of patients can be taken one after the other: memory depends on
``patients_at_once``, not on the practice, and time grows with the rows. Stopped half way, nothing of it
stays: the tables are the engine's own and temporary.
"""

import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

import duckdb
import pyarrow.csv as pv

from .plan import FINDING, Plan
from .tables import Source

LISTED = ("open", "booked")
PATIENTS_AT_ONCE = 1_000_000
COLUMNS = ", ".join(f'"{name}" {kind}' for name, kind in FINDING.items())

PEOPLE_COLUMNS = "patient_id BIGINT, standing VARCHAR, last_attended_on DATE, tier VARCHAR"

# (patients judged so far, patients in all).
OnProgress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Population:
    """What was found: table ``name`` of the engine, and how many patients stand in each tier.

    The table has one row per finding: the columns of ``core.gaps.GapFinding`` but its steps, and
    ``value_cents``.
    """

    engine: duckdb.DuckDBPyConnection
    name: str
    tiers: dict[str, int] = field(default_factory=dict)
    patients: int = 0

    def csv(self, query: str) -> Iterator[bytes]:
        """The rows of ``query`` as blocks of CSV without a header; NULL is empty, empty text is quoted."""
        options = pv.WriteOptions(include_header=False)
        for batch in self.engine.sql(query).to_arrow_reader(50_000):
            block = io.BytesIO()
            pv.write_csv(batch, block, options)
            yield block.getvalue()


def judge_population(
    source: Source,
    plan: Plan,
    *,
    as_of: date,
    verdicts: Collection[str] = LISTED,
    name: str = "findings",
    patients_at_once: int = PATIENTS_AT_ONCE,
    on_progress: OnProgress = no_progress,
) -> Population:
    """Findings with one of ``verdicts`` for all patients of ``source``, as temporary table ``name``.

    Beside it stays ``<name>_people``: patient_id, standing (NULL when good), last_attended_on and tier of
    everybody; and with a plan that rechecks ``<name>_recheck``: patient_id, recheck_on.
    """
    engine = source.engine
    population = Population(engine, name)
    total = source.patients()
    engine.execute(f"SET VARIABLE as_of = DATE '{as_of.isoformat()}'")
    engine.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" ({COLUMNS})')
    engine.execute(f'CREATE OR REPLACE TEMP TABLE "{name}_people" ({PEOPLE_COLUMNS})')
    if plan.recheck:
        engine.execute(f'CREATE OR REPLACE TEMP TABLE "{name}_recheck" (patient_id BIGINT, recheck_on DATE)')
    for bounds in source.ranges(patients_at_once):
        source.show(bounds)
        _judge_range(population, plan, verdicts, f"BETWEEN {bounds[0]} AND {bounds[1]}" if bounds else "")
        on_progress(population.patients, total)
    engine.execute("DROP VIEW IF EXISTS part; DROP TABLE IF EXISTS people")
    return population


def _judge_range(population: Population, plan: Plan, verdicts: Collection[str], between: str) -> None:
    engine, name = population.engine, population.name
    chosen = ", ".join(f"'{one}'" for one in sorted(verdicts))
    engine.execute(f"CREATE OR REPLACE TEMP TABLE people AS {plan.people}")
    here = f"WHERE patient_id {between}" if between else ""
    engine.execute(f'CREATE OR REPLACE TEMP VIEW part AS SELECT * FROM "{name}" {here}')
    for statement in plan.findings:
        engine.execute(f'INSERT INTO "{name}" SELECT * FROM ({statement}) WHERE verdict IN ({chosen})')
    engine.execute(
        f'INSERT INTO "{name}_people" SELECT patient_id, standing, last_attended_on, tier FROM people'
    )
    if plan.recheck:
        days = " UNION ALL ".join(f"SELECT patient_id, recheck_on FROM ({one})" for one in plan.recheck)
        engine.execute(
            f'INSERT INTO "{name}_recheck" SELECT patient_id, min(recheck_on) FROM ({days}) GROUP BY 1'
        )
    _count_tiers(population)


def _count_tiers(population: Population) -> None:
    counted = population.engine.execute("SELECT tier, count(*) FROM people GROUP BY tier").fetchall()
    for tier, patients in counted:
        population.tiers[tier] = population.tiers.get(tier, 0) + patients
        population.patients += patients

"""Runs the expressions over a snapshot, a range of patients at a time.

Every rule looks at one patient, so ranges of patients can be taken one after the other: memory depends on
``patients_at_once``, not on the practice, and time grows with the rows.
"""

import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow.csv as pv
from ibis.backends.duckdb import Backend

from rebook.core.gaps import VERDICTS, GapDefinition, GapSettings

from .interval import interval_findings
from .operational import broken_findings, follow_up_findings, inactive_findings
from .tables import SnapshotTables, append, keep
from .wide import Vocabulary, wide

PATIENTS_AT_ONCE = 1_000_000
LISTED = ("open", "booked")
FINDING = ibis.schema(
    {
        "patient_id": "int64",
        "definition_key": "string",
        "kind": "string",
        "verdict": "string",
        "tier": "string",
        "risk_class": "int16",
        "visit_type": "string",
        "is_sensitive": "boolean",
        "anchor_on": "date",
        "due_on": "date",
        "overdue_on": "date",
        "interval_days": "int64",
        "location_id": "int64",
        "follow_up_id": "int64",
        "appointment_id": "int64",
        "value_cents": "int64",
    }
)


@dataclass(slots=True)
class Population:
    """What was found: a table of findings inside the engine, and how many patients stand in each tier."""

    engine: Backend
    name: str
    tiers: dict[str, int] = field(default_factory=dict)
    patients: int = 0

    @property
    def findings(self) -> ir.Table:
        """One row per finding; the columns of ``core.gaps.GapFinding`` but its steps, and ``value_cents``."""
        return self.engine.table(self.name)

    def csv(self, columns: Sequence[str], rows: ir.Table | None = None) -> Iterator[bytes]:
        """``columns`` of ``rows`` (all findings when left out) as blocks of CSV without a header."""
        chosen = (self.findings if rows is None else rows).select(*columns)
        options = pv.WriteOptions(include_header=False)
        for batch in chosen.to_pyarrow_batches(chunk_size=50_000):
            block = io.BytesIO()
            pv.write_csv(batch, block, options)
            yield block.getvalue()


def judge_population(
    engine: Backend,
    tables: SnapshotTables,
    definitions: Sequence[GapDefinition],
    *,
    as_of: date,
    settings: GapSettings,
    verdicts: Collection[str] = LISTED,
    patients_at_once: int = PATIENTS_AT_ONCE,
    name: str = "findings",
) -> Population:
    """Findings with one of ``verdicts`` for all patients of ``tables``, as table ``name`` of ``engine``.

    Verdicts other than open and booked are only worked out for interval rules.
    """
    population = Population(engine, name)
    keep(engine, name, _no_findings())
    for low, high in _ranges(tables.patients, patients_at_once):
        part = tables if low is None or high is None else tables.between(low, high)
        _judge_part(population, part, definitions, as_of, settings, verdicts)
    return population


def _ranges(patients: ir.Table, size: int) -> list[tuple[int | None, int | None]]:
    """First and last id of every ``size`` patients; one range without bounds when they are few."""
    if patients.count().execute() <= size:
        return [(None, None)]
    place = ibis.row_number().over(ibis.window(order_by=patients.patient_id))
    rows = patients.select("patient_id", part=place // size).group_by("part")
    bounds = rows.aggregate(low=ibis._.patient_id.min(), high=ibis._.patient_id.max()).order_by("low")
    columns = bounds.to_pyarrow()
    return list(zip(columns["low"].to_pylist(), columns["high"].to_pylist(), strict=True))


def _judge_part(
    population: Population,
    tables: SnapshotTables,
    definitions: Sequence[GapDefinition],
    as_of: date,
    settings: GapSettings,
    verdicts: Collection[str],
) -> None:
    engine = population.engine
    words = Vocabulary.of(definitions)
    rows = wide(tables, definitions, as_of=as_of, settings=settings)
    people = keep(engine, "people", rows)
    _count_tiers(population, people)
    part = keep(engine, "part", _no_findings())

    def add(found: ir.Table) -> None:
        found = found if set(verdicts) == set(VERDICTS) else found.filter(found.verdict.isin(verdicts))
        append(engine, "part", found.select(*FINDING.names))

    for number, one in enumerate(definitions):
        add(interval_findings(people, one, number=number, words=words, as_of=as_of, settings=settings))
    opened = part.filter(part.verdict == "open")
    covered = opened.filter(opened.follow_up_id.notnull()).select("follow_up_id")
    add(follow_up_findings(tables, people, covered, definitions=definitions, as_of=as_of, settings=settings))
    add(broken_findings(tables, people, definitions=definitions, as_of=as_of, settings=settings))
    add(inactive_findings(people, opened.select("patient_id"), as_of=as_of, settings=settings))
    append(engine, population.name, part)


def _no_findings() -> ir.Table:
    nothing = {name: ibis.null(kind) for name, kind in FINDING.items()}
    return ibis.range(0, 1).unnest().name("one").as_table().select(**nothing).limit(0)


def _count_tiers(population: Population, people: ir.Table) -> None:
    counted = people.group_by("tier").aggregate(patients=people.count()).to_pyarrow().to_pylist()
    for row in counted:
        population.tiers[row["tier"]] = population.tiers.get(row["tier"], 0) + row["patients"]
        population.patients += row["patients"]

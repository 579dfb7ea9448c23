"""The listings of a finished backtest, read back from their Parquet file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.csv as pv
import pyarrow.parquet as pq

COLUMNS = (
    "patient_id",
    "reason",
    "visit_type",
    "risk_class",
    "due_on",
    "first_on",
    "until_on",
    "back_on",
    "how",
)


@dataclass(frozen=True, slots=True)
class Listing:
    """One patient for one reason. ``until_on`` None: still listed at the end; ``how`` "" means not back."""

    patient_id: int
    reason: str
    visit_type: str
    risk_class: int
    due_on: date
    first_on: date
    until_on: date | None
    back_on: date | None
    how: str


def read(
    path: Path,
    *,
    setting: str,
    outcome: str = "",
    week_on: date | None = None,
    reason: str = "",
    limit: int = 200,
) -> tuple[tuple[Listing, ...], int]:
    """(the first ``limit`` listings that fit, how many fit), by first day and patient."""
    where, values = ["setting = $setting"], {"path": str(path), "setting": setting}
    if outcome:
        where.append("how = $how")
        values["how"] = "" if outcome == "none" else outcome
    if reason:
        where.append("reason = $reason")
        values["reason"] = reason
    given: dict[str, Any] = dict(values)
    if week_on is not None:
        where.append("first_on BETWEEN $week_on AND $week_end")
        given |= {"week_on": week_on, "week_end": week_on + timedelta(days=6)}
    fits = f"FROM read_parquet($path) WHERE {' AND '.join(where)}"
    with duckdb.connect() as engine:
        total = engine.execute(f"SELECT count(*) {fits}", given).fetchall()[0][0]
        rows = engine.execute(
            f"SELECT {', '.join(COLUMNS)} {fits} ORDER BY first_on, patient_id, reason LIMIT {int(limit)}",
            given,
        ).fetchall()
    return tuple(Listing(*row) for row in rows), int(total)


def csv(path: Path) -> Iterator[bytes]:
    """The whole file as CSV, a block at a time, the header first."""
    with pq.ParquetFile(path) as file:
        names = [name for name in file.schema_arrow.names if name != "key"]
        yield (",".join(names) + "\n").encode()
        for batch in file.iter_batches(batch_size=20_000, columns=names):
            block = BytesIO()
            pv.write_csv(batch, block, pv.WriteOptions(include_header=False))
            yield block.getvalue()

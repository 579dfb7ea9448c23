"""Judging many patients, by the engine that the settings name, and how much of it a day needs."""

import hashlib
import json
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings as django_settings

from rebook.analytics import gaps as engine
from rebook.analytics.snapshot_files import table_files
from rebook.core.gaps import GapDefinition, GapSettings
from rebook.core.gaps.codes import NO_CODES
from rebook.records.read.gaps import SnapshotView
from rebook.records.read.outlook import Round

LISTED = ("open", "booked")
# Everybody is judged at least this often, whatever the changes say.
FULL_EVERY_DAYS = 7
# Of everybody judged: tier, gaps that a coming appointment closes, and when to look again.
OUTLOOK = """
SELECT p.patient_id, p.tier, coalesce(b.booked, 0) AS booked, r.recheck_on FROM findings_people p
LEFT JOIN (SELECT patient_id, count(*) AS booked FROM findings WHERE verdict = 'booked' GROUP BY 1) b
    USING (patient_id)
LEFT JOIN findings_recheck r USING (patient_id)
"""


def needs_everybody(*, last: Round | None, snapshot: SnapshotView, as_of: date, rules_hash: str) -> bool:
    """Whether the last find says too little about the patients who did not change since.

    It does the first time, after other rules, on a full snapshot, for an earlier day, and after a week.
    """
    if last is None or snapshot.base_number is None or last.rules_hash != rules_hash:
        return True
    is_older = last.snapshot_number < snapshot.base_number or as_of < last.as_of
    return is_older or (as_of - last.full_on).days >= FULL_EVERY_DAYS


def changed_since(connection: duckdb.DuckDBPyConnection, *, directory: Path, number: int) -> engine.Source:
    """Of the increment in ``directory``: who changed after snapshot ``number``, or is due to be looked at."""
    source = engine.read_changed(connection, directory=directory)
    files = table_files(directory=directory)["patients"]
    assert files.replaced is not None
    changed = engine.parquet(files.replaced)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE to_judge AS SELECT patient_id FROM {changed}"
        " WHERE is_due OR changed_in > $number",
        {"number": number},
    )
    return source.narrowed("to_judge")


def answerable(settings: GapSettings, source: engine.Source) -> GapSettings:
    """Without value sets where the snapshot is too old to have codes: the answer is not known, never no."""
    return settings if source.has_codes else replace(settings, value_sets=NO_CODES)


def judge_all(
    source: engine.Source,
    definitions: tuple[GapDefinition, ...],
    settings: GapSettings,
    *,
    as_of: date,
    folder: Path,
    verdicts: Collection[str] = LISTED,
    preferred: engine.Preferred = None,
    on_progress: engine.OnProgress = engine.no_progress,
) -> engine.Population:
    """Open and booked findings of everybody in ``source``, by the engine that the settings name.

    Tables ``findings``, ``findings_people`` and ``findings_recheck`` of the source's DuckDB, whoever judged.
    Rows that are not in files are judged by DuckDB. Raises ``analytics.gaps.UnableToUseSpark``.
    """
    is_spark = django_settings.POPULATION_ENGINE == "spark" and bool(source.files)
    dialect = "pyspark" if is_spark else "duckdb"
    plan = engine.compile_plan(definitions, settings, dialect=dialect, with_recheck=True, preferred=preferred)
    asked: dict[str, Any] = {"as_of": as_of, "verdicts": verdicts, "on_progress": on_progress}
    if not is_spark:
        return engine.judge_population(source, plan, **asked)
    session = engine.spark_session(address=django_settings.SPARK_ADDRESS)
    return engine.judge_on_spark(session, source, plan, folder=folder, **asked)


@contextmanager
def population_engine() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """(DuckDB, an empty directory beside the snapshots, which Spark's workers can see as well).

    What does not fit into memory goes to the disk; all of it is gone in the end.
    """
    root = Path(django_settings.SNAPSHOT_DIRECTORY)
    root.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=root, prefix=".found-") as folder,
        engine.connect(spill=root / ".spill") as connection,
    ):
        yield connection, Path(folder)


def hash_of_rules(definitions: tuple[GapDefinition, ...], settings: GapSettings) -> str:
    """SHA-256 of all that decides an answer besides the facts and the day."""
    content = json.dumps([version("rebook"), _plain(definitions), _plain(settings)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(one) for one in value), key=repr)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return str(value)

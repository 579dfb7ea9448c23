"""The tables criteria are asked of: events, their codes, readings and references, and the value sets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from rebook.core.criteria import OWN_WORDS, WHOLE_SET, Event, History, ValueSets

_ID, _WORD, _FLAG, _TIME = pa.int64(), pa.string(), pa.bool_(), pa.timestamp("us")

# Instants are UTC without a zone; ``*_at`` is the earliest, ``*_by`` the latest possible (``core.criteria``).
SCHEMAS: Mapping[str, pa.Schema] = {
    "people": pa.schema([("patient_id", _ID), ("birth_on", pa.date32()), ("sex", _WORD)]),
    "events": pa.schema(
        [
            ("patient_id", _ID),
            # Unique over all patients, and rising in the order of the source within each.
            ("event_id", _ID),
            ("kind", _WORD),
            # The clinic's own word for it, where it has one: what codes are to the others.
            ("word", _WORD),
            ("starts_at", _TIME),
            ("starts_by", _TIME),
            ("ends_at", _TIME),
            ("ends_by", _TIME),
            ("recorded_at", _TIME),
            ("recorded_by", _TIME),
            ("status", _WORD),
            ("intent", _WORD),
            ("is_not_done", _FLAG),
            ("has_value", _FLAG),
            ("source_id", _WORD),
        ]
    ),
    "codes": pa.schema([("event_id", _ID), ("role", _WORD), ("system", _WORD), ("code", _WORD)]),
    "readings": pa.schema(
        [("event_id", _ID), ("system", _WORD), ("code", _WORD), ("number", pa.float64()), ("unit", _WORD)]
    ),
    "refs": pa.schema([("event_id", _ID), ("role", _WORD), ("target", _WORD)]),
    "value_sets": pa.schema([("canonical", _WORD), ("system", _WORD), ("code", _WORD)]),
}


@dataclass(frozen=True, slots=True)
class EventTables:
    """The tables as expressions of any backend."""

    people: ir.Table
    events: ir.Table
    codes: ir.Table
    readings: ir.Table
    refs: ir.Table
    value_sets: ir.Table


def event_tables() -> EventTables:
    """The tables by name, bound to no engine."""
    return EventTables(
        **{name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in SCHEMAS.items()}
    )


def event_arrow(histories: Mapping[int, History], value_sets: ValueSets) -> dict[str, pa.Table]:
    """Histories by patient id, and value sets, as the Arrow tables of ``SCHEMAS``."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    number = 0
    for patient_id, history in histories.items():
        rows["people"].append({"patient_id": patient_id, "birth_on": history.birth_on, "sex": history.sex})
        for event in sorted(history.events, key=lambda one: one.id):
            number += 1
            _add(rows, event, patient_id=patient_id, event_id=number)
    rows["value_sets"] = [
        {"canonical": canonical, "system": system, "code": code}
        for canonical, codes in value_sets.items()
        for system, code in (*codes, (WHOLE_SET, canonical))
    ]
    return {name: pa.Table.from_pylist(found, schema=SCHEMAS[name]) for name, found in rows.items()}


def _add(rows: dict[str, list[dict[str, Any]]], event: Event, *, patient_id: int, event_id: int) -> None:
    rows["events"].append(
        {
            "patient_id": patient_id,
            "event_id": event_id,
            "kind": event.kind,
            "word": _word(event),
            **_times(event),
            "status": event.status,
            "intent": event.intent,
            "is_not_done": event.is_not_done,
            "has_value": event.has_value,
            "source_id": event.source_id,
        }
    )
    here = {"event_id": event_id}
    rows["codes"] += ({**here, "role": x.role, "system": x.system, "code": x.code} for x in event.codes)
    rows["readings"] += (
        {**here, "system": x.system, "code": x.code, "number": x.number, "unit": x.unit}
        for x in event.readings
    )
    rows["refs"] += ({**here, "role": role, "target": target} for role, target in event.references)


def _word(event: Event) -> str:
    return next((one.code for one in event.codes if one.role == "code" and one.system == OWN_WORDS), "")


def _times(event: Event) -> dict[str, datetime | None]:
    span, recorded = event.span, event.recorded
    return {
        "starts_at": _naive(span.starts_at) if span else None,
        "starts_by": _naive(span.starts_by) if span else None,
        "ends_at": _naive(span.ends_at) if span else None,
        "ends_by": _naive(span.ends_by) if span else None,
        "recorded_at": _naive(recorded.starts_at) if recorded else None,
        "recorded_by": _naive(recorded.starts_by) if recorded else None,
    }


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def show(engine: Any, tables: Mapping[str, pa.Table], *, names: Iterable[str] = tuple(SCHEMAS)) -> None:
    """Make Arrow tables visible to a DuckDB connection under their names."""
    for name in names:
        engine.register(name, tables[name])

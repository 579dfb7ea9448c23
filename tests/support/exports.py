"""Exports as files: what a source says about them, taken apart into facts and rejects."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rebook.core.facts import Fact, Placed, ReadProgress, Reject
from rebook.sources import csv, fhir
from rebook.sources.base import Item

CHICAGO = ZoneInfo("America/Chicago")

# One row: a patient, an appointment, and a visit when it was kept.
DIARY = """
time_zone = "America/Chicago"
region = "US"

[[table]]
files = "*.csv*"

[table.patient]
external_id = "patient"
given_name = "given"
family_name = "family"
birth_on = { age = "age", at = "day" }

[[table.patient.contacts]]
system = "phone"
value = "phone"
use = "mobile"

[[table.patient.consents]]
channel = "sms"
column = "sms"

[table.appointment]
external_id = "id"
patient_id = "patient"
status = { column = "status", words = { kept = "fulfilled", missed = "noshow", planned = "booked" } }
starts_at = "day"
booked_at = "booked"

[table.visit]
when = { column = "status", is = ["kept"] }
external_id = "id"
patient_id = "patient"
started_at = "day"
"""
DIARY_HEADER = "id,patient,given,family,age,phone,sms,status,booked,day"


@dataclass
class Read:
    """Everything one pass yielded."""

    placed: list[Placed] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    progress: list[ReadProgress] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)

    def facts(self, kind: type | None = None) -> list[Fact]:
        return [one.fact for one in self.placed if kind is None or isinstance(one.fact, kind)]

    def one(self, kind: type) -> Any:
        (fact,) = self.facts(kind)
        return fact

    def places(self) -> list[tuple[int, str, str]]:
        """(line, field, reason) of every reject."""
        return [(one.line, one.field, one.reason) for one in self.rejects]


def collect(items: Iterable[Item]) -> Read:
    read = Read()
    for item in items:
        if isinstance(item, Placed):
            read.placed.append(item)
        elif isinstance(item, Reject):
            read.rejects.append(item)
        else:
            read.progress.append(item)
    read.ignored = dict(getattr(items, "ignored", {}))
    return read


def diary_row(number: int, **cells: str) -> str:
    """One row under DIARY_HEADER; the day after the booking, kept, unless ``cells`` say otherwise."""
    values = {
        "id": f"a{number}",
        "patient": f"p{number}",
        "given": "Rosa",
        "family": f"Test{number}",
        "age": "40",
        "phone": "312-555-0123",
        "sms": "yes",
        "status": "kept",
        "booked": "2026-02-01 10:00",
        "day": "2026-02-02 09:00",
    } | cells
    return ",".join(values[name] for name in DIARY_HEADER.split(","))


def diary(*rows: str) -> str:
    return "\n".join((DIARY_HEADER, *rows)) + "\n"


def write(path: Path, content: str | bytes, *, encoding: str = "utf-8") -> Path:
    """Write ``content``; compressed when the name ends in .gz."""
    data = content if isinstance(content, bytes) else content.encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def read_csv(folder: Path, content: str | bytes, *, mapping: str = DIARY, name: str = "diary.csv") -> Read:
    """What the CSV source makes of one file with ``content``."""
    file = write(folder / name, content)
    mapping_file = write(folder / "mapping.toml", mapping)
    return collect(csv.CsvReader([file], csv.load_mapping(mapping_file), clock=CHICAGO))


def ndjson(*resources: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def read_fhir(folder: Path, content: bytes, *, mapping: str = "", name: str = "export.ndjson") -> Read:
    """What the FHIR source makes of one file with ``content``."""
    file = write(folder / name, content)
    meanings = fhir.load_mapping(write(folder / "codes.toml", mapping)) if mapping else None
    return collect(fhir.FhirReader([file], meanings, clock=CHICAGO))


def patient(identity: str = "p1", **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": identity, "birthDate": "1980-05-17", **elements}


def encounter(identity: str = "e1", patient: str = "Patient/p1", **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": identity,
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": patient},
        "period": {"start": "2026-01-05T09:00:00-06:00"},
        **elements,
    }

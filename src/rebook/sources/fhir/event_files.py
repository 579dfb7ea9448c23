"""FHIR exports as histories, patient by patient: a Bundle per patient and line, or one file per type.

A Bundle of one patient is read and forgotten. Single resources, as a bulk export has them, are held until
the last file is read, since one patient's lie in many: as much memory as the export is large.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from rebook.sources.base import UnableToRead, find_files
from rebook.sources.fhir.events import PatientEvents, patient_events
from rebook.sources.streams import UnableToReadOn, byte_lines, opened

LINE_LIMIT = 64 * 1024 * 1024
_LINES = re.compile(r"\.(ndjson|jsonl)(\.gz)?$", re.IGNORECASE)
_LOG = re.compile(r"(^|/)log[^/]*$", re.IGNORECASE)
_OWNERS = ("subject", "patient", "beneficiary", "for")

Json = dict[str, Any]


class PatientFiles:
    """One pass over ``paths``. ``rejects`` are lines that cannot be read; ``ignored`` what was passed over.

    Raises UnableToRead when there is no FHIR file (.ndjson or .jsonl, plain or .gz) among the paths.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.rejects: list[str] = []
        self.ignored: Counter[str] = Counter()
        found = find_files(paths)
        self._files = [one for one in found if _LINES.search(one.name) and not _LOG.search(one.name)]
        if not self._files:
            raise UnableToRead("no .ndjson or .jsonl file (plain or .gz) among the paths")
        self._by_patient: dict[str, list[Json]] = {}
        self._medications: list[Json] = []

    def __iter__(self) -> Iterator[PatientEvents]:
        for file in self._files:
            try:
                with opened(file) as content:
                    for number, line in byte_lines(content, limit=LINE_LIMIT):
                        yield from self._line(f"{file.name}:{number}", line)
            except UnableToReadOn as error:
                self.rejects.append(f"{file.name}: {error}")
        for resources in self._by_patient.values():
            if any(one.get("resourceType") == "Patient" for one in resources):
                yield self._counted(patient_events([*resources, *self._medications]))
            else:
                self.ignored["a patient of whom there is no Patient resource"] += 1

    def _line(self, place: str, line: bytes | None) -> Iterator[PatientEvents]:
        if line is not None and not line.strip():
            return
        try:
            resource = None if line is None else msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            resource = None
        if not isinstance(resource, dict):
            self.rejects.append(f"{place}: not JSON, broken off, or too long")
            return
        if resource.get("resourceType") != "Bundle":
            self._keep(resource)
            return
        resources = list(_entries(resource))
        patients = [one for one in resources if one.get("resourceType") == "Patient"]
        if len(patients) == 1:
            yield self._counted(patient_events(resources))
            return
        for one in resources:
            self._keep(one)

    def _keep(self, resource: Json) -> None:
        kind = resource.get("resourceType")
        if kind == "Medication":
            self._medications.append(resource)
            return
        owner = str(resource.get("id", "")) if kind == "Patient" else _owner(resource)
        if owner:
            self._by_patient.setdefault(owner, []).append(resource)
        else:
            self.ignored[f"{kind}: of no patient"] += 1

    def _counted(self, found: PatientEvents) -> PatientEvents:
        self.ignored += found.ignored
        return found


def _entries(bundle: Json) -> Iterator[Json]:
    for entry in bundle.get("entry") or []:
        resource = entry.get("resource") if isinstance(entry, Mapping) else None
        if isinstance(resource, dict):
            resource.setdefault("id", str(entry.get("fullUrl", "")).rpartition("/")[2].rpartition(":")[2])
            yield resource


def _owner(resource: Json) -> str:
    for name in _OWNERS:
        value = resource.get(name)
        if isinstance(value, Mapping) and value.get("reference"):
            return str(value["reference"]).rpartition("/")[2].rpartition(":")[2]
    return ""

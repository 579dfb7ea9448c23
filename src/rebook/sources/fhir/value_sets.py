"""Value sets from files an organisation supplies: expanded FHIR ValueSets, one per line or in a Bundle."""

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from rebook.core.criteria import ValueSets

_LINES = (".ndjson", ".jsonl")


class UnableToReadValueSets(ValueError):
    """A file that holds no value sets; says which line and why. Trying again does not help."""

    permanent = True


def read_value_sets(paths: Sequence[Path]) -> ValueSets:
    """Canonical address -> (system, code) pairs, of all files; several versions of one are joined.

    Raises UnableToReadValueSets for what is not FHIR JSON, and for a value set without its codes.
    """
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for path in paths:
        for line, resource in _resources(path):
            canonical, codes = _value_set(resource, f"{path.name}:{line}")
            found[canonical] = found.get(canonical, frozenset()) | codes
    return found


def _resources(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise UnableToReadValueSets(f"{path.name}: {error}") from None
    name = path.name.removesuffix(".gz")
    lines = content.splitlines() if name.endswith(_LINES) else [content]
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            resource = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise UnableToReadValueSets(f"{path.name}:{number}: not JSON, or broken off") from None
        entries = resource.get("entry") if isinstance(resource, dict) else None
        for one in entries if isinstance(entries, list) else [{"resource": resource}]:
            inner = one.get("resource")
            if not isinstance(inner, dict) or inner.get("resourceType") != "ValueSet":
                raise UnableToReadValueSets(f"{path.name}:{number}: not a ValueSet")
            yield number, inner


def _value_set(resource: Mapping[str, Any], place: str) -> tuple[str, frozenset[tuple[str, str]]]:
    canonical = str(resource.get("url") or "").partition("|")[0]
    if not canonical:
        raise UnableToReadValueSets(f"{place}: url: is missing")
    expansion = resource.get("expansion")
    if not isinstance(expansion, Mapping):
        raise UnableToReadValueSets(f"{place}: {canonical} is not expanded: its codes are missing")
    return canonical, frozenset(_codes(expansion.get("contains") or []))


def _codes(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in rows:
        if one.get("code"):
            yield str(one.get("system") or "-"), str(one["code"])
        yield from _codes(one.get("contains") or [])

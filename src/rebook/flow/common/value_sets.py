"""Value sets that the organisation supplies: read when a rule names one, and again when a file changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings as django_settings

from rebook.core.criteria import ValueSets
from rebook.core.gaps import GapDefinition
from rebook.core.gaps.codes import NO_CODES, CodeSets, asked_sets, not_loaded
from rebook.packs.gaps import missing_value_sets

SUFFIXES = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")

# Path, size in bytes and time of the last change in nanoseconds of each file.
Stamp = tuple[tuple[Path, int, int], ...]


@dataclass(frozen=True, slots=True)
class LoadedCodes:
    """What the rules ask for, as far as it is there; ``problems``: files that could not be read, and why."""

    codes: CodeSets = NO_CODES
    problems: tuple[str, ...] = ()


def loaded_codes(definitions: Iterable[GapDefinition]) -> LoadedCodes:
    """The value sets that ``definitions`` name, from ``REBOOK_VALUE_SETS``; no file is touched for none.

    A file that cannot be read takes nothing with it but its own sets.
    """
    names = asked_sets(expression for one in definitions for expression in one.expressions)
    return _chosen(names, _stamp(Path(django_settings.VALUE_SETS))) if names else LoadedCodes()


def lacking(definition: GapDefinition, loaded: LoadedCodes) -> tuple[str, ...]:
    """What the rule asks for that is not there: in words, with its place, and the files that were refused."""
    places = missing_value_sets(definition, loaded.codes)
    found = not_loaded(definition.expressions, loaded.codes)
    return (*found, *map(str, places), *loaded.problems) if found else ()


def _stamp(place: Path) -> Stamp:
    paths = sorted(place.iterdir()) if place.is_dir() else [place]
    found = []
    for path in paths:
        if path.is_file() and (path == place or path.name.endswith(SUFFIXES)):
            status = path.stat()
            found.append((path, status.st_size, status.st_mtime_ns))
    return tuple(found)


@lru_cache(maxsize=4)
def _chosen(names: frozenset[str], stamp: Stamp) -> LoadedCodes:
    sets, problems = _read(stamp)
    return LoadedCodes(CodeSets({name: sets[name] for name in names if name in sets}), problems)


@lru_cache(maxsize=1)
def _read(stamp: Stamp) -> tuple[ValueSets, tuple[str, ...]]:
    # Imported here: reading FHIR is heavy, and most practices have no value sets.
    from rebook.sources.fhir.value_sets import UnableToReadValueSets, read_value_sets

    found: dict[str, frozenset[tuple[str, str]]] = {}
    problems = []
    for path, _, _ in stamp:
        try:
            for canonical, codes in read_value_sets([path]).items():
                found[canonical] = found.get(canonical, frozenset()) | codes
        except UnableToReadValueSets as error:
            problems.append(str(error))
    return found, tuple(problems)

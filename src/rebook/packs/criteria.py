"""Quality measures from ``packs/measures``: criteria files that name value sets and include each other."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

from rebook.core.criteria import (
    BIRTH,
    PERIOD,
    POPULATIONS,
    Condition,
    Counted,
    Criteria,
    EventSet,
    Every,
    FlagIs,
    Measure,
    Window,
)

from .criteria_reading import TEST_KEYS, Reader
from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

MEASURES = PACKS / "measures"
SHARED = "value_sets"
KINDS = (
    *("visit", "condition", "procedure", "observation", "medication", "administration", "dispense"),
    *("statement", "immunization", "order", "device", "task", "communication", "report", "allergy"),
    *("coverage", "death"),
)
TOP = {
    "key",
    "version",
    "title",
    "source",
    "basis",
    "inverse",
    "include",
    "window",
    "set",
    "condition",
    "group",
}
REQUIRED = ("key", "version", "title", "source")
SET_KEYS = {"kind", "among", "minus", "pick", *TEST_KEYS}

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ValueSetUse:
    """A value set that a measure asks, and the line of its address."""

    canonical: str
    name: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class LoadedMeasure:
    measure: Measure
    value_sets: tuple[ValueSetUse, ...]

    def missing(self, known: Collection[str]) -> tuple[PackError, ...]:
        """An error for every value set that ``known`` (canonicals) does not have."""
        return tuple(
            PackError(one.file, one.line, one.name, f"value set {one.canonical} is missing")
            for one in self.value_sets
            if one.canonical not in known
        )


@dataclass(slots=True)
class _Library:
    """What has been read so far; every name with the table it stands in and the names it needs."""

    names: Mapping[str, str]
    errors: list[PackError] = field(default_factory=list)
    sets: dict[str, EventSet] = field(default_factory=dict)
    conditions: dict[str, Condition] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    places: dict[Name, Table] = field(default_factory=dict)
    needs: dict[Name, set[Name]] = field(default_factory=dict)
    value_sets: dict[Name, set[str]] = field(default_factory=dict)

    def keep(self, name: Name, reader: Reader) -> None:
        if name in self.places:
            reader.table.wrong("", f"{name[0]} '{name[1]}' is defined twice")
        self.places[name] = reader.table
        self.needs[name] = {self._resolved(one) for one in reader.named} - {("window", PERIOD)}
        self.value_sets[name] = set(reader.value_sets)

    @staticmethod
    def _resolved(name: Name) -> Name:
        kind, word = name
        if kind != "anchor":
            return name
        return ("window", PERIOD) if word in (PERIOD, BIRTH) else ("anchor", word)


def measure_keys(folder: Path = MEASURES) -> tuple[str, ...]:
    """The measures that come with Rebook: their files' names."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if path.stem.startswith("cms")))


@cache
def load_measure(key: str, *, folder: Path = MEASURES) -> LoadedMeasure:
    """The measure in ``<folder>/<key>.toml`` with all it includes.

    Raises PackInvalid with every error: unknown fields and names, phrases that say nothing, circles.
    """
    path = folder / f"{key}.toml"
    shared = folder / f"{SHARED}.toml"
    return read_measure(read_document(path), shared=read_document(shared), folder=folder)


def read_measure(document: Document, *, shared: Document, folder: Path = MEASURES) -> LoadedMeasure:
    """A measure from its document; ``shared`` holds ``[value_sets]``. Raises PackInvalid."""
    library = _Library(dict(shared.data.get("value_sets", {})))
    for one in (*_included(document, folder, library.errors), document):
        _read_file(one, library)
    top = Table(document, "", 0, document.data, library.errors)
    for name in REQUIRED:
        if name not in document.data:
            top.wrong(name, "is missing")
    groups, wanted = _groups(document, library)
    _check_names(library)
    if library.errors:
        raise PackInvalid(sorted(library.errors, key=lambda one: (one.file, one.line)))
    reached = _reached(wanted, library)
    measure = Measure(
        key=top.text("key"),
        version=top.text("version"),
        title=top.text("title"),
        source=top.text("source"),
        criteria=_pruned(library, reached),
        groups=groups,
        basis=cast(Any, top.text("basis", "patient", one_of=("patient", "event"))),
        is_inverse=bool(document.data.get("inverse", False)),
    )
    if library.errors:
        raise PackInvalid(library.errors)
    return LoadedMeasure(measure, _used(library, reached, shared))


def _included(document: Document, folder: Path, errors: list[PackError]) -> list[Document]:
    found = []
    for name in Table(document, "", 0, document.data, errors).words("include"):
        try:
            found.append(read_document(folder / f"{name}.toml"))
        except PackInvalid as error:
            errors += error.errors
    return found


def _read_file(document: Document, library: _Library) -> None:
    Table(document, "", 0, document.data, library.errors).only(TOP)

    def tables(kind: str) -> Iterable[tuple[str, Reader, Mapping[str, Any]]]:
        for name, data in dict(document.data.get(kind, {})).items():
            table = Table(document, f"{kind}.{name}", 0, data, library.errors)
            if isinstance(data, dict):
                yield name, Reader(table, library.names), data
            else:
                table.wrong("", f"write it as [{kind}.{name}]")

    for name, reader, data in tables("window"):
        reader.table.only({"from", "to", "open"})
        opens, closes = reader.point(data.get("from", "")), reader.point(data.get("to", "end of period"))
        library.windows[name] = Window(opens, closes, bool(data.get("open", False)))
        library.keep(("window", name), reader)
    for name, reader, data in tables("set"):
        library.sets[name] = _set(name, reader, data)
        library.keep(("set", name), reader)
    for name, reader, data in tables("condition"):
        library.conditions[name] = reader.condition(data)
        library.keep(("condition", name), reader)


def _set(name: str, reader: Reader, data: Mapping[str, Any]) -> EventSet:
    table = reader.table
    table.only(SET_KEYS)
    kind, among, minus = table.text("kind"), table.words("among"), table.words("minus")
    if bool(kind) == bool(among):
        table.wrong("kind", "name a kind, or the sets it is taken from as 'among'")
    if kind and kind not in KINDS:
        table.wrong("kind", f"must be one of {', '.join(KINDS)}")
    if minus and not among:
        table.wrong("minus", "goes with 'among'")
    reader.named |= {("set", one) for one in (*among, *minus)}
    test = reader.tests(data, is_top=True)
    if kind and "not_done" not in data:
        # What was refused or not done is only found by those who ask for it.
        test = Every((FlagIs("is_not_done", False), test))
    pick = reader.pick(data["pick"]) if "pick" in data else None
    return EventSet(name, kind, among, test, minus, pick)


def _groups(document: Document, library: _Library) -> tuple[tuple[Mapping[str, Condition], ...], set[Name]]:
    """The groups, and the names they start from. Of an event measure every population names a set."""
    rows = document.data.get("group", [])
    if not isinstance(rows, list) or not rows:
        library.errors.append(PackError(document.file, 0, "group", "is missing: write [[group]]"))
        return (), set()
    groups, wanted = [], set()
    for number, data in enumerate(rows):
        table = Table(document, "group", number, data, library.errors)
        table.only(set(POPULATIONS))
        if "initial_population" not in data:
            table.wrong("initial_population", "is missing")
        group: dict[str, Condition] = {}
        for name in POPULATIONS:
            if name in data:
                reader = Reader(table, library.names, key=name)
                group[name] = reader.condition(data[name])
                wanted |= reader.named
                is_event = document.data.get("basis") == "event" and name != "initial_population"
                if is_event and not isinstance(group[name], Counted):
                    table.wrong(name, 'of events names one set: { exists = "..." }')
        groups.append(group)
        name_of_group: Name = ("group", str(number))
        library.places[name_of_group] = table
        library.needs[name_of_group] = {library._resolved(one) for one in wanted} - {("window", PERIOD)}
    return tuple(groups), set(wanted)


def _check_names(library: _Library) -> None:
    for name, needed in library.needs.items():
        for kind, word in sorted(needed):
            if _target((kind, word)) not in library.places:
                what = "set" if kind == "anchor" else kind
                library.places[name].wrong("", f"there is no {what} '{word}'")
            elif kind == "anchor" and not _is_single(library.sets[word]):
                library.places[name].wrong("", f"set '{word}' picks no single event to count from")
    done: set[Name] = set()
    for name in library.needs:
        _walk(name, (), library, done)


def _is_single(wanted: EventSet) -> bool:
    return wanted.pick is not None and not wanted.pick.is_day


def _walk(name: Name, trail: tuple[Name, ...], library: _Library, done: set[Name]) -> None:
    if name in trail:
        circle = " > ".join(word for _, word in (*trail[trail.index(name) :], name))
        library.places[name].wrong("", f"goes round in a circle: {circle}")
        done.update(trail)
    if name in done or name not in library.needs:
        return
    for needed in sorted(library.needs[name]):
        _walk(_target(needed), (*trail, name), library, done)
    done.add(name)


def _target(name: Name) -> Name:
    return ("set", name[1]) if name[0] == "anchor" else name


def _reached(wanted: set[Name], library: _Library) -> set[Name]:
    found: set[Name] = set()
    left = [library._resolved(one) for one in wanted]
    while left:
        name = _target(left.pop())
        if name not in found and name in library.needs:
            found.add(name)
            left += library.needs[name]
    return found


def _pruned(library: _Library, reached: set[Name]) -> Criteria:
    return Criteria(
        sets={name: one for name, one in library.sets.items() if ("set", name) in reached},
        conditions={name: one for name, one in library.conditions.items() if ("condition", name) in reached},
        windows={name: one for name, one in library.windows.items() if ("window", name) in reached},
    )


def _used(library: _Library, reached: set[Name], shared: Document) -> tuple[ValueSetUse, ...]:
    names = sorted({one for name in reached for one in library.value_sets[name]})
    return tuple(
        ValueSetUse(library.names[one], one, shared.file, shared.line_of("value_sets", 0, one))
        for one in names
    )

"""From one row to its facts: each entity of the table in turn, up to the first that cannot be had."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from nameparser import HumanName

from rebook.core.facts import Fact
from rebook.sources.checks import inconsistency
from rebook.sources.csv.cells import Cell, Cells, Header, age_reader, label, text_reader, value_reader
from rebook.sources.csv.contacts import Soft
from rebook.sources.csv.fields import FACTS
from rebook.sources.csv.people import people_parts
from rebook.sources.csv.shape import CsvMapping, Entity, Table, When
from rebook.sources.csv.values import BadValue


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row. With ``taken`` it cost one field, else this fact and those after it."""

    entity: str
    column: str
    reason: str
    taken: bool = False


class EntityReader:
    """One entity of one table, bound to the columns of one file. Raises MissingColumn."""

    def __init__(
        self, entity: Entity, header: Header, mapping: CsvMapping, formats: tuple[str, ...], clock: ZoneInfo
    ) -> None:
        self.name = entity.name
        self._make, kinds = FACTS[entity.name]
        self._cells: list[Cell] = []
        self._durations: list[Cell] = []
        self._dates_only: set[str] = set()
        for name, field in entity.fields.items():
            kind = kinds[name]
            if field.age:
                read = age_reader(field, header, mapping, formats, clock)
                # The reader wants the whole row: text and value are one.
                self._cells.append(_AgeCell(name, field.age, kind, str, str, read))
                continue
            text = text_reader(field, header, mapping.empty)
            value: Callable[[str], Any] = value_reader(field, kind, mapping, formats, clock)
            if field.unit in ("minutes", "seconds"):
                self._durations.append(Cell(name, label(field), kind, text, partial(_length, field.unit)))
                continue
            if field.date_only:
                self._dates_only.add(name)
            self._cells.append(Cell(name, label(field), kind, text, value))
        self._columns = {cell.name: cell.column for cell in self._cells + self._durations}
        self._required = [name for name, kind in kinds.items() if kind.is_required]
        self._applies = _when(entity.when, header, mapping)
        self._people = people_parts(entity, header, mapping, formats, clock)

    def read(self, cells: Cells, problems: list[Problem]) -> Fact | None:
        """The fact, or None when the row gives none; then ``problems`` says why, if it should have."""
        if not self._applies(cells):
            return None
        values: dict[str, Any] = {}
        for cell in self._cells:
            try:
                value = cell.read(cells)
            except BadValue as error:
                column = error.column or cell.column
                problems.append(Problem(self.name, column, str(error), taken=cell.kind.is_soft))
                if not cell.kind.is_soft:
                    return None
                continue
            if value is not None:
                values[cell.name] = value
        for name in self._required:
            if name not in values:
                problems.append(Problem(self.name, self._columns[name], "there is no value"))
                return None
        return self._finished(cells, values, problems)

    def _finished(self, cells: Cells, values: dict[str, Any], problems: list[Problem]) -> Fact | None:
        """What needs other values of the row: durations, full names, contacts, sense."""
        try:
            for cell in self._durations:
                length = cell.read(cells)
                if length is not None and "starts_at" in values:
                    values[cell.name] = _later(values["starts_at"], length)
            full_name = values.pop("full_name", "")
            if full_name:
                name = HumanName(full_name)
                values.setdefault("given_name", " ".join(filter(None, (name.first, name.middle))))
                values.setdefault("family_name", " ".join(filter(None, (name.last, name.suffix))))
            soft: Soft = []
            values |= self._people(cells, soft)
            problems += [Problem(self.name, column, reason, taken=True) for column, reason in soft]
        except BadValue as error:
            problems.append(Problem(self.name, "", str(error)))
            return None
        if self.name in ("location", "practitioner"):
            values.setdefault("name", "")
        fact: Fact = self._make(**values)
        wrong = inconsistency(fact, has_time="starts_at" not in self._dates_only)
        if wrong:
            problems.append(Problem(self.name, self._columns.get(wrong.field, wrong.field), wrong.reason))
            return None
        return fact


class RowReader:
    """Every entity of one table, bound to one file."""

    def __init__(self, table: Table, header: Header, mapping: CsvMapping, clock: ZoneInfo) -> None:
        formats = tuple(table.formats)
        self._entities = [EntityReader(one, header, mapping, formats, clock) for one in table.entities]

    def read(self, cells: Cells) -> Iterator[Fact | Problem]:
        """The row's facts. One that cannot be had ends the row: what follows would lean on it."""
        for entity in self._entities:
            problems: list[Problem] = []
            fact = entity.read(cells, problems)
            yield from problems
            if fact is not None:
                yield fact
            elif problems:
                return


@dataclass(frozen=True, slots=True)
class _AgeCell(Cell):
    whole: Callable[[Cells], Any]

    def read(self, cells: Cells) -> Any:
        return self.whole(cells)


def _later(instant: datetime, length: timedelta) -> datetime:
    try:
        return instant + length
    except OverflowError:
        raise BadValue("it lasts beyond the calendar") from None


def _length(unit: str, text: str) -> timedelta:
    try:
        number = float(text.replace(",", "."))
        length = timedelta(**{unit: number})
    except (ValueError, OverflowError):
        raise BadValue("not a number of " + unit) from None
    if length < timedelta(0):
        raise BadValue("a duration below zero")
    return length


def _when(when: When | None, header: Header, mapping: CsvMapping) -> Callable[[Cells], bool]:
    if when is None:
        return lambda cells: True
    index = header.index(when.column)
    wanted = {word.casefold() for word in when.is_}
    unwanted = {word.casefold() for word in when.is_not} | (
        set() if wanted else {word.casefold() for word in mapping.empty}
    )

    def applies(cells: Cells) -> bool:
        word = cells[index].strip().casefold()
        return word in wanted if wanted else word not in unwanted

    return applies

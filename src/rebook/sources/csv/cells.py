"""From a mapping's field and a file's header to a function that reads the value out of a row."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rebook.sources.csv.fields import FieldKind
from rebook.sources.csv.shape import CsvMapping, Field
from rebook.sources.csv.values import (
    BadValue,
    birth_from_age,
    cell_text,
    cents,
    count,
    currency_cents,
    day_of,
    identifier,
    instant_of,
    key_of,
    moment,
)
from rebook.sources.languages import language_tag

Cells = Sequence[str]
_HOLE = re.compile(r"\{([^{}]+)\}")


class MissingColumn(Exception):
    """The file lacks a column that the mapping names."""


@dataclass(frozen=True, slots=True)
class Header:
    """Column names as they stand in the file; found without regard to case and spaces around them."""

    names: tuple[str, ...]

    def index(self, name: str) -> int:
        exact = [index for index, one in enumerate(self.names) if one == name]
        near = [index for index, one in enumerate(self.names) if one.casefold() == name.strip().casefold()]
        found = exact or near
        if not found:
            raise MissingColumn(name)
        if len(found) > 1:
            raise MissingColumn(f"{name} (the file has it {len(found)} times)")
        return found[0]

    def has(self, name: str) -> bool:
        return any(one.casefold() == name.strip().casefold() for one in self.names)


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one entity, ready to be read from rows. ``column`` names it in rejects."""

    name: str
    column: str
    kind: FieldKind
    text: Callable[[Cells], str]
    value: Callable[[str], Any]

    def read(self, cells: Cells) -> Any:
        """The value, or None when the cell is empty. Raises BadValue."""
        text = self.text(cells)
        return self.value(text) if text else None


def text_reader(field: Field, header: Header, empty: frozenset[str]) -> Callable[[Cells], str]:
    """A function from a row to the field's text; empty words of the mapping are no text."""
    if field.constant is not None:
        constant = str(field.constant)
        return lambda cells: constant
    if field.template:
        holes = {name: column_text(name, header, empty) for name in _HOLE.findall(field.template)}
        return lambda cells: _HOLE.sub(lambda hole: holes[hole[1]](cells), field.template)
    if field.columns:
        parts = [column_text(name, header, empty) for name in field.columns]
        return lambda cells: " ".join(filter(None, (part(cells) for part in parts)))
    return column_text(field.column or field.age, header, empty)


def column_text(name: str, header: Header, empty: frozenset[str]) -> Callable[[Cells], str]:
    index = header.index(name)

    def read(cells: Cells) -> str:
        text = cell_text(cells[index])
        return "" if text in empty else text

    return read


def label(field: Field) -> str:
    """What rejects call the field: the column a person can look at."""
    return field.column or " + ".join(field.columns) or field.age or field.template or "constant"


def value_reader(
    field: Field, kind: FieldKind, mapping: CsvMapping, formats: tuple[str, ...], clock: ZoneInfo
) -> Callable[[str], Any]:
    """A function from the field's text to its value; raises BadValue."""
    formats = tuple(field.formats) or formats
    words = {word.casefold(): ours for word, ours in field.words.items()}

    def day(text: str) -> date:
        return day_of(moment(text, formats), clock)

    # Many rows share a day or a time of day.
    @lru_cache(maxsize=50_000)
    def instant(text: str) -> datetime:
        read = moment(text, formats)
        return instant_of(day_of(read, clock) if field.date_only else read, clock)

    def word(text: str) -> str:
        ours = words.get(text.casefold(), field.other)
        if ours is None and text.casefold() in kind.words:
            return text.casefold()
        if ours is None:
            raise BadValue("the word is not in the mapping's words")
        return ours

    def yes_no(text: str) -> bool:
        text = words.get(text.casefold(), text).casefold()
        if text in mapping.yes:
            return True
        if text in mapping.no:
            return False
        raise BadValue("neither yes nor no")

    def key(text: str) -> str:
        return word(text) if words or field.other is not None else key_of(text)

    def language(text: str) -> str:
        tag = words.get(text.casefold()) or language_tag(text) or field.other
        if not tag:
            raise BadValue("not a language that is known")
        return tag

    readers: dict[str, Callable[[str], Any]] = {
        "id": identifier,
        "text": lambda text: words.get(text.casefold(), text) if words else text,
        "day": day,
        "instant": instant,
        "word": word,
        "yes_no": yes_no,
        "cents": currency_cents if field.unit == "currency" else cents,
        "count": count,
        "key": key,
        "language": language,
        "zone": zone_name,
    }
    return readers[kind.kind]


def age_reader(
    field: Field, header: Header, mapping: CsvMapping, formats: tuple[str, ...], clock: ZoneInfo
) -> Callable[[Cells], date | None]:
    """A function from a row to an approximate birth date; raises BadValue."""
    age, at = (column_text(name, header, mapping.empty) for name in (field.age, field.at))
    formats = tuple(field.formats) or formats

    def read(cells: Cells) -> date | None:
        if not age(cells) or not at(cells):
            return None
        try:
            on = day_of(moment(at(cells), formats), clock)
        except BadValue as error:
            raise BadValue(str(error), column=field.at) from None
        return birth_from_age(age(cells), on)

    return read


def zone_name(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValue("not a time zone") from None

"""One number or address of a row, with how the practice got it, when, and what for (R-A4).

A word that nobody knows costs only itself, and counts against the number: doubt refuses.
"""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from rebook.core.facts import ContactFact
from rebook.core.outreach.number_source import read_scope, read_source
from rebook.sources.csv.cells import Cells, Header, column_text, label, text_reader, value_reader
from rebook.sources.csv.fields import FieldKind
from rebook.sources.csv.shape import Contact, CsvMapping, Field
from rebook.sources.csv.values import BadValue

# (column, reason) of what was left out of a row that was taken.
Soft = list[tuple[str, str]]
LONGEST_WORD = 40
_DAY = FieldKind("day", is_soft=True)


def contact_reader(
    contact: Contact, header: Header, mapping: CsvMapping, formats: tuple[str, ...], clock: ZoneInfo
) -> Callable[[Cells, Soft], ContactFact | None]:
    """A function from a row to the contact; None where the cell is empty. Raises MissingColumn."""
    value = column_text(contact.value, header, mapping.empty)
    source = _source(contact.number_source, header, mapping)
    given_on = _day(contact.given_on, header, mapping, formats, clock)
    given_for = _scope(contact.given_for, header, mapping)

    def read(cells: Cells, soft: Soft) -> ContactFact | None:
        text = value(cells)
        if not text:
            return None
        return ContactFact(
            contact.system,
            text,
            contact.use,
            contact.rank,
            source(cells, soft),
            given_on(cells, soft),
            given_for(cells, soft),
        )

    return read


def _field(given: str | Field) -> Field:
    return Field(column=given) if isinstance(given, str) else given


def _source(given: str | Field, header: Header, mapping: CsvMapping) -> Callable[[Cells, Soft], str]:
    if not given:
        return lambda cells, soft: mapping.number_source
    field = _field(given)
    text_of = text_reader(field, header, mapping.empty)
    words = {word.casefold(): ours for word, ours in field.words.items()}

    def read(cells: Cells, soft: Soft) -> str:
        text = text_of(cells)
        if not text:
            return mapping.number_source
        known = words.get(text.casefold(), field.other) or read_source(text)
        if known is None:
            soft.append((label(field), "nobody knows this word: taken as from somewhere else"))
            return "other"
        return known

    return read


def _day(
    given: str | Field, header: Header, mapping: CsvMapping, formats: tuple[str, ...], clock: ZoneInfo
) -> Callable[[Cells, Soft], date | None]:
    if not given:
        return lambda cells, soft: None
    field = _field(given)
    text_of = text_reader(field, header, mapping.empty)
    day_of = value_reader(field, _DAY, mapping, formats, clock)

    def read(cells: Cells, soft: Soft) -> date | None:
        text = text_of(cells)
        try:
            return day_of(text) if text else None
        except BadValue as error:
            soft.append((label(field), str(error)))
            return None

    return read


def _scope(
    given: str | Field, header: Header, mapping: CsvMapping
) -> Callable[[Cells, Soft], tuple[str, ...]]:
    if not given:
        return lambda cells, soft: ()
    field = _field(given)
    text_of = text_reader(field, header, mapping.empty)
    words = {word.casefold(): ours for word, ours in field.words.items()}

    def read(cells: Cells, soft: Soft) -> tuple[str, ...]:
        text = text_of(cells)
        said = read_scope(words.get(text.casefold(), text))
        if said is None:
            soft.append((label(field), "nobody knows what this allows: it allows nothing"))
            return (text[:LONGEST_WORD],)
        return said

    return read

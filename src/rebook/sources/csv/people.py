"""The parts of a patient that are lists: contacts, consents, and words that exclude or need care."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from rebook.core.facts import ConsentFact
from rebook.sources.csv.cells import Cells, Header, column_text, text_reader, value_reader
from rebook.sources.csv.contacts import Soft, contact_reader
from rebook.sources.csv.fields import FieldKind
from rebook.sources.csv.shape import ConsentColumn, CsvMapping, Entity, Field

_INSTANT = FieldKind("instant")


def people_parts(
    entity: Entity, header: Header, mapping: CsvMapping, formats: tuple[str, ...], clock: ZoneInfo
) -> Callable[[Cells, Soft], dict[str, Any]]:
    """A function from a row to the lists of a patient; nothing for other entities."""
    contacts = [contact_reader(one, header, mapping, formats, clock) for one in entity.contacts]
    consents = [_consent(one, header, mapping, formats, clock) for one in entity.consents]
    flags = [(one, header.index(one.column), {word.casefold() for word in one.is_}) for one in entity.flags]
    if not contacts and not consents and not flags:
        return lambda cells, soft: {}

    def read(cells: Cells, soft: Soft) -> dict[str, Any]:
        found = [flag for flag, index, words in flags if cells[index].strip().casefold() in words]
        return {
            "contacts": tuple(fact for contact in contacts if (fact := contact(cells, soft))),
            "consents": tuple(said for consent in consents if (said := consent(cells))),
            "exclusions": tuple(sorted({flag.exclusion for flag in found if flag.exclusion})),
            "sensitivity": tuple(sorted({flag.sensitivity for flag in found if flag.sensitivity})),
        }

    return read


def _consent(
    column: ConsentColumn, header: Header, mapping: CsvMapping, formats: tuple[str, ...], clock: ZoneInfo
) -> Callable[[Cells], ConsentFact | None]:
    text = column_text(column.column, header, mapping.empty)
    granted = {word.casefold() for word in column.granted} or mapping.yes
    revoked = {word.casefold() for word in column.revoked} or mapping.no
    field = Field(column=column.at) if isinstance(column.at, str) else column.at
    at_text = text_reader(field, header, mapping.empty) if field.column else lambda cells: ""
    at_value = value_reader(field, _INSTANT, mapping, formats, clock)

    def read(cells: Cells) -> ConsentFact | None:
        word = text(cells)
        if not word:
            return None
        # Doubt refuses: a word that is not a clear yes takes the permission away.
        state = "granted" if word.casefold() in granted and word.casefold() not in revoked else "revoked"
        at = at_text(cells)
        return ConsentFact(
            channel=column.channel,
            state="granted" if state == "granted" else "revoked",
            wording=f"{column.column}={word}",
            at=at_value(at) if at else None,
        )

    return read

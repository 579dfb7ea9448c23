"""Loading a CSV mapping file and checking it before a single row is read."""

import re
from pathlib import Path
from typing import Any

import msgspec

from rebook.sources.csv.encoding import is_encoding
from rebook.sources.csv.fields import CONTACT_FIELDS, ENTITIES, FACTS, FieldKind
from rebook.sources.csv.shape import Contact, CsvMapping, Entity, Field, MappingFile, Table, TableFile
from rebook.sources.mappings import decode_mapping, fault, number_source, zone

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


def load_mapping(path: Path) -> CsvMapping:
    """The mapping at ``path``, checked against what facts there are. Raises UnableToUseMapping."""
    read = decode_mapping(path, MappingFile)
    if not read.table:
        raise fault(path, "table", "there is no [[table]]")
    return CsvMapping(
        tables=[_table(path, read, table, f"table[{index}]") for index, table in enumerate(read.table)],
        zone=zone(path, read.time_zone),
        region=read.region,
        empty=frozenset(read.empty) | {""},
        yes=frozenset(word.casefold() for word in read.yes),
        no=frozenset(word.casefold() for word in read.no),
        number_source=number_source(path, read.number_source),
    )


def _table(path: Path, read: MappingFile, table: TableFile, key: str) -> Table:
    encoding = table.encoding or read.encoding
    if encoding and not is_encoding(encoding):
        raise fault(path, "encoding", f'there is no encoding "{encoding}"')
    delimiter = table.delimiter or read.delimiter
    if len(delimiter) > 1:
        raise fault(path, "delimiter", "it is one character")
    entities = []
    for name in ENTITIES:
        given: dict[str, Any] | list[dict[str, Any]] = getattr(table, name)
        if isinstance(given, dict):
            entities.append(_entity(path, name, given, f"{key}.{name}"))
        else:
            entities += [
                _entity(path, name, one, f"{key}.{name}[{index}]") for index, one in enumerate(given)
            ]
    if not entities:
        raise fault(path, key, "it gives nothing: name at least one of " + ", ".join(ENTITIES))
    return Table(
        files=table.files,
        encoding=encoding,
        delimiter=delimiter,
        formats=table.formats or read.formats,
        entities=entities,
    )


def _entity(path: Path, name: str, given: dict[str, Any], key: str) -> Entity:
    """One entity's table: every field known, every word one of ours, nothing needed left out."""
    _, known = FACTS[name]
    parts = {"when", "contacts", "consents", "flags"} if name == "patient" else {"when"}
    fields: dict[str, Field] = {}
    for field, value in given.items():
        if field in parts:
            continue
        if field not in known:
            raise fault(path, f"{key}.{field}", "there is no such field; there are " + ", ".join(known))
        fields[field] = _field(path, f"{key}.{field}", value, known[field])
    for field, kind in known.items():
        if kind.is_required and field not in fields:
            raise fault(path, key, f'"{field}" is missing')
    shape = {"name": name, "key": key, **{part: given[part] for part in parts if part in given}}
    try:
        entity = msgspec.convert(shape, Entity)
    except msgspec.ValidationError as error:
        raise fault(path, key, str(error).replace("`", '"').replace("$.", "")) from None
    contacts = [_contact(path, one, f"{key}.contacts[{index}]") for index, one in enumerate(entity.contacts)]
    return msgspec.structs.replace(entity, fields=fields, contacts=contacts)


def _contact(path: Path, contact: Contact, key: str) -> Contact:
    """A number's table: how it came in one of our words."""
    checked = {
        name: _field(path, f"{key}.{name}", given, kind)
        for name, kind in CONTACT_FIELDS.items()
        if (given := getattr(contact, name))
    }
    return msgspec.structs.replace(contact, **checked)


def _field(path: Path, key: str, value: Any, kind: FieldKind) -> Field:
    try:
        field = Field(column=value) if isinstance(value, str) else msgspec.convert(value, Field)
    except msgspec.ValidationError as error:
        raise fault(path, key, str(error).replace("`", '"').replace("$.", "")) from None
    sources = [field.column, field.columns, field.template, field.constant is not None, field.age]
    if sum(bool(source) for source in sources) != 1:
        raise fault(path, key, "say one of column, columns, template, constant or age")
    if bool(field.age) != bool(field.at):
        raise fault(path, key, "an age needs the date it was true at: age and at")
    units = {"cents": ("cents", "currency"), "instant": ("minutes", "seconds")}.get(kind.kind, ())
    if field.unit and field.unit not in units:
        raise fault(path, key, f'it has no unit "{field.unit}"')
    ours = [*field.words.values(), *([field.other] if field.other is not None else [])]
    if kind.kind in ("word", "key") and isinstance(field.constant, str):
        ours.append(field.constant)
    for word in ours:
        if kind.words and word not in (*kind.words, ""):
            raise fault(path, key, f'"{word}" is not one of our words: ' + ", ".join(kind.words))
        if kind.kind == "key" and word and not _KEY.fullmatch(word):
            raise fault(path, key, f'"{word}" is not a key: small letters, digits and _')
    return field

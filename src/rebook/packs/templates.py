"""Templates and their wording rules from ``messages/``: one table per text, one Liquid file per channel.

``messages/<language>/<key>.toml`` names the fields of each channel; ``<key>.<channel>.liquid`` is the body.
Every text is filled with long plausible values and checked as it would be before going out, so a text that
could not be sent does not load.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

from rebook.core.channel import ChannelKind
from rebook.core.outreach.lint import TemplateRole, Wording
from rebook.core.outreach.liquid_text import BadLiquid
from rebook.core.outreach.message import (
    FieldClass,
    RenderedMessage,
    Template,
    TemplateField,
    render,
    undeclared,
)
from rebook.core.outreach.phone_words import phone_among
from rebook.core.outreach.values import Purpose

from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document
from .looks import default_look
from .wordings import read_wording

FOLDER = PACKS / "messages"
# A postcard is a letter that everybody reads.
CHANNELS: tuple[str, ...] = (*get_args(ChannelKind), "postcard")
# What a card without an envelope may show (R-A105, R-A196).
POSTCARD_FIELDS = frozenset(
    {"practice_name", "first_name", "practice_phone", "site_name", "site_phone", "link", "opening_hours"}
)
_TOP = {"key", "about", "purpose", "role", "status", "is_generic", *CHANNELS}
_OF_CHANNEL = {"subject", "button", "required", "optional"}
Templates = Mapping[tuple[str, str, str], Template]


@cache
def templates() -> Templates:
    """Every shipped template by (key, channel, language); "postcard" is a channel here.

    Raises ``PackInvalid``.
    """
    return read_templates(FOLDER)


@cache
def wording(language: str) -> Wording:
    """The checks for texts of a language; English where there are none of its own."""
    path = FOLDER / language.partition("-")[0] / "wording.toml"
    return read_wording(read_document(path if path.exists() else FOLDER / "en" / "wording.toml"))


def sms_allowed(message: RenderedMessage) -> int:
    """How many SMS a campaign's text may take: half as many letters fit outside GSM-7."""
    return 1 if message.encoding == "gsm7" else 2


@cache
def known_fields() -> Mapping[str, Mapping[str, Any]]:
    """Every field that a text may use, by name, with class, meaning and a long value by language."""
    return read_fields(read_document(FOLDER / "fields.toml"))


def template_fields(
    *, required: Iterable[str], optional: Iterable[str], language: str
) -> tuple[TemplateField, ...]:
    """Fields by name for a text of a language. Raises ``KeyError`` for a name that is not known."""
    known = known_fields()
    return tuple(
        _field(name, known[name], language, is_required=is_required)
        for names, is_required in ((required, True), (optional, False))
        for name in names
    )


def read_templates(folder: Path) -> Templates:
    """Every template below a folder like ``messages/``. Raises ``PackInvalid`` with all that is wrong."""
    errors: list[PackError] = []
    found: dict[tuple[str, str, str], Template] = {}
    fields = read_fields(read_document(folder / "fields.toml"))
    for language in sorted(path.name for path in folder.iterdir() if path.is_dir()):
        try:
            words = read_wording(read_document(folder / language / "wording.toml"))
        except PackInvalid as invalid:
            errors += invalid.errors
            continue
        for path in sorted((folder / language).glob("*.toml")):
            if path.name in ("wording.toml", "second_look.toml"):
                continue
            try:
                for template in _of_file(read_document(path), path, language, fields, words):
                    found[template.key, template.place, template.language] = template
            except PackInvalid as invalid:
                errors += invalid.errors
    if errors:
        raise PackInvalid(errors)
    return found


def read_fields(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """The known fields by name, as tables with class, is_name and longest."""
    errors: list[PackError] = []
    found: dict[str, Mapping[str, Any]] = {}
    for number, value in enumerate(document.data.get("field", [])):
        table = Table(document, "field", number, value, errors)
        table.only({"name", "class", "is_name", "meaning", "longest"})
        name = table.text("name")
        if not name or name in found or not table.text("meaning"):
            table.wrong("name", "a field has a name of its own and a meaning")
        if not table.text("class", one_of=get_args(FieldClass)):
            table.wrong("class", "is required")
        table.by_language("longest")
        found[name] = value
    if errors:
        raise PackInvalid(errors)
    return found


def _of_file(
    document: Document,
    path: Path,
    language: str,
    fields: Mapping[str, Mapping[str, Any]],
    words: Wording,
) -> Iterator[Template]:
    """The templates of one table file. Raises ``PackInvalid``."""
    errors: list[PackError] = []
    top = Table(document, "", 0, document.data, errors)
    top.only(_TOP)
    if top.text("key") != path.stem:
        top.wrong("key", f"must be {path.stem}, like the file")
    made: list[Template] = []
    for channel in (name for name in CHANNELS if name in document.data):
        table = Table(document, channel, 0, document.data[channel], errors)
        table.only(_OF_CHANNEL)
        body = path.with_name(f"{path.stem}.{channel}.liquid")
        if not body.exists():
            table.wrong("", f"there is no {body.name}")
            continue
        short = path.with_name(f"{path.stem}.{channel}.short.liquid")
        is_card = channel == "postcard"
        template = Template(
            key=path.stem,
            channel=cast(ChannelKind, "letter" if is_card else channel),
            form="postcard" if is_card else "",
            language=language,
            body=body.read_text(encoding="utf-8").strip(),
            short_body=short.read_text(encoding="utf-8").strip() if short.exists() else "",
            subject=table.text("subject"),
            button=table.text("button"),
            purpose=top.text("purpose", "treatment_recall", one_of=get_args(Purpose)),
            role=cast(TemplateRole, top.text("role", "recall", one_of=get_args(TemplateRole))),
            is_generic=bool(document.data.get("is_generic", False)),
            status=top.text("status", "draft", one_of=("draft", "machine", "human_reviewed")),
            fields=tuple(_fields(table, fields, language)),
            wording=words,
            look=default_look() if channel == "email" else None,
        )
        errors += _trial(template, document, body)
        made.append(template)
    if errors:
        raise PackInvalid(errors)
    yield from made


def _fields(table: Table, known: Mapping[str, Mapping[str, Any]], language: str) -> Iterator[TemplateField]:
    for key, is_required in (("required", True), ("optional", False)):
        for name in table.words(key):
            spec = known.get(name)
            if spec is None:
                table.wrong(key, f"there is no field {name}; see fields.toml")
                continue
            yield _field(name, spec, language, is_required=is_required)


def _field(name: str, spec: Mapping[str, Any], language: str, *, is_required: bool) -> TemplateField:
    longest = spec.get("longest", {})
    value = longest.get(language, longest.get("en", ""))
    return TemplateField(
        name=name,
        field_class=spec["class"],
        is_required=is_required,
        longest=phone_among(value, language) if name.endswith("_phone") else value,
        is_name=bool(spec.get("is_name", False)),
    )


def _trial(template: Template, document: Document, body: Path) -> Iterator[PackError]:
    """What a patient with long values would get, and what is wrong with it."""
    name = f"{Path(document.file).parent.as_posix()}/{body.name}"
    try:
        strays = undeclared(template)
        if strays:
            yield PackError(name, 1, strays[0], "is used and not declared, or declared and not used")
            return
    except BadLiquid as bad:
        yield PackError(name, bad.line, "", bad.reason)
        return
    for stray in sorted({f.name for f in template.fields} - POSTCARD_FIELDS) if template.form else ():
        yield PackError(name, 1, stray, "may not stand on a postcard, which everybody reads")
    # As for the patient with every value, none left out for length, and as for the one with the fewest.
    every = replace(template, fields=tuple(replace(f, is_required=True) for f in template.fields))
    longest = {f.name: f.longest for f in template.fields}
    full = render(every, longest)
    fewest = render(template, {f.name: f.longest for f in template.fields if f.is_required})
    for problem in dict.fromkeys(full.problems + fewest.problems):
        yield PackError(name, 1, "", problem)
    # Campaign texts fit one SMS even with long values (R-D6); two in letters that take twice the room.
    if template.channel == "sms" and template.role == "recall" and full.segments > sms_allowed(full):
        yield PackError(name, 1, "", "does not fit one SMS with long values")

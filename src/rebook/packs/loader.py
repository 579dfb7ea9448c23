"""Reads a pack's TOML and says what is wrong in it: which file, which line, which field.

Whoever loads a kind of pack (gaps, templates, jurisdictions, lexicons) reads a ``Document``, checks its
tables with ``Table`` and raises one ``PackInvalid`` with everything that was found.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

PACKS = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class PackError:
    """One thing that is wrong. ``line`` counts from 1; 0 when the place is not known."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


class PackInvalid(Exception):
    """A pack cannot be used; ``errors`` says all that is wrong. Trying again does not help."""

    permanent = True

    def __init__(self, errors: Sequence[PackError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(one) for one in self.errors))


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file with its text, from which lines are found again (``tomllib`` keeps none)."""

    file: str
    text: str
    data: Mapping[str, Any]

    def line_of(self, header: str, number: int, key: str = "") -> int:
        """Line of ``key`` in the ``number``-th (from 0) table ``header``; the table's line when it has none.

        ``header`` is as written between the brackets ("gap", "gap.last"); empty for the top of the file.
        """
        wanted = re.compile(rf"^\s*\[\[?\s*{re.escape(header)}\s*\]\]?")
        any_header = re.compile(r"^\s*\[")
        entry = (
            re.compile(rf"^\s*(?:{re.escape(key)}|\"{re.escape(key)}\")(?:\.[\w-]+)*\s*=") if key else None
        )
        seen, start = (-1, 0) if header else (number, 1)
        for at, line in enumerate(self.text.splitlines(), start=1):
            if any_header.match(line):
                if start and seen == number:
                    break
                if header and wanted.match(line):
                    seen += 1
                    start = at if seen == number else start
            elif entry and start and seen == number and entry.match(line):
                return at
        return start


def read_document(path: Path) -> Document:
    """Parse ``path``. Raises ``PackInvalid`` when it is missing, not UTF-8 or not TOML."""
    name = path.relative_to(PACKS).as_posix() if path.is_relative_to(PACKS) else path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackInvalid([PackError(name, 0, "", "there is no such file")]) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise PackInvalid([PackError(name, line, "", "is not UTF-8")]) from None
    return parse_document(name, text)


def parse_document(name: str, text: str) -> Document:
    """Parse ``text``; ``name`` is what errors call it. Raises ``PackInvalid``."""
    try:
        return Document(name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1
        raise PackInvalid([PackError(name, line, "", reason)]) from None


@dataclass(slots=True)
class Table:
    """One table of a document. Readers note what is wrong in ``errors`` and go on with the default."""

    document: Document
    header: str
    number: int
    data: Mapping[str, Any]
    errors: list[PackError] = field(default_factory=list)

    def wrong(self, key: str, reason: str) -> None:
        line = self.document.line_of(self.header, self.number, key)
        self.errors.append(PackError(self.document.file, line, key, reason))

    def only(self, known: set[str]) -> None:
        """Note every key that is not known."""
        for key in self.data:
            if key not in known:
                self.wrong(key, "unknown field")

    def text(self, key: str, default: str = "", *, one_of: Sequence[str] = ()) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str):
            self.wrong(key, "wants text in quotes")
            return default
        if one_of and value not in one_of:
            self.wrong(key, f"must be one of {', '.join(one_of)}")
            return default
        return value

    def whole(self, key: str, default: int | None = None) -> int | None:
        value = self.data.get(key, default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            self.wrong(key, "wants a whole number")
            return default
        return value

    def number_of(self, key: str, default: int) -> int:
        value = self.whole(key, default)
        return default if value is None else value

    def flag(self, key: str, default: bool) -> bool:
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, "wants true or false")
            return default
        return value

    def words(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            self.wrong(key, "wants a list of words in quotes")
            return ()
        return tuple(value)

    def day(self, key: str) -> date | None:
        value = self.data.get(key)
        if value is not None and type(value) is not date:
            self.wrong(key, "wants a date like 2026-11-21, without quotes")
            return None
        return value

    def by_language(self, key: str) -> dict[str, str]:
        value = self.data.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            self.wrong(key, 'wants words by language, like { en = "...", es = "..." }')
            return {}
        return dict(value)

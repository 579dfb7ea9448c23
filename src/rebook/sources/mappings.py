"""Reading a mapping file: TOML into typed values, or an error with file, line and key."""

import re
import tomllib
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from rebook.core.outreach.number_source import read_source
from rebook.core.words import NUMBER_SOURCES
from rebook.sources.base import UnableToRead

M = TypeVar("M")


class UnableToUseMapping(UnableToRead):
    """The mapping file says something that cannot be; names file, line and key."""


def decode_mapping(path: Path, shape: type[M]) -> M:
    """The mapping at ``path`` as a ``shape``. Raises UnableToUseMapping."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return msgspec.convert(tomllib.loads(text), shape)
    except OSError as error:
        raise UnableToUseMapping(f"mapping {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UnableToUseMapping(f"mapping {path}: it is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise UnableToUseMapping(f"mapping {path}: {error}") from None
    except msgspec.ValidationError as error:
        raise fault(path, *_place(str(error))) from None


def fault(path: Path, key: str, problem: str) -> UnableToUseMapping:
    """The error for one key of the mapping, with the first line that holds its last part."""
    line = _line_of(path, key)
    place = f"{path}, line {line}" if line else str(path)
    return UnableToUseMapping(f"mapping {place}: {key + ': ' if key else ''}{problem}")


def zone(path: Path, name: str) -> ZoneInfo | None:
    """The time zone called ``name``; None when the mapping names none. Raises UnableToUseMapping."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise fault(
            path, "time_zone", f'there is no time zone "{name}" (use one like America/Chicago)'
        ) from None


def number_source(path: Path, word: str) -> str:
    """How the numbers of a source came, in our word. Raises UnableToUseMapping."""
    known = read_source(word)
    if known is None:
        words = ", ".join(one for one in NUMBER_SOURCES if one)
        raise fault(path, "number_source", f'"{word}" is not one of our words: {words}')
    return known


def _place(message: str) -> tuple[str, str]:
    """msgspec's "Expected ... - at `$.table[0].files`" as key and problem."""
    problem, found, path = message.partition(" - at `")
    key = path.rstrip("`").removeprefix("$").lstrip(".") if found else ""
    unknown = re.search(r"unknown field `(\w+)`", problem)
    if unknown:
        return (f"{key}.{unknown[1]}" if key else unknown[1]), "there is no such setting"
    return key, problem.replace("Object", "The table").replace("`", '"')


def _line_of(path: Path, key: str) -> int:
    """The line on which the last part of ``key`` stands; 0 when it cannot be told.

    "table[1].patient.sex" is the second [[table]]'s: earlier lines are passed over.
    """
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    start = 0
    for part in key.split("."):
        name, _, index = part.rstrip("]").partition("[")
        header = re.compile(rf"^\s*\[+(?:[\w.]+\.)?{re.escape(name)}\]+|^\s*\"?{re.escape(name)}\"?\s*=")
        passed = int(index) if index.isdigit() else 0
        for number in range(start, len(lines)):
            if header.match(lines[number]) or re.search(rf"\[[\w.]*\b{re.escape(name)}\]", lines[number]):
                if passed == 0:
                    start = number
                    break
                passed -= 1
    return start + 1 if key and lines else 0

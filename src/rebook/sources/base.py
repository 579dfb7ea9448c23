"""What every source shares: how it fails, which files it reads, what it yields."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rebook.core.facts import Placed, ReadProgress, Reject

Item = Placed | Reject | ReadProgress

# A reject's raw text is cut to this many characters.
RAW_LIMIT = 2_000


class UnableToRead(Exception):
    """Nothing was read: a path, a mapping or a whole layout is wrong. Trying again changes nothing."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class SourceFile:
    """``name`` is what people and rejects call it: relative to the folder that was given."""

    path: Path
    name: str


class Reader(Protocol):
    """One pass over the files: facts, rejects and progress, in the order of the input."""

    # What was skipped on purpose, by kind ("Observation") or by file.
    ignored: Counter[str]

    def __iter__(self) -> Iterator[Item]: ...


def find_files(paths: Sequence[Path]) -> list[SourceFile]:
    """The files meant by ``paths``: themselves, or everything below a folder, in order of name.

    Raises UnableToRead for a path that does not exist, cannot be read or holds nothing.
    """
    found: list[SourceFile] = []
    for path in paths:
        if path.is_file():
            found.append(SourceFile(path, path.name))
        elif path.is_dir():
            below = sorted(entry for entry in path.rglob("*") if entry.is_file())
            found += [
                SourceFile(one, one.relative_to(path).as_posix()) for one in below if _is_seen(one, path)
            ]
        else:
            raise UnableToRead(f"{path} does not exist")
    if not found:
        raise UnableToRead("there is no file in " + _listed(str(path) for path in paths))
    return found


def _is_seen(path: Path, folder: Path) -> bool:
    return not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "nothing"

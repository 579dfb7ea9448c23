"""Merges letters into one PDF (PDF/UA: tagged, with its language) and a list for whoever folds or mails."""

import csv
import io
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typst

from rebook.core.outreach.message_html import direction
from rebook.packs.letters import LetterForm, code_label, layout

Paper = Literal["us", "a4"]
COLUMNS = ("number", "code", "language", "line_1", "line_2", "line_3", "line_4", "line_5")


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """One letter: name and address by line, the words, and the day in words ("" leaves it out)."""

    code: str
    to: tuple[str, ...]
    body: str
    language: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, as it stands on the letter; it never names the service (R-A105)."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedBatch:
    """The files of a batch."""

    pdf: Path
    list: Path


class UnableToPrint(Exception):
    """The letters cannot be laid out; the message names no patient. Trying again does not help."""

    permanent = True
    is_for_people = True


def merge(
    letters: Sequence[PrintedLetter], *, form: LetterForm, sender: Sender, title: str, paper: Paper = "us"
) -> bytes:
    """One PDF of all letters in order. Raises ``UnableToPrint``."""
    return _laid_out(letters, form, sender, title, paper, "pdf")[0]


def pictures(
    letter: PrintedLetter, *, form: LetterForm, sender: Sender, paper: Paper = "us"
) -> tuple[bytes, ...]:
    """Every page of one letter as PNG. Raises ``UnableToPrint``."""
    return tuple(_laid_out([letter], form, sender, letter.code, paper, "png"))


def picture(letter: PrintedLetter, *, form: LetterForm, sender: Sender, paper: Paper = "us") -> bytes:
    """The first page of one letter as PNG, to be looked at. Raises ``UnableToPrint``."""
    return pictures(letter, form=form, sender=sender, paper=paper)[0]


def _laid_out(
    letters: Sequence[PrintedLetter],
    form: LetterForm,
    sender: Sender,
    title: str,
    paper: Paper,
    kind: Literal["pdf", "png"],
) -> list[bytes]:
    data = {
        "title": title,
        "paper": paper,
        "sender": {"name": sender.name, "lines": list(sender.lines)},
        "letters": [
            {
                "code": one.code,
                "to": list(one.to),
                "body": one.body,
                "language": one.language.partition("-")[0],
                "rtl": direction(one.language) == "rtl",
                "label": code_label(one.language),
                "date": one.date,
            }
            for one in letters
        ],
    }
    try:
        made = typst.compile(
            str(layout(form)),
            format=kind,
            ppi=80 if kind == "png" else None,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"] if kind == "pdf" else [],
        )
    except typst.TypstError as error:
        # The compiler's words name the place in the layout; its hints may quote what was laid out.
        raise UnableToPrint(f"the letters cannot be laid out: {str(error).splitlines()[0][:120]}") from None
    return [made] if isinstance(made, bytes) else list(made or ())


def write_batch(
    letters: Sequence[PrintedLetter],
    *,
    directory: Path,
    number: int,
    form: LetterForm,
    sender: Sender,
    paper: Paper = "us",
) -> PrintedBatch:
    """Write ``letters-0007.pdf`` and ``letters-0007.csv``; writing the same batch again gives the same files.

    Only the owner of the process may read them. Raises ``UnableToPrint``, ``OSError``.
    """
    name = f"{form}s-{number:04}"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    batch = PrintedBatch(directory / f"{name}.pdf", directory / f"{name}.csv")
    pdf = merge(letters, form=form, sender=sender, title=f"{name}, {sender.name}", paper=paper)
    _put(batch.pdf, pdf)
    _put(batch.list, _list(letters))
    return batch


def _list(letters: Sequence[PrintedLetter]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number, one in enumerate(letters, start=1):
        lines = [*map(_harmless, one.to), *[""] * 5][:5]
        writer.writerow([number, one.code, one.language, *lines])
    # Excel reads UTF-8 only with its mark.
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A name is never a formula, whatever program opens the list."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


def _put(path: Path, content: bytes) -> None:
    """The whole file or none of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

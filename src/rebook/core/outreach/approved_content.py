"""What a signature is given for, as parts that can be hashed, kept, and laid side by side when it changes."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
# Stands for whichever phrase; no text may hold it.
_PHRASE = "\x00"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of what is signed. ``key`` finds it again ("text/due_visit/sms/en", "audience", "step/2");
    ``title`` names it for people and ``text`` is what they read; ``data`` is the same in full, as hashed."""

    key: str
    title: str
    text: str
    data: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything one signature covers, in the order in which it is shown."""

    parts: tuple[Part, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of every part: changing, adding, taking away or swapping any voids the signature.

        Where a part has data its text only says it in words, which may be put better one day.
        """
        seen = [[one.key, one.data or one.text] for one in self.parts]
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()

    def as_json(self) -> list[dict[str, str]]:
        """As kept beside the signature, for laying next to a later one."""
        return [
            {"key": one.key, "title": one.title, "text": one.text, "data": one.data} for one in self.parts
        ]


def content_from_json(value: Iterable[Mapping[str, Any]]) -> Content:
    return Content(
        tuple(Part(*(str(row.get(name, "")) for name in ("key", "title", "text", "data"))) for row in value)
    )


PieceKind = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Piece:
    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One part side by side: ``before`` marks what is gone, ``after`` what is new. A part that came or went
    has nothing on one side; ``is_hidden`` means the words are the same and something behind them changed."""

    key: str
    title: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    is_hidden: bool = False


def changes(before: Content, after: Content) -> tuple[Change, ...]:
    """What differs between two contents, part by part, in the order of the newer one; then what went."""
    old = {one.key: one for one in before.parts}
    new = {one.key: one for one in after.parts}
    found = []
    for part in after.parts:
        was = old.get(part.key)
        if was is None:
            found.append(Change(part.key, part.title, (), (Piece("new", part.text),)))
        elif (was.data or was.text) != (part.data or part.text):
            left, right = word_diff(was.text, part.text)
            found.append(Change(part.key, part.title, left, right, is_hidden=was.text == part.text))
    gone = [one for one in before.parts if one.key not in new]
    found += [Change(one.key, one.title, (Piece("gone", one.text),), ()) for one in gone]
    if not found and list(old) != list(new):
        title = "The order"
        left, right = word_diff(*("\n".join(one.title for one in side.parts) for side in (before, after)))
        found.append(Change("order", title, left, right))
    return tuple(found)


def word_diff(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The two texts in pieces, word by word: (what was, with "gone"), (what is, with "new").

    Joined again, each side is its text, to the letter.
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, now = "".join(old[a:b]), "".join(new[c:d])
        if was:
            left.append(Piece("same" if kind == "equal" else "gone", was))
        if now:
            right.append(Piece("same" if kind == "equal" else "new", now))
    return tuple(left), tuple(right)


def only_phrases_differ(before: Content, after: Content, *, phrases: Sequence[str]) -> bool:
    """Whether all that changed is one pre-approved phrase for another, to the letter and in its place.

    True also when nothing changed. What stands behind the words (``data``) must be the same.
    """
    if [(one.key, one.data) for one in before.parts] != [(one.key, one.data) for one in after.parts]:
        return False
    known = "|".join(re.escape(one) for one in sorted(phrases, key=len, reverse=True)) or "(?!)"
    phrase = re.compile(rf"(?<!\w)(?:{known})(?!\w)")
    return all(
        phrase.sub(_PHRASE, was.text) == phrase.sub(_PHRASE, now.text)
        for was, now in zip(before.parts, after.parts, strict=True)
    )

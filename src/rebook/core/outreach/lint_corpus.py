"""Messages with the rules they break, as written down for measuring the linter (``rebook bench lint``).

A file is plain text: ``practice KEY | Name | phone | host`` lines, then messages. A message begins with
``#ID KEY CHANNEL [service] [! RULE, RULE]``, its first line may be ``Subject: ...``, and it ends where the
next begins. Channels are those of the ledger, and "voicemail" and "postcard".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_HEAD = re.compile(
    r"#(?P<id>\w+) (?P<practice>\w+) (?P<channel>\w+)(?P<service> service)?(?: ! (?P<breaks>.+))?$"
)
CHANNELS = ("sms", "email", "voicemail", "letter", "postcard", "portal")


Half = Literal["dev", "held", "later"]


class BadCorpus(ValueError):
    """The file is not a corpus; the message names the line."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Practice:
    name: str
    phone: str
    host: str


@dataclass(frozen=True, slots=True)
class CorpusMessage:
    """``breaks`` are the rules it breaks, none for a good one. Rules were tuned on the half "dev", never on
    the half "held"; "later" ones were written when the rules stood, in words that they did not know."""

    id: str
    language: str
    practice: Practice
    channel: str
    is_service: bool
    subject: str
    body: str
    breaks: tuple[str, ...]
    half: Half


def read_corpus(text: str, *, language: str, is_later: bool = False) -> tuple[CorpusMessage, ...]:
    """The messages of one file, in order; every other one is held out. Raises ``BadCorpus``."""
    lines = text.splitlines()
    practices = dict(_practices(lines))
    starts = [number for number, line in enumerate(lines) if line.startswith("#")]
    found = []
    for count, (start, end) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True)):
        head = _HEAD.match(lines[start])
        if head is None or head["channel"] not in CHANNELS or head["practice"] not in practices:
            raise BadCorpus(f"line {start + 1}: wants '#id practice channel', both known")
        subject, body = _parts(lines[start + 1 : end])
        found.append(
            CorpusMessage(
                id=head["id"],
                language=language,
                practice=practices[head["practice"]],
                channel=head["channel"],
                is_service=bool(head["service"]),
                subject=subject,
                body=body,
                breaks=tuple(one.strip() for one in (head["breaks"] or "").split(",") if one.strip()),
                half="later" if is_later else "held" if count % 2 else "dev",
            )
        )
    if len({one.id for one in found}) != len(found):
        raise BadCorpus("two messages have the same id")
    return tuple(found)


def _practices(lines: list[str]) -> Iterator[tuple[str, Practice]]:
    for number, line in enumerate(lines, start=1):
        if line.startswith("practice "):
            parts = [part.strip() for part in line.removeprefix("practice ").split("|")]
            if len(parts) != 4:
                raise BadCorpus(f"line {number}: wants 'practice key | name | phone | host'")
            yield parts[0], Practice(*parts[1:])


def _parts(lines: list[str]) -> tuple[str, str]:
    subject = ""
    if lines and lines[0].startswith("Subject: "):
        subject, lines = lines[0].removeprefix("Subject: "), lines[1:]
    return subject, "\n".join(lines).strip()

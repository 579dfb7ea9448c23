"""Messages written by somebody else, to measure the linter on words that it has never seen.

One JSON object a line: ``text``, ``channel``, ``language``, ``kind`` ("good" or "bad"), ``why`` (what it
breaks, in the writer's words). Nothing says which practice writes: what looks like its name is taken for one.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast, get_args

from rebook.core.channel import ChannelKind
from rebook.core.outreach.lint import Text, check
from rebook.core.outreach.lint_findings import Finding
from rebook.core.outreach.lint_wording import Wording
from rebook.core.outreach.second_look import SecondLook

_CAPITAL = r"(?:[A-ZÁÉÍÓÚÑ][\w'’áéíóúñü]*|\d+(?:st|nd|rd|th))"
_BETWEEN = r"(?:[ &-]+(?:(?:of|the|at|on|for|and|de|del|la|las|los|el|y) )*)"
# "Maple Dental: ..." leads; elsewhere a name holds a word of the trade, and has two words.
_LEADS = re.compile(rf"^({_CAPITAL}(?:{_BETWEEN}{_CAPITAL})*):", re.MULTILINE)
_NAME = re.compile(rf"{_CAPITAL}(?:{_BETWEEN}{_CAPITAL})+")
_TRADE = re.compile(
    r"\b(?:Practice|Dental|Dentistry|Dentists?|Clinic|Cl[ií]nica|Family|Health|Vision|Medical|M[eé]dico|Cent(?:er|re|ro)"
    r"|Physio\w*|Eye|Care|House|[OÓ]ptica|Surgery|Group|Grupo|Therapy|Pediatrics?|Pediatr[ií]a|Skin|Salud|Consultorio"
    r"|Hospital|Associates|Partners|Doctors|Office|Wellness|Consulta|Women's|Instituto|Fisioterapia|Policl[ií]nica|Primary|Medicine|Gabinete)\b"
)
_NUMBER = re.compile(r"\(?\+?\d[\d ().-]{5,}\d")
MOST_GREETING = 3
# These want to know the practice's links and numbers, or count letters: measured on the labelled corpora.
NOT_KNOWN = frozenset({"foreign_link", "foreign_phone", "bad_phone", "unsafe_link", "too_long"})
_CHANNELS: dict[str, str] = {"voicemail": "phone", "postcard": "letter", "voice": "phone", "call": "phone"}


class BadBlindCorpus(ValueError):
    """A line is no message; the text names the line."""

    permanent = True


@dataclass(frozen=True, slots=True)
class BlindMessage:
    text: str
    channel: str
    language: str
    is_bad: bool
    why: str


@dataclass(frozen=True, slots=True)
class BlindScore:
    """Counts. ``blocked``: a wording rule forbids it; ``looked``: none does, and a person is asked."""

    bad: int
    bad_blocked: int
    bad_looked: int
    good: int
    good_blocked: int
    good_looked: int
    missed: tuple[BlindMessage, ...] = ()
    stopped: tuple[tuple[BlindMessage, tuple[Finding, ...]], ...] = ()

    @property
    def recall(self) -> float:
        return (self.bad_blocked + self.bad_looked) / self.bad if self.bad else 1.0


def read_blind(text: str) -> tuple[BlindMessage, ...]:
    """The messages of one file. Raises ``BadBlindCorpus``."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            one: dict[str, Any] = json.loads(line)
            message = BlindMessage(
                str(one["text"]),
                str(one["channel"]),
                str(one["language"]),
                {"bad": True, "good": False}[one["kind"]],
                str(one.get("why", "")),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BadBlindCorpus(f"line {number}: is no message: {error}") from error
        found.append(message)
    return tuple(found)


def text_of_blind(message: BlindMessage, wording: Wording) -> Text:
    """A message as the check takes it; an e-mail's "Subject: " line is its subject."""
    kind = _CHANNELS.get(message.channel, message.channel)
    channel = cast(ChannelKind, kind if kind in get_args(ChannelKind) else "sms")
    body, subject = message.text, ""
    if found := re.match(r"(?:Subject|Asunto): *(.*)\n+", body):
        subject, body = found[1], body[found.end() :]
    names = practice_names(body)
    return Text(
        body=f"## {wording.voicemail}\n{body}" if channel == "phone" else body,
        channel=channel,
        role="recall",
        practice_name=names[0] if names else "",
        subject=subject,
        names=names,
        phone=number[0] if (number := _NUMBER.search(body)) else "",
        is_open=message.channel != "portal",
        is_card=message.channel == "postcard",
    )


def practice_names(text: str) -> tuple[str, ...]:
    """What looks like the name of who writes."""
    found = [match[1] for match in _LEADS.finditer(text) if len(match[1]) > MOST_GREETING]
    found += [match[0] for match in _NAME.finditer(text) if _TRADE.search(match[0])]
    return tuple(dict.fromkeys(found))


def that_count(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What forbids or asks; not what rests on facts that the file does not give (whose link or number)."""
    return tuple(one for one in findings if one.severity != "warning" and one.rule not in NOT_KNOWN)


def score_blind(
    messages: tuple[BlindMessage, ...],
    *,
    wording_of: Callable[[str], Wording],
    look_of: Callable[[str], SecondLook | None],
) -> BlindScore:
    """How many are blocked, looked at, and neither, of the bad and of the good."""
    count = dict.fromkeys(("bad", "bad_blocked", "bad_looked", "good", "good_blocked", "good_looked"), 0)
    missed, stopped = [], []
    for one in messages:
        wording = wording_of(one.language)
        found = that_count(check(text_of_blind(one, wording), wording, look_of(one.language)).found)
        kind = "bad" if one.is_bad else "good"
        blocked = any(each.is_problem for each in found)
        count[kind] += 1
        count[f"{kind}_blocked"] += blocked
        count[f"{kind}_looked"] += bool(found) and not blocked
        if one.is_bad and not found:
            missed.append(one)
        if not one.is_bad and found:
            stopped.append((one, found))
    return BlindScore(**count, missed=tuple(missed), stopped=tuple(stopped))

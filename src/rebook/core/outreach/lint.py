"""Checks on a text as it would go out: says who writes, what to do, how to stop, and nothing it must not.

Problems forbid sending, warnings are for the writer. Both are "key: plain words" and never hold a value.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rebook.core.channel import ChannelKind
from rebook.core.outreach.segments import segments

TemplateRole = Literal["recall", "service"]

# One SMS segment is the aim, two are borne, more never go out (R-D6).
SEGMENTS_WANTED = 1
SEGMENTS_ALLOWED = 2
MOST_CHOICES = 2

_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)
# The machine's own address is for trials on one desk; nothing else goes without TLS (R-A91).
_SAFE_LINK = re.compile(r"https://[^/\s]+|http://(?:localhost|127\.0\.0\.1)(?::\d+)?(?:/|$)", re.IGNORECASE)
_EMPTY_PLACES = re.compile(r"(?m)[^\S\n]{2,}\S|\s[,.!:;](?=\s|$)|^[,.!;:]|\(\s*\)|\{\{|\{%|\bNone\b")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class BannedWord:
    """A pattern that may not go out, and why. ``in_service`` is False for what only recall texts must avoid
    (an emergency answer may speak of emergencies)."""

    pattern: str
    why: str
    in_service: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """The checks of one language; all patterns are regular expressions over whole words, case ignored.

    Loaded once per language and told apart by identity, so that its patterns are compiled once.

    ``clinical`` names what may not be read by others; ``opt_out`` are the ways to offer an end;
    ``choice`` finds the words to reply with; ``discouraged`` only warn; ``voicemail`` is the heading of what
    a call script leaves on a machine.
    """

    language: str
    banned: tuple[BannedWord, ...] = ()
    clinical: tuple[str, ...] = ()
    discouraged: tuple[str, ...] = ()
    opt_out: tuple[str, ...] = ()
    choice: str = ""
    opt_out_words: tuple[str, ...] = ("STOP",)
    shorteners: tuple[str, ...] = ()
    voicemail: str = "Voicemail"
    # What makes a text marketing, by kind of sign, and what calls a patient back to care (R-A5, R-A116).
    marketing: tuple[tuple[str, tuple[str, ...]], ...] = ()
    care_due: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """What is checked. ``names`` are values that name people, places and numbers: not searched for words.
    ``links`` are the addresses that the sender put in on purpose."""

    body: str
    channel: ChannelKind
    role: TemplateRole
    practice_name: str
    subject: str = ""
    names: tuple[str, ...] = ()
    service_links: tuple[str, ...] = ()
    phone: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Findings:
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def check(text: Text, wording: Wording) -> Findings:
    """Everything that is wrong with a text, in the order of the checks."""
    problems = [*_shape(text), *_links(text, wording), *_offers_a_way(text, wording)]
    warnings: list[str] = []
    heard = _heard(text, wording)
    if text.channel == "phone" and not heard:
        problems.append("no_voicemail: a call script says what to leave on a machine")
    bare = without_names(heard, text.names)
    # What is left on a machine may be heard by others, whatever the channel (R-A100).
    is_open = text.is_open or text.channel == "phone"
    problems += word_problems(bare, wording, role=text.role, is_open=is_open)
    if text.channel == "sms":
        size = segments(text.body)
        if size.count > SEGMENTS_ALLOWED:
            problems.append(f"too_long: {size.count} SMS segments, {SEGMENTS_ALLOWED} at most")
        elif size.count > SEGMENTS_WANTED:
            warnings.append(f"two_segments: {size.units} units do not fit into one SMS")
        if size.offending:
            shown = ", ".join(f"{c} (plain: {p})" if p else c for c, p in size.offending[:5])
            warnings.append(f"not_gsm7: makes the SMS dear: {shown}")
    warnings += [f"discouraged: {_shown(p)}" for p in wording.discouraged if _whole(p).search(bare)]
    return Findings(tuple(dict.fromkeys(problems)), tuple(warnings))


def sections(script: str) -> Mapping[str, str]:
    """The parts of a call script by their headings ("## Voicemail")."""
    parts = re.split(r"(?m)^## *(.+?) *$", script)
    return {heading: body.strip() for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


def _heard(text: Text, wording: Wording) -> str:
    """What reaches the patient's ears or eyes: of a call script, what is left on a machine; the rest of it
    tells staff what to do and what not to say."""
    parts = sections(text.body) if text.channel == "phone" else {}
    return parts.get(wording.voicemail, "") if parts else f"{text.subject}\n{text.body}"


def _shape(text: Text) -> Iterator[str]:
    if not text.body.strip():
        yield "empty: there is no text"
    if text.channel == "email" and not text.subject.strip():
        yield "no_subject: an e-mail has a subject"
    if "\n" in text.subject or "\r" in text.subject:
        yield "bad_subject: a subject is one line"
    if _EMPTY_PLACES.search(text.body) or _EMPTY_PLACES.search(text.subject):
        yield "empty_place: a value seems to be missing in the text"
    if _CONTROL.search(text.body + text.subject):
        yield "control_character: holds characters that do not print"
    if not text.practice_name or text.practice_name not in text.body + text.subject:
        yield "no_sender: does not say which practice writes"


def _links(text: Text, wording: Wording) -> Iterator[str]:
    found = {link.rstrip(".,;:!?)") for link in _LINK.findall(text.body)}
    if any(not _SAFE_LINK.match(link) for link in found):
        yield "unsafe_link: links begin with https://"
    if _LINK.search(text.subject):
        yield "link_in_subject: a subject holds no link"
    if len(found - set(text.service_links)) > 1:
        yield "many_links: one link at most"
    hosts = "|".join(re.escape(host) for host in wording.shorteners)
    if hosts and re.search(rf"(?<![\w.-])(?:{hosts})/", text.body, re.IGNORECASE):
        yield "public_shortener: links go to the practice's own address"


def _offers_a_way(text: Text, wording: Wording) -> Iterator[str]:
    """A recall says what to do next, in two choices at most, and an SMS how to end it (R-E54, R-A87)."""
    if text.role != "recall" or text.channel not in ("sms", "email"):
        return
    links = {link for link in _LINK.findall(text.body) if link.rstrip(".,;:!?)") not in text.service_links}
    words = re.findall(wording.choice, text.body, re.IGNORECASE) if wording.choice else []
    choices = {word.upper() for word in words} - {word.upper() for word in wording.opt_out_words}
    count = len(choices) + bool(links) + bool(text.phone and text.phone in text.body)
    if count == 0:
        yield "no_next_step: does not say what to do next"
    if count > MOST_CHOICES:
        yield f"many_choices: offers {count} things to do, {MOST_CHOICES} at most"
    if text.channel == "sms" and not any(_whole(p).search(text.body) for p in wording.opt_out):
        yield "no_opt_out: does not say how to end the messages"


def word_problems(bare: str, wording: Wording, *, role: TemplateRole, is_open: bool) -> list[str]:
    """Banned words, and clinical ones where others may read."""
    # One search for all: nearly every text is clean, and each attempt's text is checked.
    if not _any_of(wording).search(bare):
        return []
    found = [
        f"banned_word: {word.why} ({_shown(word.pattern)})"
        for word in wording.banned
        if (role == "recall" or word.in_service) and _whole(word.pattern).search(bare)
    ]
    if is_open:
        found += [
            f"clinical_word: others may read this ({_shown(p)})"
            for p in wording.clinical
            if _whole(p).search(bare)
        ]
    return found


@lru_cache(maxsize=64)
def _any_of(wording: Wording) -> re.Pattern[str]:
    patterns = [*(word.pattern for word in wording.banned), *wording.clinical]
    return _whole("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")


def without_names(text: str, names: Collection[str]) -> str:
    """The text without links and without the values that name somebody: "Free Dental Care" is a practice."""
    text = _LINK.sub(" ", text)
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        text = text.replace(name, " ")
    return text


@lru_cache(maxsize=2048)
def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def _shown(pattern: str) -> str:
    return re.sub(r"\(\?:|[()\\?]|\[[^]]*\]", "", pattern).replace("|", "/")[:60]


def value_problems(values: Mapping[str, str], *, links: Collection[str]) -> Iterator[str]:
    """Values that could smuggle something in: line breaks, links, Liquid; the names of the fields only."""
    for name, value in values.items():
        if _CONTROL.search(value) or "\n" in value or "\r" in value:
            yield f"bad_value: {name} holds a line break or a character that does not print"
        if name not in links and (_LINK.search(value) or "{{" in value or "{%" in value):
            yield f"bad_value: {name} holds a link or a placeholder"

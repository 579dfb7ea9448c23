"""Checks on a text as it would go out: it says who writes, why, what to do and how to stop, and nothing else.

Problems forbid sending, warnings are for the writer. A finding names its rule, the place in the text, why it
is one and what to write instead. As strings ("key: plain words") problems and warnings never hold a value, so
that they may be kept and logged.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rebook.core.channel import ChannelKind
from rebook.core.outreach.lint_ending import Spans
from rebook.core.outreach.lint_findings import Finding, Findings, TemplateRole, finding
from rebook.core.outreach.lint_links import links, phones, written_addresses
from rebook.core.outreach.lint_places import LINK, Placed
from rebook.core.outreach.lint_shape import shape, style
from rebook.core.outreach.lint_wording import Wording, WordRule
from rebook.core.outreach.lint_words import people, word_findings
from rebook.core.outreach.readability import reading
from rebook.core.outreach.second_look import SecondLook, looks
from rebook.core.outreach.segments import segments

__all__ = [
    "Finding",
    "Findings",
    "TemplateRole",
    "Text",
    "WordRule",
    "Wording",
    "check",
    "sections",
    "value_problems",
    "word_problems",
]

# One SMS segment is the aim, two are borne, more never go out (R-D6).
SEGMENTS_WANTED = 1
SEGMENTS_ALLOWED = 2
MOST_CHOICES = 2
# Shorter texts say nothing about reading level.
WORDS_TO_MEASURE = 25
LETTERS_TO_MEASURE = 200

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Text:
    """What is checked. ``names`` are values that name people, places and numbers: not searched for words.

    ``service_links`` are the addresses that the sender put in on purpose beside the one action.
    ``own_hosts`` are the hosts a link may lead to; None leaves that unchecked. ``phones`` are the practice's
    numbers; none given leaves numbers unchecked. ``is_generic`` texts may keep the reason to themselves.
    """

    body: str
    channel: ChannelKind
    role: TemplateRole
    practice_name: str
    subject: str = ""
    names: tuple[str, ...] = ()
    service_links: tuple[str, ...] = ()
    phone: str = ""
    is_open: bool = True
    own_hosts: frozenset[str] | None = None
    phones: tuple[str, ...] = ()
    purpose: str = "treatment_recall"
    is_generic: bool = False
    is_card: bool = False


def check(text: Text, wording: Wording, second_look: SecondLook | None = None) -> Findings:
    """Everything that is wrong with a text, in the order of the checks.

    ``second_look`` adds the sentences that a person should read again before signing; a message made of a
    text that was signed needs none, for its values are names, dates and numbers.
    """
    heard = _heard(text, wording)
    read = Placed(heard, text.names, harmless=wording.without_harmless)
    found = [*shape(text.body, text.subject, text.practice_name, text.channel, read, wording)]
    if text.channel == "phone" and not heard:
        found.append(finding("no_voicemail"))
    found += links(text.body, text.subject, wording, text.own_hosts, text.service_links)
    ends = wording.ends(heard)
    numbers = text.phones or ((text.phone,) if text.phone else ())
    if text.role == "recall":
        found += phones(read, numbers)
        found += _offers_a_way(text, wording, read, ends)
    # What is left on a machine may be heard by others, whatever the channel (R-A100).
    is_open = text.is_open or text.channel == "phone"
    found += word_findings(read, wording, role=text.role, is_open=is_open, purpose=text.purpose)
    found += people(read, wording, is_open=is_open)
    if text.channel == "sms":
        found += _size(text.body)
    found += style(read, wording)
    if text.role == "recall" and len(heard) > LETTERS_TO_MEASURE:
        found += _reading_level(read, wording)
    if second_look is not None:
        found += looks(read, second_look, is_open=is_open, purpose=text.purpose, ends=ends)
    return Findings(tuple(dict.fromkeys(found)))


def sections(script: str) -> Mapping[str, str]:
    """The parts of a call script by their headings ("## Voicemail")."""
    parts = re.split(r"(?m)^## *(.+?) *$", script)
    return {heading: body.strip() for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


def _heard(text: Text, wording: Wording) -> str:
    """What reaches the patient's ears or eyes: of a call script, what is left on a machine; the rest of it
    tells staff what to do and what not to say."""
    if text.channel != "phone":
        return f"{text.subject}\n{text.body}"
    return sections(text.body).get(wording.voicemail, "")


def _size(body: str) -> Iterator[Finding]:
    size = segments(body)
    if size.count > SEGMENTS_ALLOWED:
        yield finding("too_long", detail=f"{size.count} SMS segments, {SEGMENTS_ALLOWED} at most")
    elif size.count > SEGMENTS_WANTED:
        yield finding("two_segments", detail=f"{size.units} units do not fit into one SMS")
    if size.offending:
        shown = ", ".join(f"{c} (plain: {p})" if p else c for c, p in size.offending[:5])
        first = size.offending[0][0]
        yield finding(
            "not_gsm7", detail=shown, start=body.find(first) + 1, words=first, instead=size.offending[0][1]
        )


def _offers_a_way(text: Text, wording: Wording, read: Placed, ends: Spans) -> Iterator[Finding]:
    """A recall says why, and what to do next in two choices at most; an SMS how to end it (R-E54, R-A87).
    ``ends`` are the places of what is read where it offers that."""
    if text.channel == "phone":
        if read.text and not any(digit.isdigit() for digit in read.text):
            yield finding("no_number")
        return
    addresses = written_addresses(text.body, text.own_hosts) - set(text.service_links)
    choices = wording.choices(text.body)
    has_phone = bool(text.phone and text.phone in text.body) or any(n in text.body for n in text.phones)
    count = len(choices) + bool(addresses) + has_phone
    # Whoever reads on the portal is where the booking is.
    if count == 0 and text.channel != "portal" and not wording.asks_to_write(text.body):
        yield finding("no_next_step")
    if count > MOST_CHOICES:
        yield finding("many_choices", detail=f"offers {count} things to do, {MOST_CHOICES} at most")
    if (reserved := wording.reserved_choice(read.text, ends)) is not None:
        yield finding("stop_as_choice", start=reserved.start(1), words=reserved.group(1))
    if text.channel == "sms" and not ends:
        yield finding("no_opt_out")
    if not text.is_generic and not wording.gives_reason(read.folded):
        yield finding("no_reason")


def _reading_level(read: Placed, wording: Wording) -> Iterator[Finding]:
    found = reading(read.blanked, language=wording.language)
    if found is not None and found.words >= WORDS_TO_MEASURE and found.is_hard:
        yield finding("reading_level", detail=found.says)


def word_problems(bare: str, wording: Wording, *, role: TemplateRole, is_open: bool) -> list[str]:
    """Words that may not go out, for text that is no whole message; "key: plain words" for each."""
    found = word_findings(Placed(bare, ()), wording, role=role, is_open=is_open)
    return [str(one) for one in found if one.is_problem]


def value_problems(values: Mapping[str, str], *, links: frozenset[str] | set[str]) -> Iterator[str]:
    """Values that could smuggle something in: line breaks, links, Liquid; the names of the fields only."""
    for name, value in values.items():
        if _CONTROL.search(value) or "\n" in value or "\r" in value:
            yield f"bad_value: {name} holds a line break or a character that does not print"
        if name not in links and (LINK.search(value) or "{{" in value or "{%" in value):
            yield f"bad_value: {name} holds a link or a placeholder"

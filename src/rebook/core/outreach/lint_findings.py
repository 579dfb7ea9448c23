"""What a check finds: the rule, where, why, and what to write instead."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

TemplateRole = Literal["recall", "service"]
# A "look" is a question to a person before the text is signed; it forbids nothing by itself.
Severity = Literal["problem", "warning", "look"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    ``start`` counts characters of the text as read (subject, a line break, body), -1 where no one place is at
    fault; ``words`` stand there and may come from a patient's values: never logged. ``shown`` stands for them
    where the finding is kept. ``source`` is the rule's number.
    """

    rule: str
    severity: Severity
    why: str
    source: str = ""
    suggestion: str = ""
    start: int = -1
    words: str = ""
    shown: str = ""

    @property
    def is_problem(self) -> bool:
        return self.severity == "problem"

    @property
    def is_look(self) -> bool:
        return self.severity == "look"

    def __str__(self) -> str:
        return f"{self.rule}: {self.why}" + (f" ({self.shown})" if self.shown else "")


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found in one text."""

    found: tuple[Finding, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(one) for one in self.found if one.is_problem))

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(one) for one in self.found if one.severity == "warning"))

    @property
    def looks(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.found if one.is_look)


def _rule(rule: str, severity: Severity, why: str, source: str, suggestion: str) -> Finding:
    return Finding(rule, severity, why, source, suggestion)


# Every check that is not a list of words. Those are in ``packs/messages/<language>/wording.toml``.
BUILT_IN = {
    one.rule: one
    for one in (
        _rule("empty", "problem", "there is no text", "R-D8", "write the text"),
        _rule("no_subject", "problem", "an e-mail has a subject", "R-A176", "say who writes and about what"),
        _rule("bad_subject", "problem", "a subject is one line", "R-A176", "take the line break out"),
        _rule(
            "empty_place",
            "problem",
            "a value seems to be missing in the text",
            "R-D8",
            "make the words around it depend on the value",
        ),
        _rule(
            "control_character",
            "problem",
            "holds characters that do not print",
            "R-D3",
            "type the words again without copying",
        ),
        _rule(
            "mixed_script",
            "problem",
            "letters of another alphabet look like these",
            "R-A91",
            "type the word again",
        ),
        _rule("no_sender", "problem", "does not say which practice writes", "R-E54", "begin with your name"),
        _rule(
            "no_reason",
            "warning",
            "does not say why you write",
            "R-E54",
            "say that a visit is due, or that there is a message",
        ),
        _rule(
            "no_next_step",
            "problem",
            "does not say what to do next",
            "R-E54",
            "add the link or the phone number",
        ),
        _rule("many_choices", "problem", "offers too many things to do", "R-E54", "leave two at most"),
        _rule(
            "no_opt_out",
            "problem",
            "does not say how to end the messages",
            "R-A87",
            "end with: Reply STOP to end",
        ),
        _rule(
            "stop_as_choice",
            "problem",
            "this word ends all messages, by law",
            "R-A81",
            "ask for a number or a letter",
        ),
        _rule("no_voicemail", "problem", "a call script says what to leave on a machine", "R-A100", ""),
        _rule(
            "no_number",
            "warning",
            "leaves no number to call back",
            "R-A100",
            "say the practice's number",
        ),
        _rule("unsafe_link", "problem", "links begin with https://", "R-A91", "begin it with https://"),
        _rule("link_in_subject", "problem", "a subject holds no link", "R-A176", "put it into the text"),
        _rule("many_links", "problem", "one link at most", "R-A91", "keep the one that books"),
        _rule(
            "public_shortener",
            "problem",
            "links go to the practice's own address",
            "R-A91",
            "write the whole address",
        ),
        _rule(
            "foreign_link",
            "problem",
            "leads to somebody else's address",
            "R-A91",
            "link to the practice's own page",
        ),
        _rule(
            "raw_address",
            "problem",
            "a link by number hides who it belongs to",
            "R-A91",
            "link to the practice's own page",
        ),
        _rule(
            "link_credentials",
            "problem",
            "a link with @ leads elsewhere than it seems",
            "R-A91",
            "link to the practice's own page",
        ),
        _rule(
            "foreign_phone",
            "problem",
            "is not a number of the practice",
            "R-A21",
            "use the field practice_phone",
        ),
        _rule("bad_phone", "problem", "cannot be a phone number", "R-D9", "use the field practice_phone"),
        _rule("too_long", "problem", "too many SMS segments", "R-D6", "leave out what the page says too"),
        _rule("two_segments", "warning", "takes two SMS", "R-D6", "leave out what the page says too"),
        _rule("not_gsm7", "warning", "makes the SMS dear", "R-D3", "use the plain character"),
        _rule("shouting", "warning", "words in capitals shout", "R-E52", "write them in small letters"),
        _rule("exclamation", "warning", "more than one exclamation mark", "R-E52", "end with a full stop"),
        _rule("emoji", "warning", "a picture is read differently by each phone", "R-D3", "take it out"),
        _rule(
            "reading_level",
            "warning",
            "is hard to read",
            "R-A167",
            "write shorter sentences and everyday words",
        ),
    )
}


def finding(
    rule: str, *, detail: str = "", start: int = -1, words: str = "", instead: str = "", shown: str = ""
) -> Finding:
    """A built-in finding at a place. ``detail`` takes the place of why; ``instead`` of the suggestion."""
    one = BUILT_IN[rule]
    return replace(
        one,
        why=detail or one.why,
        suggestion=instead or one.suggestion,
        start=start,
        words=words,
        shown=shown,
    )

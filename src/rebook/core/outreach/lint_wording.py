"""The rules of one language, as read from its ``wording.toml``; patterns compiled once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rebook.core.outreach.lint_ending import NO_ENDING, Ending, Spans
from rebook.core.outreach.lint_findings import Severity
from rebook.core.outreach.lint_places import FILLER, fold_pattern

# A pattern that begins with two plain letters, neither of them repeated or optional.
_PLAIN_START = re.compile(r"[a-z]{2}(?![?*+{|])")
# What must not stand before it, and a first group of plain alternatives, there or not.
_LOOK_BEHIND = re.compile(r"(?:\(\?<![^()]*\))+")
_FIRST_GROUP = re.compile(r"\(\?:(?P<inside>[^()]*)\)(?P<optional>\??)(?![*+{])")
# A word told by its ending.
_ENDING = re.compile(r"\\w\{2,\}\(\?:([^()]*)\)$")


@dataclass(frozen=True, slots=True)
class WordRule:
    """Words that may not go out, and why. ``patterns`` are regular expressions over whole words, case and
    accents ignored. ``only_open``: only where others may read or hear it. ``in_service`` is False for what
    only recalls avoid (an emergency answer may speak of emergencies). ``sign`` makes the words a mark of
    marketing (R-A5); such rules spare texts that are sent as marketing."""

    key: str
    patterns: tuple[str, ...]
    why: str
    source: str
    severity: Severity = "problem"
    suggestion: str = ""
    only_open: bool = False
    in_service: bool = True
    sign: str = ""


@dataclass(frozen=True, eq=False)
class Wording:
    """The checks of one language. Told apart by identity, so that its patterns are compiled once.

    ``ending`` and ``opt_out`` (whole patterns) are the ways to offer an end; ``choice`` finds the words to
    reply with, ``reserved`` those that the law keeps for ending; ``own_words`` ask for a free answer;
    ``harmless`` is passed over, whatever its words; ``reasons`` say why one writes; ``other_people`` finds
    names of others (letters as written); ``care_due`` calls a patient back to care (R-A116); ``voicemail`` is
    the heading of what a call script leaves on a machine, ``spoken`` those of all that it says.
    """

    language: str
    rules: tuple[WordRule, ...] = ()
    opt_out: tuple[str, ...] = ()
    ending: Ending = NO_ENDING
    choice: str = ""
    opt_out_words: tuple[str, ...] = ("STOP",)
    reserved: tuple[str, ...] = ()
    reserved_after: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    other_people: tuple[str, ...] = ()
    care_due: tuple[str, ...] = ()
    shorteners: tuple[str, ...] = ()
    voicemail: str = "Voicemail"
    spoken: tuple[str, ...] = ("Open", "Say", "Voicemail")
    _cache: dict[str, re.Pattern[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def _screens(self) -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
        closed = [rule for rule in self.rules if not rule.only_open]
        return _screen(self.rules), _screen(closed)

    def has_something(self, folded: str, *, is_open: bool) -> bool:
        """Whether any rule has anything to say: nearly every text is clean, and this is quick."""
        return any(pattern.search(folded) for pattern in self._screens[0 if is_open else 1])

    @cached_property
    def shortener(self) -> re.Pattern[str]:
        """Finds an address of a public shortener."""
        hosts = "|".join(re.escape(host) for host in self.shorteners) or "(?!)"
        return re.compile(rf"(?<![\w.-])(?:{hosts})/", re.IGNORECASE)

    @cached_property
    def compiled(self) -> tuple[tuple[WordRule, re.Pattern[str], tuple[re.Pattern[str], ...]], ...]:
        """Each rule with one pattern for all its words, and one for each."""
        return tuple(
            (rule, whole(rule.patterns), tuple(whole([one]) for one in rule.patterns)) for rule in self.rules
        )

    @cached_property
    def marketing(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(sign, patterns) of the words that make a text marketing (R-A5)."""
        return tuple((rule.sign, rule.patterns) for rule in self.rules if rule.sign)

    def ends(self, text: str) -> Spans:
        """Where a text offers to end the messages: (start, end) of each offer."""
        whole = self._one("opt_out", self.opt_out).finditer(text)
        return (*self.ending.spans(text), *(one.span() for one in whole))

    def without_harmless(self, text: str) -> str:
        """The text, as long as it was, with what is harmless filled over ("parking is free")."""
        if not self.harmless:
            return text
        return self._one("harmless", self.harmless).sub(lambda one: FILLER * len(one[0]), text)

    def gives_reason(self, folded: str) -> bool:
        return not self.reasons or self._one("reasons", self.reasons, folds=True).search(folded) is not None

    def choices(self, body: str) -> set[str]:
        """The words and numbers that a text asks to reply with, those for ending left out."""
        if not self.choice:
            return set()
        pattern = self._cache.setdefault("choice", re.compile(self.choice, re.IGNORECASE))
        found: set[str] = set()
        for match in pattern.finditer(body):
            words = (one.upper() for one in _TOKEN.findall(match.group(1)))
            found.update(word for word in words if word not in self.opt_out_words)
        return found

    def asks_to_write(self, body: str) -> bool:
        """Whether it asks for an answer in the patient's own words ("reply with a day that suits you")."""
        return bool(self.own_words) and self._one("own_words", self.own_words).search(body) is not None

    def reserved_choice(self, body: str, ends: Spans) -> re.Match[str] | None:
        """Where a text asks for a word that ends all messages, for something else than ending (R-A81);
        ``ends`` are the places where it offers that."""
        if not self.reserved:
            return None
        before, words = "|".join(self.reserved_after), "|".join(self.reserved)
        pattern = self._cache.setdefault("reserved", re.compile(rf'\b(?i:{before})\s+"?({words})\b'))
        found = pattern.finditer(body)
        return next((one for one in found if not any(a <= one.start(1) < b for a, b in ends)), None)

    def _one(self, name: str, patterns: Sequence[str], *, folds: bool = False) -> re.Pattern[str]:
        if name not in self._cache:
            self._cache[name] = whole(patterns) if folds else _as_written(patterns)
        return self._cache[name]


# One digit that is no clock time, or a word in capitals.
_TOKEN = re.compile(r"(?<![\w:.])(?:[0-9](?![\d:.]\d)|(?!(?:I|SMS|MMS)\b)[A-ZÁÉÍÓÚÑ]{1,8})\b")


def whole(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for folded text that finds any of these as whole words."""
    return re.compile(rf"(?<!\w)(?:{_grouped([fold_pattern(one) for one in patterns])})(?!\w)")


def _screen(rules: Iterable[WordRule]) -> tuple[re.Pattern[str], ...]:
    """Patterns that find something where any of the rules does: whole words, and words by their ending."""
    patterns = [pattern for rule in rules for pattern in rule.patterns]
    endings = [end.group(1) for one in patterns if (end := _ENDING.fullmatch(one))]
    found = [whole(one for one in patterns if not _ENDING.fullmatch(one))]
    if endings:
        made = _grouped([fold_pattern(one) for part in endings for one in part.split("|")])
        found.append(re.compile(rf"(?<=\w\w)(?:{made})(?!\w)"))
    return tuple(found)


def _branches(pattern: str) -> list[str]:
    """A pattern as several, its first group of plain alternatives multiplied out."""
    start = _LOOK_BEHIND.match(pattern)
    before, bare = (start.group(), pattern[start.end() :]) if start else ("", pattern)
    first = _FIRST_GROUP.match(bare)
    if first is None or _has_branches(bare[first.end() :]):
        return [pattern]
    rest = bare[first.end() :]
    made = [f"{before}{one}{rest}" for one in first["inside"].split("|")]
    if first["optional"]:
        made += _branches(f"{before}{rest}")
    return made


def _has_branches(pattern: str) -> bool:
    """Whether it has alternatives outside of every group."""
    depth = 0
    for at, letter in enumerate(pattern):
        if pattern[at - 1 : at] == "\\":
            continue
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and depth == 0:
            return True
    return False


def _as_written(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(patterns)})(?!\w)", re.IGNORECASE)


def _any(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{one})" for one in patterns) or "(?!)"


def _grouped(patterns: Iterable[str]) -> str:
    """The alternatives sorted by their first two letters, so that one look passes over most of them."""
    groups: dict[str, dict[str, list[str]]] = {}
    rest: list[str] = []
    for one in dict.fromkeys(branch for pattern in patterns for branch in _branches(pattern)):
        start = _LOOK_BEHIND.match(one)
        before, bare = (start.group(), one[start.end() :]) if start else ("", one)
        if _PLAIN_START.match(bare) and not _has_branches(bare):
            # What must not stand before is looked for behind the two letters already read.
            behind = before.replace(")", f"{bare[:2]})")
            groups.setdefault(bare[0], {}).setdefault(bare[1], []).append(behind + bare[2:])
        else:
            rest.append(one)
    made = [
        f"{first}(?:{'|'.join(f'{second}(?:{_any(tails)})' for second, tails in seconds.items())})"
        for first, seconds in groups.items()
    ]
    return "|".join([*made, *(f"(?:{one})" for one in rest)]) or "(?!)"

"""Loads the lexicons (``packs/lexicons/<language>/*.toml``) and says what is wrong with them, and where.

A file holds ``[[rule]]`` tables (key, intent, phrases; optional level, source, unless, max_words,
before_masks, only_when_opted_out, scope, needs_confirmation, barrier), ``[[mask]]`` tables (intent,
phrases), and ``[spelling]``, ``[emoji]``, ``near``, ``also_words``, ``markers``, ``denials``, ``past``,
``questions``.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rebook.core.response.dispositions import BARRIERS
from rebook.core.response.lexicon import Lexicon, LexiconRule, Spelling
from rebook.core.response.patterns import BadPattern, compile_patterns, pattern_source, words_of
from rebook.core.response.values import INTENT_RANKS, LEVEL_1, LEVEL_1_INTENTS, LEVEL_2, LEVEL_3

from .red_flags import LANGUAGES, RedFlag, all_red_flags, as_lexicon_rules

LEXICONS = Path(__file__).parent / "lexicons"
# Where an error in a red flag is said to be; its own loader names the file and line.
FLAGS = Path(__file__).parent / "specialty" / "red_flags.toml"
# Channels that a stop is narrowed to, or ("+") that it names beside the one it came by; "operations":
# messages about booked visits, which a start may name (R-A46).
SCOPES = ("", "all", "sms", "phone", "email", "+sms", "+phone", "+email", "operations")
_RULE_FIELDS = {
    "key", "intent", "phrases", "level", "source", "unless", "max_words", "before_masks",
    "only_when_opted_out", "scope", "needs_confirmation", "barrier",
}  # fmt: skip
_FILE_FIELDS = {
    "language", "source", "rule", "mask", "spelling", "emoji", "near", "also_words", "markers",
    "denials", "past", "questions",
}  # fmt: skip


class BadLexicon(ValueError):
    """A lexicon file cannot be used; names file, line and field. Trying again does not help."""

    permanent = True
    is_for_people = True

    def __init__(self, path: Path, line: int, field: str, problem: str) -> None:
        super().__init__(f"{path.parent.name}/{path.name}, line {line}, {field}: {problem}")
        self.line, self.field = line, field


class _File:
    """One parsed file, with its text for finding lines again."""

    @classmethod
    def of_flags(cls, flags: Iterable[RedFlag], *, language: str) -> "_File":
        """The packs' red flags of one language, checked already, as if they stood in a lexicon file."""
        file = cls.__new__(cls)
        file.path, file.lines, file.language, file.variants = FLAGS, [], language, {}
        file.data = {"rule": [as_lexicon_rules(flag, language=language) for flag in flags]}
        return file

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = path.read_text(encoding="utf-8").splitlines()
        try:
            self.data: dict[str, Any] = tomllib.loads("\n".join(self.lines))
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            raise BadLexicon(path, int(found[1]) if found else len(self.lines), "file", str(error)) from error
        self.language = str(self.data.get("language", ""))
        # Filled once every file is read: a rule written with a variant means the canonical word.
        self.variants: Mapping[str, str] = {}
        for name in self.data.keys() - _FILE_FIELDS:
            self.fail(f"{name} =", name, "is not a known field")
        if not self.language:
            self.fail("language", "language", "is missing")

    def fail(self, what: str, field: str, problem: str) -> None:
        line = next((n for n, text in enumerate(self.lines, 1) if what in text), 1)
        raise BadLexicon(self.path, line, field, problem)

    def patterns(self, phrases: object, field: str) -> re.Pattern[str]:
        if not isinstance(phrases, list) or not phrases or not all(isinstance(one, str) for one in phrases):
            self.fail(field, field, "wants a list of phrases that is not empty")
        assert isinstance(phrases, list)
        for one in phrases:
            try:
                pattern_source(one)
            except BadPattern as error:
                self.fail(one, field, str(error))
            if one != one.lower() or not one.isascii():
                self.fail(one, field, "is written in small letters without accents, as texts are compared")
        return compile_patterns(tuple(self.plain(one) for one in phrases))

    def plain(self, phrase: str) -> str:
        """The phrase in canonical spelling, as texts are when it is compared with them."""
        return re.sub(r"[a-z0-9]+(?![a-z0-9*])", lambda word: self.variants.get(word[0], word[0]), phrase)

    def tables(self, name: str) -> list[dict[str, Any]]:
        return list(self.data.get(name, []))


def _rule(file: _File, table: Mapping[str, Any]) -> LexiconRule:
    key, intent = str(table.get("key", "")), str(table.get("intent", ""))
    place = f'"{key}"' if key else "[[rule]]"
    for name in table.keys() - _RULE_FIELDS:
        file.fail(f"{name} =", name, "is not a field of a rule")
    if not key:
        file.fail("[[rule]]", "key", "a rule is without a key")
    if intent not in INTENT_RANKS:
        file.fail(place, f"{key}.intent", f"'{intent}' is not an intent")
    level = int(table.get("level", LEVEL_1 if intent in LEVEL_1_INTENTS else LEVEL_3))
    if level not in (LEVEL_1, LEVEL_2, LEVEL_3) or (intent in LEVEL_1_INTENTS) != (level == LEVEL_1):
        file.fail(place, f"{key}.level", f"level {level} does not go with '{intent}'")
    source = str(table.get("source", file.data.get("source", "")))
    if not re.match(r"(R-[A-G]\d+|Q-\d+)", source):
        file.fail(place, f"{key}.source", "names the rule it comes from, such as R-A42")
    if table.get("scope", "") not in SCOPES:
        file.fail(place, f"{key}.scope", f"is one of {', '.join(SCOPES[1:])}")
    if table.get("barrier", "") not in {"", *BARRIERS}:
        file.fail(place, f"{key}.barrier", f"'{table['barrier']}' is not a barrier")
    return LexiconRule(
        key=f"{file.language}.{key}",
        intent=intent,
        level=level,
        source=source,
        language=file.language,
        phrases=file.patterns(table.get("phrases"), f"{key}.phrases"),
        unless=file.patterns(table["unless"], f"{key}.unless") if "unless" in table else None,
        max_words=int(table.get("max_words", 0)),
        before_masks=bool(table.get("before_masks", False)),
        only_when_opted_out=bool(table.get("only_when_opted_out", False)),
        scope=str(table.get("scope", "")),
        needs_confirmation=bool(table.get("needs_confirmation", False)),
        barrier=str(table.get("barrier", "")),
    )


def _known_words(files: Iterable[_File]) -> frozenset[str]:
    known: set[str] = set()
    for file in files:
        for table in (*file.tables("rule"), *file.tables("mask")):
            for phrase in (*table.get("phrases", ()), *table.get("unless", ())):
                known |= words_of(file.plain(phrase))
        known |= set(file.data.get("also_words", ())) | set(file.data.get("markers", ()))
        known |= set(file.data.get("near", ()))
    return frozenset(known)


def _spelling(files: list[_File]) -> Spelling:
    variants: dict[str, str] = {}
    emoji: dict[str, str] = {}
    for file in files:
        for word, ways in file.data.get("spelling", {}).items():
            for way in ways:
                if not re.fullmatch(r"[\w@$+*]+", way):
                    file.fail(f'"{way}"', f"spelling.{word}", f"'{way}' is not one word")
                if variants.get(way, word) != word:
                    file.fail(f'"{way}"', f"spelling.{word}", f"'{way}' is already '{variants[way]}'")
                variants[way] = word
        emoji |= file.data.get("emoji", {})
    for file in files:
        file.variants = variants
    return Spelling(
        variants=variants,
        near=tuple(word for file in files for word in file.data.get("near", ())),
        known=_known_words(files),
        emoji=emoji,
    )


def _joined(files: list[_File], field: str) -> re.Pattern[str] | None:
    phrases: list[str] = []
    for file in files:
        if field in file.data:
            file.patterns(file.data[field], field)
            phrases += map(file.plain, file.data[field])
    return compile_patterns(tuple(phrases)) if phrases else None


def _rules(files: list[_File]) -> tuple[LexiconRule, ...]:
    rules: dict[str, LexiconRule] = {}
    for file in files:
        for table in file.tables("rule"):
            rule = _rule(file, table)
            if rule.key in rules:
                file.fail(f'"{table["key"]}"', f"{table['key']}.key", "is used twice")
            rules[rule.key] = rule
    return tuple(rules.values())


def _masks(files: list[_File]) -> dict[str, re.Pattern[str]]:
    phrases: dict[str, list[str]] = {}
    for file in files:
        for table in file.tables("mask"):
            if table.get("intent") not in INTENT_RANKS:
                file.fail("[[mask]]", "mask.intent", f"'{table.get('intent')}' is not an intent")
            file.patterns(table.get("phrases"), "mask.phrases")
            phrases.setdefault(table["intent"], []).extend(map(file.plain, table["phrases"]))
    # What is innocent for the sure rule is innocent for the doubtful one.
    if "opt_out" in phrases:
        phrases.setdefault("opt_out_uncertain", []).extend(phrases["opt_out"])
    return {intent: compile_patterns(tuple(some)) for intent, some in phrases.items()}


def load_lexicon(*, directory: Path, flags: Sequence[RedFlag] = ()) -> Lexicon:
    """All languages under ``directory`` as one lexicon, with the red ``flags`` of specialty packs beside it.

    Raises ``BadLexicon`` with file, line and field.
    """
    files = [_File(path) for path in sorted(directory.glob("*/*.toml"))]
    if not files:
        raise BadLexicon(directory / "*.toml", 0, "directory", "holds no lexicon")
    if flags:
        files += [_File.of_flags(flags, language=language) for language in LANGUAGES]
    spelling = _spelling(files)
    markers: dict[str, frozenset[str]] = {}
    for file in files:
        markers[file.language] = markers.get(file.language, frozenset()) | set(file.data.get("markers", ()))
    return Lexicon(
        rules=_rules(files),
        masks=_masks(files),
        spelling=spelling,
        denials=_joined(files, "denials"),
        past=_joined(files, "past"),
        questions=_joined(files, "questions"),
        markers={language: words for language, words in markers.items() if words},
    )


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that comes with Rebook and the red flags of all packs, read once."""
    return load_lexicon(directory=LEXICONS, flags=all_red_flags())

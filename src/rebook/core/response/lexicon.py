"""A lexicon as the classifier uses it: compiled rules, masks and spelling. ``packs.response`` loads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LexiconRule:
    """Wordings that mean one thing, and where that is laid down."""

    key: str
    intent: str
    level: int
    source: str
    language: str
    phrases: re.Pattern[str]
    # The rule is silent when one of these is said anywhere in the message.
    unless: re.Pattern[str] | None = None
    # Longest message, in words, to which the rule speaks; 0 is any length.
    max_words: int = 0
    # Looks at the words before masks cover the innocent ones.
    before_masks: bool = False
    # Counts only when the number is opted out already.
    only_when_opted_out: bool = False
    scope: str = ""
    needs_confirmation: bool = False
    barrier: str = ""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How people write: variants to canonical words (a canonical form may be several words)."""

    variants: Mapping[str, str] = field(default_factory=dict)
    # Long words recognised with a letter or two wrong.
    near: tuple[str, ...] = ()
    # Every word that some rule knows, so that it is never "corrected".
    known: frozenset[str] = frozenset()
    emoji: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the classifier knows about words; all languages run on every message (R-E11)."""

    rules: tuple[LexiconRule, ...]
    # By intent: innocent wordings that are covered before its rules look.
    masks: Mapping[str, re.Pattern[str]]
    spelling: Spelling
    # What denies an emergency term, and what puts it into the past (R-E13).
    denials: re.Pattern[str] | None
    past: re.Pattern[str] | None
    questions: re.Pattern[str] | None
    # By language: frequent words that give it away.
    markers: Mapping[str, frozenset[str]]

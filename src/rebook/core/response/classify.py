"""What a message means (R-E10): all rules look, all matches are kept, the first in order decides."""

import re
from collections.abc import Callable, Iterator

from rebook.core.response.lexicon import Lexicon, LexiconRule
from rebook.core.response.normalise import Words, normalise
from rebook.core.response.values import (
    LEVEL_1,
    LEVEL_2,
    LEVEL_3,
    NO_CONTEXT,
    ORDER,
    Classification,
    Match,
    ReplyContext,
)

# "I am driving and will see your message later."
_SAID_BY_MACHINES = frozenset({"auto_reply", "not_now", "thanks", "question", "preference"})
_CHAINS = frozenset({"", "or", "nor", "and", "ni", "o", "y", "any", "ningun", "ninguna"})


def classify(
    text: str, *, lexicon: Lexicon, has_attachment: bool = False, context: ReplyContext = NO_CONTEXT
) -> Classification:
    """Every meaning found in ``text``, in order of precedence; never empty and never raises (R-E4, R-E10).

    A pattern can only add: what no rule knows is "question" or "other" and still reaches a person.
    """
    words = normalise(text, spelling=lexicon.spelling)
    matches = list(_matches(words, lexicon, context))
    if has_attachment or not words.count:
        matches.append(_plain("unreadable", "attachment_or_empty", "R-E12"))
    if not matches:
        is_question = "?" in text or bool(lexicon.questions and lexicon.questions.search(words.text))
        matches.append(
            _plain("question", "asks", "R-E39") if is_question else _plain("other", "none", "R-E4")
        )
    matches.sort(key=_order(matches))
    return Classification(tuple(matches), _language(words, matches, lexicon, context))


def _order(matches: list[Match]) -> Callable[[Match], int]:
    """Places by R-E10. A machine that answers for somebody busy comes first, unless more was said."""
    spoken = {match.intent for match in matches}
    is_machine = "auto_reply" in spoken and spoken <= _SAID_BY_MACHINES
    return lambda match: -1 if is_machine and match.intent == "auto_reply" else ORDER[match.intent]


def _plain(intent: str, rule: str, source: str) -> Match:
    return Match(intent, rule, LEVEL_3, source, "")


def _matches(words: Words, lexicon: Lexicon, context: ReplyContext) -> Iterator[Match]:
    covered = {intent: mask.sub(_cover, words.text) for intent, mask in lexicon.masks.items()}
    for rule in lexicon.rules:
        if rule.max_words and words.count > rule.max_words:
            continue
        if rule.only_when_opted_out and not context.is_opted_out:
            continue
        text = words.text if rule.before_masks else covered.get(rule.intent, words.text)
        if not rule.phrases.search(text) or (rule.unless and rule.unless.search(words.text)):
            continue
        if rule.level == LEVEL_1 and _is_lowered(rule, words, lexicon):
            yield Match("clinical", rule.key, LEVEL_2, rule.source, rule.language, is_lowered=True)
            continue
        yield Match(
            rule.intent,
            rule.key,
            rule.level,
            rule.source,
            rule.language,
            scope=rule.scope,
            needs_confirmation=rule.needs_confirmation,
            barrier=rule.barrier,
        )


def _cover(found: re.Match[str]) -> str:
    # One stroke per covered word keeps the distance between the words around it.
    return " _" * found.group().count(" ")


def _is_lowered(rule: LexiconRule, words: Words, lexicon: Lexicon) -> bool:
    """True when every mention is denied ("no chest pain") or long past ("a stroke years ago") (R-E13)."""
    denied_until = -1
    for found in rule.phrases.finditer(words.text):
        before = words.text[: found.start()]
        clause = _clause(words, found.start())
        is_past = bool(lexicon.past and lexicon.past.search(clause))
        is_denied = bool(lexicon.denials and lexicon.denials.search(_same_clause(words, before)))
        if denied_until >= 0 and words.text[denied_until : found.start()].strip() in _CHAINS:
            is_denied = True
        if not (is_past or is_denied):
            return False
        denied_until = found.end() if is_denied else -1
    return True


def _same_clause(words: Words, before: str) -> str:
    """The part of ``before`` that belongs to the clause at its end."""
    parts = before.split()
    start = max((at for at in words.breaks if at <= len(parts)), default=0)
    return " " + " ".join(parts[start:]) + " "


def _clause(words: Words, position: int) -> str:
    parts = words.text.split()
    at = len(words.text[:position].split())
    start = max((one for one in words.breaks if one <= at), default=0)
    end = min((one for one in words.breaks if one > at), default=len(parts))
    return " " + " ".join(parts[start:end]) + " "


def _language(words: Words, matches: list[Match], lexicon: Lexicon, context: ReplyContext) -> str:
    """The language that most words give away; in doubt the one that is known, else of the first match."""
    spoken = words.text.split()
    counts = {key: sum(word in marks for word in spoken) for key, marks in lexicon.markers.items()}
    best = max(counts, key=lambda key: counts[key], default="")
    if best and counts[best] and list(counts.values()).count(counts[best]) == 1:
        return best
    return context.language or matches[0].language or "en"

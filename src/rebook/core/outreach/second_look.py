"""The second look: which sentences a person should read again before a text is signed, and why.

Lists catch the words that people usually take. This reads for what the lists cannot know: it weighs words,
pairs of words and what words are about, with weights learnt from sentences that may go out and sentences that
may not. It forbids nothing: what it finds waits for a person's answer. The weights are data and can be read;
what may not be said stays in the lists.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rebook.core.outreach.lint_ending import Spans
from rebook.core.outreach.lint_findings import Finding
from rebook.core.outreach.lint_places import Placed
from rebook.core.outreach.lint_words import SALES_LOOKS
from rebook.core.outreach.second_look_findings import look
from rebook.core.outreach.second_look_words import HEALTH, Token, Topics, sentences, tokens

HIDDEN = Token("<h>")
MOST_UNKNOWN = 3
MOST_ABOUT = 4
WORDS_SHOWN = 3
UNSEEN = "look_unseen"
LEAST_TO_NAME = 0.3


class Weight(NamedTuple):
    """What a feature adds (``value``); the ``kind`` that it speaks for, and how clearly (``tells``)."""

    value: float
    kind: str
    tells: float


@dataclass(frozen=True, eq=False)
class SecondLook:
    """What one language weighs. ``weights`` by feature; ``known`` are the stems
    that good texts use; a sentence is looked at when bias and weights come to ``threshold``."""

    topics: Topics
    known: frozenset[str]
    weights: Mapping[str, Weight]
    bias: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence: its sum, what speaks loudest, and the words that weigh most."""

    score: float
    speaks_for: str
    words: tuple[str, ...]


def looks(
    read: Placed,
    second_look: SecondLook,
    *,
    is_open: bool,
    purpose: str,
    ends: Spans = (),
) -> list[Finding]:
    """The sentences to be read again, each once. ``purpose`` "marketing" may offer and praise. ``ends``:
    (start, end) of where it offers to end the messages; a sentence that says nothing else is passed over."""
    found: list[Finding] = []
    for start, end in sentences(read.text, read.folded):
        if any(first <= start and end <= last for first, last in ends):
            continue
        said = tokens(read.text[start:end], read.folded[start:end], second_look.topics, second_look.known)
        if not is_open:
            said = [HIDDEN if HEALTH & set(one.about) else one for one in said]
        if one := _of_sentence(said, second_look, is_open=is_open, purpose=purpose):
            placed = read.text[start:end]
            at = start + len(placed) - len(placed.lstrip())
            found.append(look(one.speaks_for, start=at, words=placed.strip(), loudest=one.words))
    return found


def _of_sentence(
    said: list[Token], second_look: SecondLook, *, is_open: bool, purpose: str
) -> Weighed | None:
    if all(one.is_mark for one in said):
        return None
    private = [one for one in said if second_look.topics.is_telling(one, second_look.known)]
    if is_open and private:
        return Weighed(second_look.threshold, "look_private", tuple(one.word for one in private))
    weighed = weigh(said, second_look)
    if weighed.score < second_look.threshold:
        return None
    if purpose == "marketing" and weighed.speaks_for in SALES_LOOKS:
        return None
    return weighed


def weigh(said: list[Token], second_look: SecondLook) -> Weighed:
    """The sum of a sentence, and what it is made of."""
    score, by_kind, by_word = second_look.bias, dict[str, float](), dict[str, float]()
    for feature, places in features(said, second_look.known).items():
        if (weight := second_look.weights.get(feature)) is None:
            continue
        score += weight.value
        if weight.value > 0:
            by_kind[weight.kind] = by_kind.get(weight.kind, 0.0) + weight.tells
            for place in places:
                if word := said[place].word:
                    by_word[word] = by_word.get(word, 0.0) + weight.value / len(places)
    best = sorted(by_word, key=by_word.__getitem__, reverse=True)[:WORDS_SHOWN]
    return Weighed(score, _loudest(by_kind), tuple(best))


def _loudest(by_kind: dict[str, float]) -> str:
    """What it speaks for; a rare word alone speaks for nothing."""
    clear = {kind: weight for kind, weight in by_kind.items() if kind != UNSEEN and weight >= LEAST_TO_NAME}
    return max(clear, key=clear.__getitem__, default=UNSEEN)


def features(said: list[Token], known: Collection[str]) -> dict[str, tuple[int, ...]]:
    """What is weighed of a sentence, and which words it stands on: stems, topics, pairs of neighbours by
    either, how many words have a topic, how many no good text uses."""
    found: dict[str, tuple[int, ...]] = {}
    for at, one in enumerate(said):
        found.setdefault(one.stem, (at,))
        for topic in one.about:
            found.setdefault(f"@{topic}", (at,))
        if at + 1 < len(said):
            two = said[at + 1]
            for left in (one.stem, *(f"@{topic}" for topic in one.about)):
                for right in (two.stem, *(f"@{topic}" for topic in two.about)):
                    found.setdefault(f"{left} {right}", (at, at + 1))
    if said:
        found.setdefault(f"<s> {said[0].stem}", (0,))
        found.setdefault(f"{said[-1].stem} </s>", (len(said) - 1,))
    about = [at for at, one in enumerate(said) if one.about]
    for count in range(2, min(len(about), MOST_ABOUT) + 1):
        found[f"@{count}"] = (about[count - 1],)
    unknown = {one.stem: at for at, one in enumerate(said) if not one.is_mark and one.stem not in known}
    for count, at in enumerate(list(unknown.values())[:MOST_UNKNOWN], start=1):
        found[f"?{count}"] = (at,)
    return found

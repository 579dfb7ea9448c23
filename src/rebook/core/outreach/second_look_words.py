"""A text as the second look reads it: sentence by sentence, each word by its stem and by what it is about.

Numbers, sums of money, percentages, clock times and names become marks ("<#>", "<$>", "<%>", "<t>", "<n>"):
what matters is that one stands there. Tricks that hide a word are undone: spaced or dotted letters, digits in
the place of letters.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rebook.core.outreach.lint_places import FILLER

_STEMMERS = {"en": "english", "es": "spanish"}
# A stop and a space, a line's end, or a colon; "10:30" and "Dr." are none.
_TITLES = (r"(?:dr|ms|mr|st|sr)", r"(?:mrs|sra|dra)")
_END = re.compile(
    "".join(rf"(?<![\s.]{one})(?<!^{one})" for one in _TITLES)
    + r"(?<![ap]\.m)[.!?;]+(?:\s+|$)|:\s+|\n+|[¿¡]+"
)
_WORD = re.compile(
    rf"(?P<name>{FILLER}+(?:[ ,&'-]*{FILLER}+)*|(?:[a-z0-9-]+\.)+[a-z]{{2,}}(?:/\S*)?)"
    r"|(?P<money>[$€] ?\d[\d.,]*)|(?P<share>\d+ ?%)|(?P<clock>\d{1,2}:\d\d)"
    r"|(?P<number>\d(?:[\d.,/()+-]| (?=\d{3}))*)|(?P<word>[a-z]+(?:'[a-z]+)*)"
)
_MARKS = {"name": "<n>", "money": "<$>", "share": "<%>", "clock": "<t>", "number": "<#>"}
# "f r e e", "g.r.a.t.i.s": four single letters or more, the same sign between them.
_SPACED = re.compile(r"(?<!\w)(?:[a-z]([ .*_-]))(?:[a-z]\1){2,}[a-z](?!\w)")
# A word with digits inside its letters: "fr33", "c4ncer".
_DIGITS = re.compile(r"(?<![\w/.])[a-z@$!]*(?:[a-z][0134578@$!]+[a-z]|[a-z]{2}[03]{2})[a-z@$!0134578]*(?!\w)")
_LETTERS = str.maketrans("0134578@$!", "oieastbasi")
# "your Ambien": a thing that the patient has, and no person. A topic that only the reader gives.
OWNERS = frozenset({"your", "su", "sus", "tu", "tus"})
OWNED = "owned"
# Topics that are nobody else's business.
HEALTH = frozenset({"body", "condition", "medicine", "test", "treatment", "specialty", OWNED})
SHORTEST_STEM_BEFORE_AN_ENDING = 3


@dataclass(frozen=True, slots=True)
class Token:
    """``about`` are the topics of the word; ``word`` is it as read, "" for a mark."""

    stem: str
    about: tuple[str, ...] = ()
    word: str = ""

    @property
    def is_mark(self) -> bool:
        return self.stem.startswith("<")


@dataclass(frozen=True, eq=False)
class Topics:
    """What words of a language are about: ``by_stem``, and by their ``endings`` unless ``spared``.

    ``calm`` are stems of words that are written with a capital and are no names ("Monday"), ``plain`` those
    of words of health that also mean something else ("drop by").
    """

    language: str
    by_stem: Mapping[str, tuple[str, ...]]
    endings: Mapping[str, str]
    spared: frozenset[str]
    calm: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()

    def is_telling(self, token: Token, known: Collection[str]) -> bool:
        """Whether a word tells of somebody's health all by itself; not where a good text has it."""
        return bool(HEALTH & set(token.about)) and token.stem not in known and token.stem not in self.plain

    def of(self, word: str, stemmed: str) -> tuple[str, ...]:
        if word in self.spared:
            return ()
        found = self.by_stem.get(stemmed)
        return _by_ending(word, self) if found is None else found


@lru_cache(maxsize=20_000)
def _by_ending(word: str, topics: Topics) -> tuple[str, ...]:
    bare = word.removesuffix("s")
    for length in range(len(bare) - SHORTEST_STEM_BEFORE_AN_ENDING, 1, -1):
        if topic := topics.endings.get(bare[-length:]) or topics.endings.get(word[-length:]):
            return (topic,)
    return ()


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    if language not in _STEMMERS:
        return lambda word: word[:6]
    # It loads thirty languages: only where a word is read.
    import snowballstemmer

    found: Callable[[str], str] = snowballstemmer.stemmer(_STEMMERS[language]).stemWord
    return found


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The stem of a word in small letters; of a language without a stemmer its first six letters."""
    if language == "en":
        word = word.removesuffix("'s").replace("'", "")
    return _stemmer(language)(word)


def sentences(text: str, folded: str) -> Iterator[tuple[int, int]]:
    """Where each sentence stands, empty ones left out. ``text`` as written, which has its line breaks."""
    lines = "".join("\n" if one == "\n" else two for one, two in zip(text, folded, strict=True))
    at = 0
    for match in _END.finditer(lines):
        if lines[at : match.start()].strip():
            yield at, match.start()
        at = match.end()
    if lines[at:].strip():
        yield at, len(lines)


def tokens(written: str, folded: str, topics: Topics, known: Collection[str]) -> list[Token]:
    """The words of one sentence. One with a capital that nobody knows, not at the beginning, is a name."""
    clear = _unhidden(folded)
    found: list[Token] = []
    for match in _WORD.finditer(clear):
        kind = str(match.lastgroup)
        if kind != "word":
            _add(found, Token(_MARKS[kind]))
            continue
        word = match.group()
        if topics.language == "en" and word.endswith("n't"):
            found += [_token(word[:-3], topics), Token("not", (), "not")]
            continue
        token = _token(word, topics)
        is_placed = clear == folded and written[match.start() : match.end()].removesuffix("'s").istitle()
        # At the beginning of a sentence only what is called, or has a second name.
        rest = written[match.end() :]
        stands_alone = bool(found) or rest.startswith(",") or rest[1:2].isupper()
        if is_placed and stands_alone and not token.about and token.stem not in known:
            is_owned = bool(found) and (found[-1].stem in OWNERS or _is_taken(found))
            token = Token(token.stem, (OWNED,), word) if is_owned else Token("<n>")
        _add(found, token)
    return found


def _is_taken(found: list[Token]) -> bool:
    """ "started you on Yasmin", "been on Yasmin": what is taken, and nobody's name."""
    return len(found) > 1 and found[-1].stem == "on" and found[-2].stem in ("you", "been", "still")


def _add(found: list[Token], token: Token) -> None:
    if not (token.stem == "<n>" and found and found[-1].stem == "<n>"):
        found.append(token)


def _token(word: str, topics: Topics) -> Token:
    stemmed = stem(word, topics.language)
    return Token(stemmed, topics.of(word.removesuffix("'s"), stemmed), word)


def _unhidden(sentence: str) -> str:
    bare = _SPACED.sub(lambda one: one[0].replace(one[1], ""), sentence)
    return _DIGITS.sub(lambda one: one[0].translate(_LETTERS), bare)

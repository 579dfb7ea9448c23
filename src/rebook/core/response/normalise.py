"""From what a thumb typed to plain words: case, accents, punctuation, emoji, repeats, spelling (R-E11)."""

import re
import unicodedata
from dataclasses import dataclass

from rebook.core.response.lexicon import Spelling

_QUOTE_STARTS = re.compile(
    r"^\s*(>|-{2,}\s*(original message|mensaje original|forwarded message)|_{5,}"
    r"|(on|el)\b.{4,200}\b(wrote|escribi[oó]):\s*$|--\s*$)",
    re.IGNORECASE,
)
_APOSTROPHES = re.compile("['\u2019\u2018`\u00b4]")
_TOKENS = re.compile(r"[\w@$+*]+|[^\w\s]|\n")
_RUNS = re.compile(r"([^\W\d])\1{2,}")
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "+": "t"}
)
_BREAKS = frozenset(".,;:!?\n")


@dataclass(frozen=True, slots=True)
class Words:
    """Normalised words. ``text`` has one blank on either side, so that patterns find whole words."""

    text: str
    # Positions (in words) at which a new clause begins.
    breaks: frozenset[int]
    count: int


def without_quotes(text: str) -> str:
    """The message above what an e-mail program quotes below it; a quoted "Reply STOP" is nobody's wish."""
    kept: list[str] = []
    for line in text.splitlines():
        if _QUOTE_STARTS.match(line):
            break
        kept.append(line)
    return "\n".join(kept)


def near(word: str, target: str, limit: int) -> bool:
    """True when one word becomes the other by at most ``limit`` changed, lost, added or swapped letters."""
    if abs(len(word) - len(target)) > limit:
        return False
    before: list[int] = []
    row = list(range(len(target) + 1))
    for i, letter in enumerate(word, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(target, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == target[j - 2] and word[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return False
    return row[-1] <= limit


def _settled(word: str, spelling: Spelling) -> str | None:
    if word in spelling.variants:
        return spelling.variants[word]
    return word if word in spelling.known else None


def _nearest(word: str, spelling: Spelling) -> str | None:
    if len(word) < 6:
        return None
    return next((one for one in spelling.near if near(word, one, 2 if len(one) >= 11 else 1)), None)


def _spelled(token: str, spelling: Spelling) -> str:
    """The canonical word or words for one token."""
    found = _settled(token, spelling)
    if found:
        return found
    if _RUNS.search(token):
        # "stooop" and "helllp" have one letter too many times; "needdd" wants one, "hellloo" two.
        for short in (_RUNS.sub(r"\1", token), _RUNS.sub(r"\1\1", token)):
            if found := _settled(short, spelling):
                return found
        token = _RUNS.sub(r"\1", token)
    if not token.isalpha() and any(letter.isalpha() for letter in token):
        plain = token.translate(_LEET).replace("*", "")
        if found := _settled(plain, spelling):
            return found
        token = " ".join(re.findall(r"[^\W_]+", token))
    return _nearest(token, spelling) or token


def _joined_letters(words: list[str], breaks: set[int], spelling: Spelling) -> tuple[list[str], set[int]]:
    """ "s t o p" and "S.T.O.P." as one word."""
    out: list[str] = []
    moved: set[int] = set()
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and len(words[end]) == 1 and words[end].isalpha():
            end += 1
        joined = "".join(words[at:end])
        take = end - at if end - at >= 3 and _settled(joined, spelling) else 1
        if take == 1 and _is_torn(words[at : at + 2], spelling):
            joined, take = "".join(words[at : at + 2]), 2
        if at in breaks:
            moved.add(len(out))
        out.append(_settled(joined, spelling) or joined if take > 1 else words[at])
        at += take
    return out, moved


def _is_torn(pair: list[str], spelling: Spelling) -> bool:
    """Whether two pieces that mean nothing are one word torn apart: "sto p", "unsub scribe"."""
    return (
        len(pair) == 2
        and all(_settled(piece, spelling) is None for piece in pair)
        and _settled("".join(pair), spelling) is not None
    )


def normalise(text: str, *, spelling: Spelling) -> Words:
    """Plain words of a message, without quoted mail; accents, apostrophes and emoji resolved."""
    text = unicodedata.normalize("NFKC", without_quotes(text)).casefold()
    for sign, word in spelling.emoji.items():
        text = text.replace(sign, f" . {word} . ")
    text = _APOSTROPHES.sub("", text)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    words: list[str] = []
    breaks: set[int] = set()
    for token in _TOKENS.findall(text.replace("_", " ")):
        if token in _BREAKS:
            breaks.add(len(words))
        elif token[0].isalnum() or any(letter.isalnum() for letter in token):
            words += _spelled(token, spelling).split()
    words, breaks = _joined_letters(words, breaks, spelling)
    return Words(" " + " ".join(words) + " " if words else " ", frozenset(breaks), len(words))

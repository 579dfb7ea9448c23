"""The small pattern language of the lexicons, compiled to regular expressions over normalised words.

``stop (texting|calling) [me]``  words, one of several, an optional word
``leave .. alone``               up to three words between
``unsub*``                       a word that begins so
``^no mas$``                     the whole message; ``^`` and ``$`` alone bind one end
Groups may be nested. Patterns are written in the plain form that ``normalise`` leaves: lower case, no
accents, no apostrophes ("cant"), canonical spelling ("you", not "u").
"""

import re

_PIECE = re.compile(r"\.\.|[()\[\]|^$]|[^\s()\[\]|^$]+")
_WORD = re.compile(r"[^\W_]+\*?")
_OPEN = {"(": "(?:", "[": "(?:"}
_CLOSE = {")": ")", "]": ")?"}
_PAIRS = {")": "(", "]": "["}
GAP = r"(?: \S+){0,3}?"


class BadPattern(ValueError):
    """The pattern cannot be read; trying again does not help."""


def words_of(pattern: str) -> set[str]:
    """The literal words a pattern is made of, without those that only say how a word begins."""
    return {piece for piece in _PIECE.findall(pattern) if _WORD.fullmatch(piece) and not piece.endswith("*")}


def pattern_source(pattern: str) -> str:
    """The regular expression for one pattern, to be searched in ``Words.text``.

    Raises ``BadPattern`` when brackets do not pair or a word holds anything but letters and digits.
    """
    parts: list[str] = []
    opened: list[str] = []
    for piece in _PIECE.findall(pattern):
        if piece in _OPEN:
            opened.append(piece)
            parts.append(_OPEN[piece])
        elif piece in _CLOSE:
            if not opened or opened.pop() != _PAIRS[piece]:
                raise BadPattern(f"'{piece}' closes nothing")
            parts.append(_CLOSE[piece])
        elif piece == "..":
            parts.append(GAP)
        elif piece == "$":
            parts.append("(?= $)")
        elif piece in "|^":
            parts.append(piece)
        elif _WORD.fullmatch(piece):
            parts.append(" " + (piece[:-1] + r"\S*" if piece.endswith("*") else piece))
        else:
            raise BadPattern(f"'{piece}' is not a plain word")
    if opened:
        raise BadPattern(f"'{opened[-1]}' is never closed")
    if not any(part.startswith(" ") for part in parts):
        raise BadPattern("it holds no word")
    return "".join(parts)


def compile_patterns(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression that finds any of the patterns, on word borders."""
    return re.compile("(?:" + "|".join(f"(?:{pattern_source(one)})" for one in patterns) + ")(?= )")

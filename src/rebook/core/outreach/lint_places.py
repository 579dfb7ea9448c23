"""A text in the shapes that checks read it in, each as long as the text, so that places stay the same.

Folding makes "BÓTOX", "botox" and a Cyrillic look-alike one word: small letters, no accents, straight quotes.
"""

import re
import unicodedata
from collections.abc import Callable, Collection

from rebook.core.outreach.lint_names import FILLER, LINK, without_names

__all__ = ["FILLER", "LINK", "LOOK_ALIKE", "Placed", "fold", "fold_pattern", "without_names"]

# Letters of other alphabets that look like Latin ones, in small letters.
LOOK_ALIKE = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u0501\u04bb\u03bf\u03b1\u03c1\u03bd\u03b9\u03ba\u043a\u0442\u043c\u043d\u0432",
        "aeopcxyijsdhoapvikktmhb",
        strict=True,
    )
)
_PLAIN = {
    **LOOK_ALIKE,
    **dict.fromkeys("\u2018\u2019\u201b\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015", "-"),
    **dict.fromkeys("\u00a0\u2009\u202f\t\n\r", " "),
    "\u0130": "i",
    "\u0131": "i",
}


def _folds() -> dict[int, str]:
    """Every letter that has a plain form of one character, by its number."""
    table = {ord(letter): plain for letter, plain in _PLAIN.items()}
    for number in [*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00)]:
        small = chr(number).lower()
        bare = unicodedata.normalize("NFD", small)[:1]
        plain = _PLAIN.get(small) or _PLAIN.get(bare) or bare
        if len(small) == 1 and len(plain) == 1 and plain != chr(number):
            table.setdefault(number, plain)
    return table


_FOLDS = _folds()


def fold(text: str) -> str:
    """The text in plain small letters, exactly as long."""
    if text.isascii():
        return text.lower().translate(_SPACES)
    return text.translate(_FOLDS)


_SPACES = {9: " ", 10: " ", 13: " "}


def fold_pattern(pattern: str) -> str:
    """A pattern for folded text: accents off, what stands behind a backslash kept ("\\S" stays "\\S")."""
    return re.sub(r"\\.|[^\\]", lambda one: one[0] if one[0][0] == "\\" else fold(one[0]), pattern)


class Placed:
    """A text without its links and names, and folded. ``text`` as written, ``blanked`` without what names
    somebody or leads somewhere, ``folded`` that in plain small letters; all equally long."""

    __slots__ = ("blanked", "folded", "text")

    def __init__(
        self, text: str, names: Collection[str], *, harmless: Callable[[str], str] = lambda text: text
    ) -> None:
        self.text = text
        self.blanked = harmless(without_names(text, names))
        self.folded = fold(self.blanked)

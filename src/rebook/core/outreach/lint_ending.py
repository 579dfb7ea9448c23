"""How a text offers to end the messages (R-A81, R-A87): a word to send back, and what sending it is for.

Either may stand first: "Reply STOP to end", "Si no quiere más mensajes, responda ALTO". The words are each
language's own, in its ``wording.toml``; how they follow each other is here. A word without what it is for
("Reply STOP") is no offer, nor is one for something else ("Reply STOP to confirm").
"""

import re
from dataclasses import dataclass
from functools import cached_property

Spans = tuple[tuple[int, int], ...]

_QUOTE = "[\"'«»\u201c\u201d\u2018\u2019]?"
# Between what somebody may want and the word to send: the rest of a clause, then a question mark or a colon.
_CLAUSE = r"[^.!?:\n]{0,60}(?:[?:]\s*[^.!?:\n]{0,20})?"
# Between the word and what it is for: "at any time if you would".
_LINK = r"[^.!?:;\n\d]{0,24}"


@dataclass(frozen=True, eq=False)
class Ending:
    """Regular expressions over a text as written, capitals or not.

    ``ask``: words that ask to send something; ``words``: what ends the messages; ``wish``: wanting an end,
    said before the word or behind it; ``then``: what comes of the word, said behind it alone.
    """

    ask: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    wish: tuple[str, ...] = ()
    then: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds one offer."""
        said = rf"{_QUOTE}(?:{_any(self.words)})(?!\w){_QUOTE}"
        # Where nothing asks to send it, only capitals tell the word from any other: "1 to book, STOP to end".
        alone = rf"{_QUOTE}(?-i:{_any(self.words)})(?!\w){_QUOTE}"
        asked = rf"(?:{_any(self.ask)})[\s:]+{said}"
        wish = rf"(?:{_any(self.wish)})(?!\w)"
        ways = (
            rf"{asked}(?:{_LINK}(?<!\w){wish}|,?\s+(?:{_any(self.then)})(?!\w))",
            rf"{wish}(?:{_CLAUSE}(?<!\w){asked}|[^.!?:\n]{{0,30}}[:,]\s*{alone})",
            rf"{alone}\s*[=:,]?\s*{wish}",
        )
        return re.compile(rf"(?<!\w)(?:{_any(ways)})", re.IGNORECASE)

    def spans(self, text: str) -> Spans:
        """Where a text offers an end: (start, end) of each, in its order."""
        return tuple(one.span() for one in self.pattern.finditer(text)) if self.words else ()


NO_ENDING = Ending()


def _any(patterns: tuple[str, ...]) -> str:
    return "|".join(f"(?:{one})" for one in patterns) or "(?!)"

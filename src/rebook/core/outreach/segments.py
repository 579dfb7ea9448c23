"""How many SMS segments a text takes, and which characters make it dear (R-D1 to R-D4).

GSM-7 holds 160 characters in one segment and 153 in each of several; ten more characters cost two each and
never straddle a boundary. A single character outside turns the whole text into UCS-2: 70, or 67 in each of
several, counted in UTF-16 units, with surrogate pairs and combining sequences kept whole.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM = GSM_BASIC | GSM_EXTENDED

# Marks that word processors put in, and what they stand for; letters fall back to their bare form.
_PLAIN = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u201b": "'",
    "\u2032": "'",
    "\u00b4": "'",
    "`": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u2033": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2015": "-",
    "\u2026": "...",
    "\u2022": "-",
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u200b": "",
    "\ufeff": "",
    "\t": " ",
    "ç": "c",
    "ª": "a",
    "º": "o",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
}

Encoding = Literal["gsm7", "ucs2"]
_SINGLE = {"gsm7": 160, "ucs2": 70}
_CONCATENATED = {"gsm7": 153, "ucs2": 67}


@dataclass(frozen=True, slots=True)
class Segments:
    """``units`` are septets or UTF-16 units; ``offending`` pairs each character that forces UCS-2 (in order,
    once) with its plain replacement, "" when there is none."""

    encoding: Encoding
    count: int
    units: int
    offending: tuple[tuple[str, str], ...]


def segments(text: str) -> Segments:
    """Measure a text as it would be sent. An empty text takes one segment, as vendors bill it."""
    outside = tuple(dict.fromkeys(c for c in text if c not in _GSM)) if set(text) - _GSM else ()
    encoding: Encoding = "ucs2" if outside else "gsm7"
    sizes = _ucs2_sizes(text) if outside else [2 if c in GSM_EXTENDED else 1 for c in text]
    units = sum(sizes)
    count = 1 if units <= _SINGLE[encoding] else _parts(sizes, _CONCATENATED[encoding])
    return Segments(encoding, count, units, tuple((c, plain_character(c)) for c in outside))


def _ucs2_sizes(text: str) -> list[int]:
    """UTF-16 units of each piece that must stay together: a character with the marks that combine with it."""
    sizes: list[int] = []
    joined = False
    for c in text:
        width = 2 if ord(c) > 0xFFFF else 1
        combines = unicodedata.combining(c) or c in "\u200d\ufe0e\ufe0f" or "\U0001f3fb" <= c <= "\U0001f3ff"
        if sizes and (combines or joined):
            sizes[-1] += width
        else:
            sizes.append(width)
        joined = c == "\u200d"
    return sizes


def _parts(sizes: Iterable[int], room: int) -> int:
    """How many parts of ``room`` units hold the pieces in order; only a piece larger than a part is cut."""
    count, used = 1, 0
    for size in sizes:
        if used + size > room and used:
            count, used = count + 1, 0
        used += size
        while used > room:
            count, used = count + 1, used - room
    return count


def plain_character(character: str) -> str:
    """The nearest text inside GSM-7 ("í" to "i", a curly quote to a straight one); "" when there is none."""
    if character in _PLAIN:
        return _PLAIN[character]
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return bare if bare and all(c in GSM_BASIC for c in bare) else ""


def plain(text: str) -> str:
    """The text with every character outside GSM-7 replaced where a replacement exists, else kept."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c if c in _GSM else (plain_character(c) or _kept(c)) for c in composed)


def _kept(character: str) -> str:
    return "" if character in _PLAIN else character

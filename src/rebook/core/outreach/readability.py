"""How hard a text is to read (R-A167): the school grade in English, the INFLESZ scale in Spanish.

English: Kincaid, Fishburne, Rogers and Chissom (1975), grade = 0.39 words/sentence + 11.8 syllables/word
- 15.59. Spanish: Szigriszt Pazos (1993), 206.835 - 62.3 syllables/word - words/sentence, read on the INFLESZ
scale of Barrio-Cantalejo et al. (2008), whose "somewhat hard" begins below 55; Fernández Huerta (1959),
206.84 - 60 syllables/word - 1.02 words/sentence, is told beside it.
"""

import re
from dataclasses import dataclass

GRADE_ALLOWED = 8.0
INFLESZ_ALLOWED = 55.0

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_SENTENCE = re.compile(r"[.!?:;]+(?=\s|$)|\n\s*\n|\n")
_VOWELS_EN = re.compile(r"[aeiouy]+")
_STRONG, _WEAK = "aeoáéó", "iuüy"


@dataclass(frozen=True, slots=True)
class Reading:
    """``grade`` (English) or ``inflesz`` and ``huerta`` (Spanish) of so many words and sentences."""

    words: int
    sentences: int
    syllables: int
    grade: float | None = None
    inflesz: float | None = None
    huerta: float | None = None

    @property
    def is_hard(self) -> bool:
        if self.grade is not None:
            return self.grade > GRADE_ALLOWED
        return self.inflesz is not None and self.inflesz < INFLESZ_ALLOWED

    @property
    def says(self) -> str:
        if self.grade is not None:
            return f"reads like grade {self.grade:.0f}, wanted is {GRADE_ALLOWED:.0f} or below"
        return f"INFLESZ {self.inflesz:.0f}, wanted is {INFLESZ_ALLOWED:.0f} or above"


def reading(text: str, *, language: str) -> Reading | None:
    """The measures of a text; None in a language without a formula here, or without a word."""
    spanish = language.partition("-")[0] == "es"
    if not spanish and language.partition("-")[0] != "en":
        return None
    parts = [found for part in _SENTENCE.split(text) if (found := _WORD.findall(part))]
    words = [word for part in parts for word in part]
    if not words:
        return None
    count = syllables_es if spanish else syllables_en
    syllables = sum(count(word) for word in words)
    per_word, per_sentence = syllables / len(words), len(words) / len(parts)
    sizes = (len(words), len(parts), syllables)
    if not spanish:
        return Reading(*sizes, grade=0.39 * per_sentence + 11.8 * per_word - 15.59)
    return Reading(
        *sizes,
        inflesz=206.835 - 62.3 * per_word - per_sentence,
        huerta=206.84 - 60 * per_word - 1.02 * per_sentence,
    )


def syllables_en(word: str) -> int:
    """Groups of vowels, a silent ending left out; at least one. Right for about nine words in ten."""
    bare = word.lower().partition("'")[0].partition("\u2019")[0]
    count = len(_VOWELS_EN.findall(bare))
    if re.search(r"(?:[^aeiouyl]|[aeiouy]l)e$|[^aeiouytd]ed$|(?:[^aeiouyscxz]|th)es$", bare):
        count -= 1
    if re.search(r"[^aeiouy]ia|io(?!us|n)|[^q]ua(?!r)|eo(?![np])|iu|(?:id|ar)ea$", bare):
        count += 1
    return max(1, count)


def syllables_es(word: str) -> int:
    """By the rules of the language: two strong vowels part, as does a weak one with an accent."""
    bare = re.sub(r"qu(?=[eiéí])|gu(?=[eiéí])", "q", word.lower())
    count, before = 0, ""
    for letter in bare:
        if letter == "y" and bare[-1:] != "y":
            kind = ""
        elif letter in _STRONG or letter in "íú":
            kind = "strong"
        elif letter in _WEAK:
            kind = "weak"
        else:
            kind = ""
        if kind and not (before and "weak" in (kind, before)):
            count += 1
        before = kind
    return max(1, count)

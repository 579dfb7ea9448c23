"""Whether a text is whole: nothing missing, nothing that does not print, who writes; and how loud it is."""

import re
from collections.abc import Iterator

from rebook.core.outreach.lint_findings import Finding, finding
from rebook.core.outreach.lint_places import Placed
from rebook.core.outreach.lint_wording import Wording

EMPTY_PLACES = re.compile(
    r"(?m)[^\S\n]{2,}\S|\s[,.!:;](?=\s|$)|^[,.!;:]|\(\s*\)|\{\{|\{%|\bNone\b"
    # Places of other tools, left in: [First Name], <<NAME>>, {name}, %NAME%.
    r"|\[[^\W\d][\w ]{1,40}\]|<{1,2}[^\W\d][\w ]{1,40}>|\$?\{\w+\}|%[A-Z_]{2,}%|\bXXX+\b"
)
# Also what is there and shows nothing: zero-width, soft hyphen, marks of direction.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_OTHER_LETTER = re.compile(r"[\u0370-\u052f]")
_OTHER_WORD = re.compile(r"\w*[\u0370-\u052f]\w*")
_LOUD = re.compile(r"(?<![\w'-])[A-ZÁÉÍÓÚÑ]{3,}(?![\w'-])")
_EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]")
LOUD_WORDS = 3


def shape(
    body: str, subject: str, practice_name: str, channel: str, read: Placed, wording: Wording
) -> Iterator[Finding]:
    """What is missing or does not belong, whatever the words say."""
    if not body.strip():
        yield finding("empty")
    if channel == "email" and not subject.strip():
        yield finding("no_subject")
    if "\n" in subject or "\r" in subject:
        yield finding("bad_subject")
    if match := EMPTY_PLACES.search(body) or EMPTY_PLACES.search(subject):
        yield finding("empty_place", words=match.group().strip())
    # A call script is read by staff; what is heard is checked all the same.
    whole = f"{subject}\n{body}"
    if not whole.isascii():
        yield from _hidden(whole, read)
    elif match := _HIDDEN.search(whole):
        yield finding("control_character", start=match.start())
    said = read.text if channel == "phone" else whole
    # A script that leaves nothing on the machine is told so, once.
    if (said or channel != "phone") and (not practice_name or practice_name not in said):
        yield finding("no_sender")


def _hidden(whole: str, read: Placed) -> Iterator[Finding]:
    if match := _HIDDEN.search(whole):
        yield finding("control_character", start=match.start())
    if _OTHER_LETTER.search(read.blanked) and (match := _OTHER_WORD.search(read.blanked)):
        yield finding("mixed_script", start=match.start(), words=match.group())


def style(read: Placed, wording: Wording) -> Iterator[Finding]:
    """How loud it is: capitals, exclamation marks, pictures."""
    if read.blanked.count("!") > 1:
        yield finding("exclamation", start=read.blanked.find("!"))
    loud = [one for one in _LOUD.finditer(read.blanked) if one.group() not in wording.opt_out_words]
    if len(loud) >= LOUD_WORDS:
        yield finding("shouting", start=loud[0].start(), words=" ".join(one.group() for one in loud))
    if not read.text.isascii() and (match := _EMOJI.search(read.text)):
        yield finding("emoji", start=match.start(), words=match.group())

"""What names people, streets and landmarks in a text, and is not searched for words.

"Dr. Price" costs nothing, "20 Gift Avenue" gives nothing away, and nobody is in debt above the Balance Credit
Union.
"""

import re
from collections.abc import Collection

LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)
# Never part of a word and never a space: no phrase is read across what was taken out.
FILLER = "\u00b7"

# Names told by a title, and streets: "Dr. Price" costs nothing, "20 Gift Avenue" gives nothing away.
# A second word that names a specialty is none of the name.
_NAME = r"[A-ZÁÉÍÓÚÑ][a-záéíóúüñ'\u2019-]+"
_NAMES = rf"{_NAME}(?: {_NAME}){{0,3}}"
_TITLED = re.compile(
    rf"\b(?:Dr|Dra|Mr|Mrs|Ms|Sr|Sra|Srta|Don|Doña)\.? {_NAME}(?: (?!\w+(?:olog|iatr|ólog)){_NAME})?"
    rf"|\b(?:{_NAME}|\d+ {_NAME}(?: {_NAME}){{0,2}}) "
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Drive|Boulevard|Blvd|Court|Square)\b"
    rf"|\b(?:[Cc]alle|[Aa]venida|Av\.|[Pp]laza|[Pp]aseo) (?:de(?:l| la| los| las)? )?{_NAME}"
    # A place that says of itself what it is: "Last Chance Creek".
    rf"|\b{_NAME}(?: {_NAME}){{0,2}} (?:Creek|River|Lake|Hills?|Park|Bay|Beach|Valley|Ridge|Falls|Springs)\b"
)
_MAY_BE_TITLED = re.compile(
    r"[DMS][rs]|Do[nñ]|St|Av|R(?:oa)?d|Lane|Drive|B(?:oule|lvd)|Court|Square|alle|aza|aseo|ven"
    r"|Cr|Riv|Lake|Hill|Park|B[ae][ay]|idge|Fal|Spri"
)
# A landmark: "across from Discount Tire", "above the Balance Credit Union". The words before it stay.
_LANDMARK = re.compile(
    r"(?P<where>\b(?:near|across from|next (?:door )?to|opposite|beside|behind|above|below)(?: the)?"
    r"|\b(?:junto|frente|al lado|encima|debajo|detr[aá]s|enfrente) "
    r"(?:al|del|(?:a|de)(?: la| el| los| las)?)) "
    rf"(?P<name>{_NAMES})"
)


def _landmark(found: re.Match[str]) -> str:
    return f"{found['where']} {FILLER * len(found['name'])}"


def without_names(text: str, names: Collection[str]) -> str:
    """The text with links and names filled over: "Free Dental Care" is a practice, and offers nothing."""
    if "://" in text or "www." in text:
        text = LINK.sub(lambda one: FILLER * len(one[0]), text)
    # Whole names before what looks like a part of one: "Bramble Hill Surgery" is no hill.
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        if name in text:
            text = text.replace(name, FILLER * len(name))
    if _MAY_BE_TITLED.search(text):
        text = _TITLED.sub(lambda one: FILLER * len(one[0]), text)
    return _LANDMARK.sub(_landmark, text)

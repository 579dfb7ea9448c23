"""What kind of message the words of a text make it: care that is due, or marketing (R-A5, field note 3.10).

The words only suggest; a person says. A price, an offer, a coupon, a cosmetic upsell, somebody else's product
or a paid sponsor make it marketing. One that also calls a patient back to care that is due is mixed, which
nobody can confirm: the offer and the recall may not share a text (R-A116).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rebook.core.outreach.lint import sections
from rebook.core.outreach.lint_places import fold
from rebook.core.outreach.lint_wording import Wording, whole
from rebook.core.outreach.message import Template
from rebook.core.outreach.values import Purpose

Sign = Literal["price", "offer", "upsell", "third_party", "sponsor"]


@dataclass(frozen=True, slots=True)
class Clue:
    """Words in the text that speak for a class, and what they are ("an offer")."""

    sign: str
    words: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``purpose`` as the words suggest; ``is_mixed`` when care due and an offer stand in one text."""

    purpose: Purpose
    clues: tuple[Clue, ...] = ()
    is_mixed: bool = False


def suggest(*texts: str, wording: Wording, role: str = "recall", declared: str = "") -> Suggestion:
    """What the words suggest. ``texts``: subject, body, button, as written, placeholders left in.

    ``role`` "service" (an answer, a confirmation) suggests operations where nothing speaks for marketing.
    ``declared`` is what its writer says, kept when the words do not speak against it.
    """
    joined = "\n".join(texts)
    clues = tuple(_found(joined, wording.marketing))
    care = tuple(_found(joined, (("care_due", wording.care_due),)))
    if clues:
        return Suggestion("marketing", clues + care, is_mixed=bool(care))
    default: Purpose = "treatment_recall" if role == "recall" else "operations"
    said = next((one for one in ("operations", "informational") if one == declared), default)
    return Suggestion(said, care)


def suggest_template(template: Template) -> Suggestion:
    """What the words of a text suggest; of a call script only what is said first, not the answers."""
    body = template.body
    if template.channel == "phone":
        spoken = sections(body)
        body = "\n".join(spoken.get(heading, "") for heading in template.wording.spoken)
    return suggest(
        template.subject,
        body,
        template.short_body,
        template.button,
        wording=template.wording,
        role=template.role,
        declared=template.purpose,
    )


def _found(text: str, groups: Sequence[tuple[str, Sequence[str]]]) -> list[Clue]:
    folded = fold(text)
    found = []
    for sign, patterns in groups:
        match = _one_of(tuple(patterns)).search(folded)
        if match:
            found.append(Clue(sign, " ".join(text[match.start() : match.end()].split())))
    return found


@lru_cache(maxsize=256)
def _one_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return whole(patterns)

"""Who is left out for comparison: drawn at random, once, by household, within like cases (R-F50).

Within one stratum (site, reason, risk) the draw runs in blocks: of every ``block`` units that come, exactly
the holdout's share is left out, at places that a hash decides. So each stratum keeps its share from the
first dozens on, the draw can be recomputed, and nobody can guess the next place without the salt.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import gcd
from typing import Literal

from rebook.core.reasons import Reason

Arm = Literal["contact", "holdout"]

# From this risk class on nobody is left out.
NEVER_FROM_CLASS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One case about to be opened. ``household_key`` is empty when the patient shares contact with nobody."""

    patient_id: int
    household_key: str
    location_id: int | None
    reason: str
    risk_class: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """The arm of one candidate. ``is_new`` says that it was drawn now and has to be kept."""

    patient_id: int
    unit: str
    stratum: str
    arm: Arm
    is_new: bool
    reason: Reason


def unit_of(candidate: Candidate) -> str:
    """What is drawn together: a household that shares a contact, else the one person."""
    return candidate.household_key or f"patient:{candidate.patient_id}"


def stratum_of(candidate: Candidate) -> str:
    """Site x reason x risk."""
    return f"{candidate.location_id or '-'}|{candidate.reason}|{candidate.risk_class}"


def assign(
    candidates: Iterable[Candidate],
    *,
    percent: int,
    salt: str,
    assigned: Mapping[str, Arm],
    drawn: Mapping[str, int],
) -> list[Assignment]:
    """The arm of every candidate, in the order given.

    ``assigned`` holds the arms of units drawn before in this cycle (sticky), ``drawn`` how many units each
    stratum has drawn so far in it. ``percent`` is the holdout's share, 0 to 50. High-risk reasons are always
    contacted, also in a household that was left out for another reason, and draw nothing.
    Raises ``ValueError`` for a share out of range.
    """
    if not 0 <= percent <= 50:
        raise ValueError("the holdout's share lies between 0 and 50 percent")
    arms, counts = dict(assigned), dict(drawn)
    found = []
    for candidate in candidates:
        unit, stratum = unit_of(candidate), stratum_of(candidate)
        is_new = False
        arm: Arm = "contact"
        if candidate.risk_class >= NEVER_FROM_CLASS:
            reason = Reason("holdout_never", f"risk class {candidate.risk_class} is never left out")
        elif percent == 0:
            reason = Reason("holdout_off", "the campaign leaves nobody out")
        elif unit in arms:
            arm = arms[unit]
            reason = Reason("holdout_sticky", "drawn before in this cycle")
        else:
            place = counts.get(stratum, 0)
            counts[stratum] = place + 1
            arm = "holdout" if is_left_out(place, percent=percent, salt=salt, stratum=stratum) else "contact"
            arms[unit], is_new = arm, True
            reason = Reason("holdout_drawn", f"place {place + 1} of its stratum")
        found.append(Assignment(candidate.patient_id, unit, stratum, arm, is_new, reason))
    return found


def is_left_out(place: int, *, percent: int, salt: str, stratum: str) -> bool:
    """Whether the unit that comes at ``place`` (from 0) of its stratum is left out."""
    common = gcd(percent, 100)
    size, wanted = 100 // common, percent // common
    block, position = divmod(place, size)
    order = sorted(range(size), key=lambda one: _hash(f"{salt}|{stratum}|{block}|{one}"))
    return position in order[:wanted]


def draw_order(candidate: Candidate, *, salt: str) -> bytes:
    """A key that puts candidates into random order before the draw, so that rank does not decide the arm."""
    return _hash(f"{salt}|{unit_of(candidate)}")


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()

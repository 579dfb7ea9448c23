"""The two small phrases of the criteria language, read into values.

A moment:  "start of period - 15 months", "birth + 42 days", "end of index + 60 days"
A timing:  "ends during day of period", "overlaps period", "starts on or before end of period",
           "latest within 14 days on or before day of start of it",
           "starts on or after day of start of it - 7 days"
"""

import re
from typing import Literal, cast

from .definition import BIRTH, Own, Point, Relation, Timing
from .moments import Steps

_STEPS = r"(?P<steps>(?: [+-] \d+ (?:day|month|year)s?)*)"
_POINT = re.compile(rf"^(?:(?P<edge>start|end) of )?(?P<anchor>\w+){_STEPS}$")
_TIMING = re.compile(
    r"^(?:(?P<own>whole|starts|ends|latest|earliest|recorded) )?"
    r"(?:within (?P<amount>\d+) (?P<unit>day|month|year)s? )?"
    r"(?P<relation>during|overlaps after|overlaps|on or before|before|on or after|after|same)"
    r"(?P<day> day of)?"
    rf"(?: (?P<edge>start|end) of)? (?P<target>\w+){_STEPS}$"
)
_STEP = re.compile(r"([+-]) (\d+) (day|month|year)s?")


class PhraseInvalid(ValueError):
    """A phrase that says nothing. Trying again does not help."""

    permanent = True


def point(text: str) -> Point:
    """Read a moment. Raises PhraseInvalid."""
    found = _POINT.match(text)
    if not found or (found["edge"] is None and found["anchor"] != BIRTH):
        raise PhraseInvalid(f"'{text}' is no moment; write like 'start of period - 2 years'")
    edge = cast(Literal["start", "end"], found["edge"] or "start")
    return Point(found["anchor"], edge, _steps(found["steps"]))


def timing(text: str) -> Timing:
    """Read a timing. Raises PhraseInvalid."""
    found = _TIMING.match(text)
    if not found:
        raise PhraseInvalid(f"'{text}' is no timing; write like 'ends during day of period'")
    relation = cast(Relation, found["relation"])
    within = (int(found["amount"]), found["unit"] + "s") if found["amount"] else None
    if within and relation not in ("on or before", "on or after"):
        raise PhraseInvalid(f"'{text}': 'within' goes with 'on or before' or 'on or after'")
    edge = cast(Literal["", "start", "end"], found["edge"] or "")
    if found["steps"] and not edge:
        raise PhraseInvalid(f"'{text}': say which end ('start of', 'end of') is moved")
    return Timing(
        own=cast(Own, found["own"] or "whole"),
        relation=relation,
        target=found["target"],
        by_day=found["day"] is not None,
        edge=edge,
        steps=_steps(found["steps"]),
        within=within,
    )


def _steps(text: str) -> Steps:
    return tuple(
        (int(amount) if sign == "+" else -int(amount), unit + "s")
        for sign, amount, unit in _STEP.findall(text)
    )

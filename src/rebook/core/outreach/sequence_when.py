"""What must have happened in a case for a step to be taken: the branches of a sequence.

A sequence stays a list. Each step may carry a ``When``; where it does not hold at the instant the step falls
due, the step is passed over and the reason is kept. Two steps with opposite conditions are a branch.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from rebook.core.gaps.tiers import TIERS
from rebook.core.reasons import Reason
from rebook.core.response.dispositions import BARRIERS

Answer = Literal["", "yes", "no"]
ANSWERS: tuple[Answer, ...] = ("", "yes", "no")
HIGHEST_CLASS = 5
# More reasons than this are not listed in a sentence.
MANY_REASONS = 5
RULE = "step_condition"


class BadWhen(ValueError):
    """A condition cannot be what this says; ``field`` names the part. Trying again does not help."""

    permanent = True

    def __init__(self, field: str, says: str) -> None:
        self.field = field
        super().__init__(f"{field} {says}")


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a case knows at one instant.

    ``delivered`` and ``read``: a contact of the case arrived, was read (of a call: somebody was reached).
    ``clicked``: a button of the patient's page was pressed; the opening of a link alone never counts, because
    link scanners open links. ``barrier``: the reason last given for not coming, "" for none.
    """

    delivered: bool = False
    read: bool = False
    clicked: bool = False
    replied: bool = False
    barrier: str = ""
    risk_class: int = 0
    tier: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """Conditions of one step; all that are set must hold. Nothing set always holds."""

    delivered: Answer = ""
    read: Answer = ""
    clicked: Answer = ""
    replied: Answer = ""
    # Any of these reasons was given; none of those.
    barrier: tuple[str, ...] = ()
    not_barrier: tuple[str, ...] = ()
    min_class: int = 0
    max_class: int = HIGHEST_CLASS
    tier: tuple[str, ...] = ()

    @property
    def is_always(self) -> bool:
        return self == ALWAYS

    def as_json(self) -> dict[str, Any]:
        """Only what is set, as plain JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name in _NAMES
            if (value := getattr(self, name)) != getattr(ALWAYS, name)
        }


ALWAYS = When()
_NAMES = tuple(one.name for one in fields(When))
# field -> (what is said when "yes" is wanted, when "no" is wanted)
_FACTS: Mapping[str, tuple[str, str]] = {
    "delivered": ("a contact has arrived", "no contact has arrived"),
    "read": ("a message was read", "no message was read"),
    "clicked": ("they pressed a button on their page", "they pressed nothing on their page"),
    "replied": ("they have answered", "they have not answered"),
}


def conditions(when: When) -> tuple[str, ...]:
    """Each condition in words, as it follows "only if"."""
    said = [_FACTS[name][want == "no"] for name in _FACTS if (want := getattr(when, name))]
    if when.barrier:
        said.append(f"their reason is {_either(when.barrier)}")
    if len(when.not_barrier) > MANY_REASONS:
        said.append(f"their reason is none of the {len(when.not_barrier)} that are met in another way")
    elif when.not_barrier:
        said.append(f"their reason is not {_either(when.not_barrier)}")
    if when.min_class > 0:
        said.append(f"it is of class {when.min_class} or higher")
    if when.max_class < HIGHEST_CLASS:
        said.append(f"it is of class {when.max_class} or lower")
    if when.tier:
        said.append("they are " + " or ".join(one.replace("_", " ") for one in when.tier))
    return tuple(said)


def _either(barriers: Collection[str]) -> str:
    *most, last = (BARRIERS[one][:1].lower() + BARRIERS[one][1:] for one in barriers)
    return f"{', '.join(most)} or {last}" if most else last


def unmet(when: When, so_far: SoFar) -> Reason | None:
    """The first condition that does not hold, as the reason for passing the step over; None takes it."""
    for name in _FACTS:
        want, happened = getattr(when, name), getattr(so_far, name)
        if want and (want == "yes") is not happened:
            return _passed(_FACTS[name][want == "no"])
    for name, holds in (
        ("barrier", not when.barrier or so_far.barrier in when.barrier),
        ("not_barrier", so_far.barrier not in when.not_barrier),
        ("min_class", so_far.risk_class >= when.min_class),
        ("max_class", so_far.risk_class <= when.max_class or when.max_class >= HIGHEST_CLASS),
        ("tier", not when.tier or so_far.tier in when.tier),
    ):
        if not holds:
            alone = When(**{name: getattr(when, name)})
            return _passed(conditions(alone)[0])
    return None


def _passed(condition: str) -> Reason:
    return Reason(RULE, f"only if {condition}")


def when_from_json(value: Any) -> When:
    """The condition that ``as_json`` wrote, or a pack's ``when`` table. Raises ``BadWhen``."""
    if not isinstance(value, Mapping):
        raise BadWhen("when", 'wants a table like { delivered = "no" }')
    unknown = sorted(set(value) - set(_NAMES))
    if unknown:
        raise BadWhen("when", f"has an unknown condition '{unknown[0]}'")
    given: dict[str, Any] = {name: _answer(value, name) for name in _FACTS}
    given |= {name: _words(value, name, BARRIERS) for name in ("barrier", "not_barrier")}
    given["tier"] = _words(value, "tier", TIERS)
    given |= {name: _class(value, name) for name in ("min_class", "max_class")}
    if given["min_class"] > given["max_class"]:
        raise BadWhen("min_class", "is above max_class")
    return When(**given)


def _answer(value: Mapping[str, Any], name: str) -> Any:
    answer = value.get(name, "")
    if answer not in ANSWERS:
        raise BadWhen(name, 'must be "yes" or "no"')
    return answer


def _words(value: Mapping[str, Any], name: str, allowed: Collection[str]) -> tuple[str, ...]:
    words = value.get(name, ())
    if not isinstance(words, list | tuple) or any(one not in allowed for one in words):
        raise BadWhen(name, f"must be a list of words from: {', '.join(allowed)}")
    return tuple(words)


def _class(value: Mapping[str, Any], name: str) -> int:
    number = value.get(name, getattr(ALWAYS, name))
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= HIGHEST_CLASS:
        raise BadWhen(name, f"must be a whole number from 0 to {HIGHEST_CLASS}")
    return number

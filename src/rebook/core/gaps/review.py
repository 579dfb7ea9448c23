"""Whether a rule may run and whether it must be looked at again (R-C1, R-C8)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from .definition import GapDefinition

# "off": does not run until it is signed. "blocked": runs on, but no new campaign may start on it.
State = Literal["off", "blocked", "expired", "changed", "signed", "unsigned"]


@dataclass(frozen=True, slots=True)
class Review:
    """What stands of the signature: ``signed_on`` under the rule as it is now, if anybody signed it."""

    state: State
    signed_on: date | None = None


def review(
    definition: GapDefinition, *, as_of: date, signed_on: date | None, was_signed_before: bool = False
) -> Review:
    """The state of a rule on ``as_of``.

    A signature later than the rule's ``valid_until`` is a review: it holds for another year (R-C8).
    """
    is_signed = signed_on is not None or bool(definition.signed_off_by)
    if definition.blocks_unsigned and not is_signed:
        return Review("off", signed_on)
    if is_overdue(definition, as_of=as_of, signed_on=signed_on):
        return Review("blocked" if definition.blocks_unsigned else "expired", signed_on)
    if is_signed:
        return Review("signed", signed_on)
    return Review("changed" if was_signed_before else "unsigned")


def is_overdue(definition: GapDefinition, *, as_of: date, signed_on: date | None) -> bool:
    """Past its date, and nobody has reviewed it since, or that review is a year old itself."""
    if not definition.is_expired(as_of):
        return False
    if signed_on is None or definition.valid_until is None or signed_on <= definition.valid_until:
        return True
    return (as_of - signed_on).days > 365

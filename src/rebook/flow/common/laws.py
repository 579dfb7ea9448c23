"""The laws of a practice's own place, as in force on a day."""

from datetime import date

from rebook.core.outreach.law import Law
from rebook.packs.outreach import guard_policy


def laws_of(*, jurisdiction: str, today: date) -> tuple[Law, ...]:
    """Laws that bind a sender in ``jurisdiction`` ("us", "us-ma", "ca-on"); none where no file says any."""
    policy = guard_policy(
        jurisdiction_keys=[jurisdiction], years=(today.year, today.year + 1), overrides=None
    )
    return policy.laws

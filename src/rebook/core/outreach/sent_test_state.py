"""What became of a test: one word out of the facts appended to it, and how many more may be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from rebook.core.reasons import Reason

SentTestState = Literal[
    "refused", "claimed", "held", "accepted", "sent", "delivered", "read", "failed", "unknown"
]

# Tests of one member within an hour, codes included; and codes alone.
TESTS_PER_HOUR = 30
CODES_PER_HOUR = 3
# To one number or address in a day, whoever asks.
CODES_PER_DAY = 6
HOUR = timedelta(hours=1)
# Longer than any vendor's time-out: whoever claimed it is not sending it any more.
IN_THE_AIR = timedelta(minutes=10)
# What shows that it reached somebody, best last. Not every channel reports a delivery.
ARRIVED = ("delivered", "read")
GONE_OUT = ("accepted", "sent", *ARRIVED)


@dataclass(frozen=True, slots=True)
class SentTestFact:
    """One appended fact about a test: a state word, when, and the vendor's code."""

    state: str
    at: datetime
    code: str = ""


def state_of(verdict: str, facts: Sequence[SentTestFact], *, now: datetime) -> SentTestState:
    """One word for it. A failure counts unless the message arrived; doubt is "unknown", never "sent"."""
    if verdict != "allow":
        return "refused"
    words = {one.state for one in facts}
    for arrived in ("read", "delivered"):
        if arrived in words:
            return arrived
    if "failed" in words:
        is_held = any(one.state == "failed" and one.code == "stopped" for one in facts)
        return "held" if is_held else "failed"
    for word in ("sent", "accepted", "unknown"):
        if word in words:
            return word
    began = min((one.at for one in facts), default=now)
    return "unknown" if now - began >= IN_THE_AIR else "claimed"


def limit_problem(
    *, is_code: bool, tests_in_hour: int, codes_in_hour: int, codes_in_day: int
) -> Reason | None:
    """Why this member may send no more for now; None while there is room."""
    if tests_in_hour >= TESTS_PER_HOUR:
        return Reason("too_many_tests", f"{TESTS_PER_HOUR} tests in an hour are the most: wait a little")
    if is_code and codes_in_hour >= CODES_PER_HOUR:
        return Reason("too_many_codes", f"{CODES_PER_HOUR} codes in an hour are the most: wait a little")
    if is_code and codes_in_day >= CODES_PER_DAY:
        return Reason("too_many_codes", "this number was sent enough codes for today")
    return None

"""Which contact a booking is tied to: an association with a name, never a cause (Q-549, Q-550, R-F42).

What contact changed is the lift against the holdout and nothing else. Each booking is tied once: to the press
or the talk that it was made in, else to the last contact of the two weeks before, else it is only said that
somebody had been in touch.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

# R-F42: the last contact of so long before.
RECENT = timedelta(days=14)

How = Literal["page", "talk", "last", "earlier", "none"]
HOWS: tuple[How, ...] = ("page", "talk", "last", "earlier", "none")


@dataclass(frozen=True, slots=True)
class Booked:
    """Booked cases that share how it was made and what went before.

    ``origin``: of the booking made through Rebook, "" when the practice's own system took it.
    ``own_channel``: of the contact that it was made from. ``last_channel``: of the last contact before;
    ``is_recent``: in the two weeks before. ``channels``: of every contact before, each once.
    """

    origin: str
    own_channel: str
    last_channel: str
    is_recent: bool
    channels: tuple[str, ...]
    bookings: int
    succeeded: int


@dataclass(frozen=True, slots=True)
class Touch:
    """Bookings tied to one way: ``how`` with the ``channel`` of the contact, "" where there is none."""

    how: How
    channel: str
    bookings: int
    succeeded: int


def tie(one: Booked) -> tuple[How, str]:
    """The one contact that a booking is tied to."""
    if one.origin == "patient_page" and one.own_channel:
        return "page", one.own_channel
    if one.origin in ("staff", "reply") and one.own_channel:
        return "talk", one.own_channel
    if one.last_channel:
        return ("last" if one.is_recent else "earlier"), one.last_channel
    return "none", ""


def touches(booked: Iterable[Booked]) -> tuple[Touch, ...]:
    """Every booking in exactly one line: direct ways first, then those further off."""
    bookings: Counter[tuple[How, str]] = Counter()
    succeeded: Counter[tuple[How, str]] = Counter()
    for one in booked:
        bookings[tie(one)] += one.bookings
        succeeded[tie(one)] += one.succeeded
    order = sorted(bookings, key=lambda key: (HOWS.index(key[0]), -bookings[key], key[1]))
    return tuple(
        Touch(how, channel, bookings[how, channel], succeeded[how, channel]) for how, channel in order
    )


def any_touch(booked: Iterable[Booked]) -> tuple[tuple[str, int], ...]:
    """(channel, bookings with a contact by it before): one booking counts under every channel it had."""
    found: Counter[str] = Counter()
    for one in booked:
        for channel in set(one.channels):
            found[channel] += one.bookings
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))

"""What a patient's tick on their page says: per channel all about care, booked visits only, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rebook.core.outreach.consent import CARE_PURPOSES

Wish = Literal["care", "visits", "nothing"]
WISHES: tuple[Wish, ...] = ("care", "visits", "nothing")
ASKED_CHANNELS = ("sms", "email", "phone", "letter")


@dataclass(frozen=True, slots=True)
class Change:
    """Lines to add for one channel. Offers are never opened from here: they need a signature (R-A6)."""

    channel: str
    stops: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()


def wish_now(*, care: str, visits: str) -> Wish:
    """What stands, as one of the three answers ("stopped", "allowed" or "unsaid" for care and for visits)."""
    if care != "stopped":
        return "care"
    return "visits" if visits != "stopped" else "nothing"


def changes(stands: Mapping[str, tuple[str, str]], wishes: Mapping[str, str]) -> tuple[Change, ...]:
    """What the ticks change. ``stands``: channel to where (care, visits) stand; others are left out."""
    found = []
    for channel in ASKED_CHANNELS:
        care, visits = stands[channel]
        wish = wishes.get(channel, "")
        if wish not in WISHES or wish == wish_now(care=care, visits=visits):
            continue
        if wish == "nothing":
            found.append(Change(channel, stops=("all",)))
        elif wish == "visits":
            found.append(
                Change(
                    channel,
                    stops=("treatment_recall", "informational", "marketing") if care != "stopped" else (),
                    allows=("operations",) if visits == "stopped" else (),
                )
            )
        else:
            found.append(Change(channel, allows=CARE_PURPOSES))
    return tuple(found)

"""Whether a practice is ready to answer what a campaign brings: the launch checklist as values (R-E38).

A check is right, refused (the launch is), or only noted. Every refusal says what to do, and ``where`` names
the page on which it is done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from rebook.core.reasons import Reason

# R-E38: the contact for the night was reached within so many days.
ON_CALL_DAYS = timedelta(days=30)
# A reply that fell due a moment ago is being answered; one that is late for longer is not.
LATE_AFTER = timedelta(hours=1)

State = Literal["right", "refused", "noted"]


@dataclass(frozen=True, slots=True)
class ReadinessCheck:
    """One line of the checklist. ``reasons`` are empty when it is right."""

    key: str
    says: str
    reasons: tuple[Reason, ...] = ()
    where: str = ""
    only_noted: bool = False

    @property
    def state(self) -> State:
        if not self.reasons:
            return "right"
        return "noted" if self.only_noted else "refused"


class Stated(NamedTuple):
    """The newest record of one kind and key."""

    detail: Mapping[str, Any]
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class StaffedHours:
    """When somebody reads what patients write, on the practice's clock. Monday is 0."""

    weekdays: tuple[int, ...]
    opens: time
    closes: time


class BadStatement(ValueError):
    """What was typed about readiness cannot be; the message says what is wrong, ``field`` where."""

    permanent = True
    is_for_people = True

    def __init__(self, says: str, *, field: str) -> None:
        self.field = field
        super().__init__(says)


def read_staffed(detail: Mapping[str, Any]) -> StaffedHours:
    """From ``{"weekdays": [0, 1], "opens": "08:00", "closes": "17:00"}``. Raises ``BadStatement``."""
    weekdays = detail.get("weekdays")
    if not weekdays or any(type(one) is not int or one not in range(7) for one in weekdays):
        raise BadStatement("choose at least one day on which somebody answers", field="weekdays")
    try:
        opens, closes = (time.fromisoformat(str(detail.get(name, ""))) for name in ("opens", "closes"))
    except ValueError:
        raise BadStatement("write times like 08:00 and 17:30", field="opens") from None
    if closes <= opens:
        raise BadStatement("the inbox closes after it opens", field="closes")
    return StaffedHours(tuple(sorted(set(weekdays))), opens, closes)


def on_call_problem(
    contact: Stated | None, tested: Stated | None, *, now: datetime, zone: ZoneInfo
) -> Reason | None:
    """Why nobody could be reached in an emergency; None when the contact was tried within 30 days.

    A test counts for the number that was tested: another number has to be tried anew.
    """
    if contact is None or not contact.detail.get("name"):
        return Reason("no_on_call", "name a clinician who can be reached in an emergency, and try the number")
    if tested is None or tested.at < contact.at:
        return Reason("on_call_untested", "call the on-call number once, and note that it was answered")
    if now - tested.at > ON_CALL_DAYS:
        on = tested.at.astimezone(zone).date()
        return Reason("on_call_untested", f"the on-call number was last tried on {on}: try it again")
    return None


@dataclass(frozen=True, slots=True)
class ChannelStatement:
    """What the practice says of one way to reach patients."""

    sender: str = ""
    baa_signed_on: date | None = None
    sender_registered_on: date | None = None


def read_channel(detail: Mapping[str, Any]) -> ChannelStatement:
    """From JSON with dates as text. Raises ``BadStatement`` naming the field."""
    days = {}
    for name in ("baa_signed_on", "sender_registered_on"):
        try:
            days[name] = date.fromisoformat(str(detail[name])) if detail.get(name) else None
        except ValueError:
            raise BadStatement("write a day like 2026-03-31", field=name) from None
    return ChannelStatement(sender=str(detail.get("sender", ""))[:100].strip(), **days)


# Only these carry a sender that a carrier or a mail domain has to know.
REGISTERED = frozenset({"sms", "email"})


def channel_problems(kind: str, stated: ChannelStatement, *, today: date) -> Iterable[Reason]:
    """What stands against sending by a vendor's channel (R-A103): agreement, sender, registration."""
    for name, on in (("agreement", stated.baa_signed_on), ("registration", stated.sender_registered_on)):
        if on is not None and on > today:
            yield Reason(f"{name}_ahead", f"the {name} for {kind} is dated {on}, which is still to come")
    if stated.baa_signed_on is None:
        yield Reason("no_agreement", f"say when the agreement with the {kind} vendor was signed")
    if kind in REGISTERED and not stated.sender:
        yield Reason("no_sender", f"say which number or address patients see as the sender of {kind}")
    if kind in REGISTERED and stated.sender_registered_on is None:
        yield Reason("sender_unregistered", f"say when the sender of {kind} was registered")

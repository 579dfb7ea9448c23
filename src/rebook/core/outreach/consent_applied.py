"""Was a stop honoured? What the daily report asks of every path that could still reach somebody (R-A44)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rebook.core.outreach.consent import UNAPPLIED_AFTER, Line, may_lift

# What may still follow a stop: its one confirmation, an answer to HELP, words of safety (R-A45, R-A48).
_STILL_ALLOWED = frozenset({"opt_out_confirmation", "help_answer", "safety", "safety_crisis"})
WAITING = frozenset({"planned", "deferred"})
GONE_OUT = frozenset({"claimed", "accepted", "sent", "delivered", "read", "unknown"})

HowItFailed = Literal["went_out", "waits", "not_marked"]


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt, as far as the question goes. ``at``: when it went out, or is due."""

    state: str
    channel: str
    purpose: str
    origin: str
    template_key: str
    at: datetime


def is_overdue(*, recorded_at: datetime, now: datetime) -> bool:
    """Whether a stop was written down so long ago that every path must know it by ``now``."""
    return now - recorded_at >= UNAPPLIED_AFTER


def how_it_failed(
    stop: Line, contact: Contact, *, recorded_at: datetime, grants: Sequence[Line]
) -> HowItFailed | None:
    """How a contact breaks a stop; None when it does not.

    A message breaks it when it went out after the stop was written down, or still waits to. A stop that the
    patient lifted in between, for the same person or number, is not broken.
    """
    if contact.template_key in _STILL_ALLOWED or contact.origin == "safety":
        return None
    if not _reaches(stop, contact):
        return None
    if contact.state in GONE_OUT and contact.at <= recorded_at:
        return None
    until = contact.at if contact.state in GONE_OUT else None
    if _is_lifted(stop, contact, grants, until=until):
        return None
    if contact.state in GONE_OUT:
        return "went_out"
    return "waits" if contact.state in WAITING else None


def _reaches(stop: Line, contact: Contact) -> bool:
    return stop.state == "revoked" and stop.reaches(contact.channel, contact.purpose)


def _is_lifted(stop: Line, contact: Contact, grants: Sequence[Line], *, until: datetime | None) -> bool:
    return any(
        may_lift(origin=grant.origin)
        and grant.state == "granted"
        and grant.number == stop.number
        and grant.at > stop.at
        and (until is None or grant.at <= until)
        and grant.reaches(contact.channel, contact.purpose)
        for grant in grants
    )

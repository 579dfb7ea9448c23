"""One row of a coordination file: what another tool of the practice sent, or whom it called (field note)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo

from rebook.core.contacts import read_email, read_phone
from rebook.core.words import CONTACT_CHANNELS

COLUMNS = ("patient_id", "number", "channel", "at", "system", "purpose", "status")
REQUIRED = ("channel", "at")
LONGEST = {"patient_id": 200, "number": 254, "system": 60, "purpose": 40, "status": 40}

# Words that other tools use, and ours.
_CHANNELS = {
    **{word: word for word in CONTACT_CHANNELS},
    **dict.fromkeys(("text", "texts", "mms", "whatsapp"), "sms"),
    **dict.fromkeys(("e-mail", "mailing"), "email"),
    **dict.fromkeys(("call", "calls", "voice", "ivr", "voicemail"), "phone"),
    **dict.fromkeys(("mail", "post", "postal", "postcard"), "letter"),
    **dict.fromkeys(("push", "app"), "portal"),
}
_PURPOSES = {
    **dict.fromkeys(("", "operations", "reminder", "reminders", "appointment", "confirmation"), "operations"),
    **dict.fromkeys(("treatment_recall", "recall", "reactivation"), "treatment_recall"),
    **dict.fromkeys(("informational", "information", "news", "survey", "review"), "informational"),
    **dict.fromkeys(("marketing", "promotion", "newsletter"), "marketing"),
}
# What came to nothing could not be noticed, and uses up nobody's limit (field note 30).
_NOT_NOTICED = frozenset({"failed", "undelivered", "bounced", "bounce", "cancelled", "canceled", "not sent"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not taken: the column and the reason, in words that quote nothing of the row."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A contact that could be noticed. ``at`` is UTC; ``number`` is E.164 or an e-mail address, or empty."""

    patient_id: str
    number: str
    channel: str
    purpose: str
    at: datetime
    system: str


def read_row(
    row: Mapping[str, str], *, system: str, region: str, zone: tzinfo, now: datetime
) -> Sent | Problem | None:
    """A row by its column names; None for one that never reached anybody, a ``Problem`` when it is wrong.

    ``system`` names the tool where the row does not, ``region`` is the country of numbers without a code,
    ``zone`` the clock of times without one.
    """
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name, most in LONGEST.items():
        if len(cell[name]) > most:
            return Problem(name, f"longer than {most} characters")
    channel = _CHANNELS.get(cell["channel"].lower(), "")
    if not channel:
        return Problem("channel", "none of " + ", ".join(CONTACT_CHANNELS))
    purpose = _PURPOSES.get(cell["purpose"].lower(), "")
    if not purpose:
        return Problem("purpose", "none of operations, treatment_recall, informational, marketing")
    if not cell["patient_id"] and not cell["number"]:
        return Problem("patient_id", "names neither a patient nor a number")
    number = _number(cell["number"], region)
    if isinstance(number, Problem):
        return number
    at = _instant(cell["at"], zone)
    if at is None:
        return Problem("at", "is no date or time like 2026-03-17 or 2026-03-17T09:30")
    # A day without a time is read as its noon: this morning's file may well name today.
    is_today = _is_day(cell["at"]) and at.astimezone(zone).date() == now.astimezone(zone).date()
    if at > now and not is_today:
        return Problem("at", "lies in the future")
    if cell["status"].lower() in _NOT_NOTICED:
        return None
    return Sent(cell["patient_id"], number, channel, purpose, at, cell["system"] or system)


def _number(text: str, region: str) -> str | Problem:
    if not text:
        return ""
    read = read_email(text) if "@" in text else read_phone(text, region=region)
    return Problem("number", read.problem) if read.problem else read.value


def _instant(text: str, zone: tzinfo) -> datetime | None:
    """A day without a time is taken as its noon: nobody knows better."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if _is_day(text):
        at = datetime.combine(at.date(), time(12))
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _is_day(text: str) -> bool:
    """A day that says no time."""
    return len(text) <= len("2026-03-17")


def row_key(sent: Sent) -> str:
    """The same row of the same tool again has the same key."""
    told = (sent.system, sent.patient_id, sent.number, sent.channel, sent.purpose, sent.at.isoformat())
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()

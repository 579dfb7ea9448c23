"""One row of a file of consents, read and checked (R-A7, R-A54, R-A177)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Literal

from rebook.core.contacts import read_email, read_phone
from rebook.core.outreach.consent import Provenance
from rebook.core.words import CONSENT_CHANNELS, CONSENT_PERMISSIONS, CONSENT_PURPOSES, CONSENT_SPEAKERS

COLUMNS = (
    "patient_id",
    "number",
    "channel",
    "purpose",
    "state",
    "at",
    "origin",
    "wording",
    "evidence",
    "shown_wording",
    "version",
    "scope",
    "permission",
    "on_behalf",
    "on_behalf_name",
    "expires_on",
)
State = Literal["granted", "revoked"]
REQUIRED = ("channel", "state", "at")
LONGEST = {
    "patient_id": 200,
    "number": 254,
    "origin": 120,
    "evidence": 200,
    "version": 40,
    "on_behalf_name": 120,
}

# Words that systems use, and ours.
_CHANNELS = {
    **{word: word for word in CONSENT_CHANNELS},
    **dict.fromkeys(("text", "texts", "mobile"), "sms"),
    **dict.fromkeys(("mail", "post", "postal"), "letter"),
    **dict.fromkeys(("call", "calls", "voice"), "phone"),
    "e-mail": "email",
    "any": "all",
}
_STATES: dict[str, State] = {
    **dict.fromkeys(("granted", "opt-in", "opt in", "optin", "opted in", "in"), "granted"),
    **dict.fromkeys(("yes", "y", "true", "1"), "granted"),
    **dict.fromkeys(("revoked", "opt-out", "opt out", "optout", "opted out", "out", "stop"), "revoked"),
    **dict.fromkeys(("unsubscribed", "do not contact", "no", "n", "false", "0"), "revoked"),
}
_PURPOSES = {
    **{word: word for word in CONSENT_PURPOSES},
    **dict.fromkeys(("recall", "treatment"), "treatment_recall"),
    **dict.fromkeys(("appointment", "appointments", "reminders"), "operations"),
    "": "all",
    "news": "informational",
    "promotions": "marketing",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not taken: the column and the reason, in words that quote nothing of the row."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """A row that can be taken. ``at`` is UTC."""

    patient_id: str
    number: str
    channel: str
    purpose: str
    state: State
    at: datetime
    wording: str
    proof: Provenance


def read_row(
    row: Mapping[str, str], *, place: str, region: str, zone: tzinfo, now: datetime
) -> ImportedStatement | Problem:
    """A row of the file by its column names; what is wrong first, as a ``Problem``.

    ``place`` is "file.csv:12", ``region`` the country of numbers without a code, ``zone`` the clock of times
    without one. A permission without words or evidence is not taken: it would prove nothing (R-A7).
    """
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name, most in LONGEST.items():
        if len(cell[name]) > most:
            return Problem(name, f"longer than {most} characters")
    words = _words(cell)
    if isinstance(words, Problem):
        return words
    number = _number(cell["number"], region)
    if isinstance(number, Problem):
        return number
    if not number and not cell["patient_id"]:
        return Problem("patient_id", "names neither a patient nor a number")
    at = _instant(cell["at"], zone, is_stop=words[1] == "revoked")
    expires_on = _day(cell["expires_on"])
    if at is None:
        return Problem("at", "is no date or time like 2026-03-17 or 2026-03-17T09:30")
    if at.astimezone(zone).date() > now.astimezone(zone).date():
        return Problem("at", "lies in the future")
    if isinstance(expires_on, Problem):
        return expires_on
    if words[1] == "granted" and not (cell["wording"] or cell["shown_wording"] or cell["evidence"]):
        return Problem("wording", "a permission needs the words that gave it, or where its evidence is")
    return ImportedStatement(
        patient_id=cell["patient_id"],
        number=number,
        channel=words[0],
        state=words[1],
        purpose=words[2],
        at=at,
        wording=cell["wording"],
        proof=_proof(cell, place=place, expires_on=expires_on, number=number),
    )


def _words(cell: Mapping[str, str]) -> tuple[str, State, str] | Problem:
    channel = _CHANNELS.get(cell["channel"].lower(), "")
    if not channel:
        return Problem("channel", "none of " + ", ".join(CONSENT_CHANNELS))
    state = _STATES.get(cell["state"].lower())
    if state is None:
        return Problem("state", "neither granted nor revoked")
    purpose = _PURPOSES.get(cell["purpose"].lower(), "")
    if not purpose:
        return Problem("purpose", "none of " + ", ".join(CONSENT_PURPOSES))
    if cell["permission"].lower() not in CONSENT_PERMISSIONS:
        return Problem("permission", "none of " + ", ".join(filter(None, CONSENT_PERMISSIONS)))
    if cell["on_behalf"].lower() not in ("", *CONSENT_SPEAKERS):
        return Problem("on_behalf", "none of " + ", ".join(CONSENT_SPEAKERS))
    # Without the patient's own words a stop is not narrow (R-A47).
    if state == "revoked" and not cell["wording"]:
        purpose = "all"
    return channel, state, purpose


def _number(text: str, region: str) -> str | Problem:
    if not text:
        return ""
    read = read_email(text) if "@" in text else read_phone(text, region=region)
    return Problem("number", read.problem) if read.problem else read.value


def _instant(text: str, zone: tzinfo, *, is_stop: bool) -> datetime | None:
    """UTC. A stop that names only the day was said at its end, a permission at its beginning: doubt stops."""
    try:
        if len(text) == len("2026-03-17"):
            clock = time(23, 59, 59) if is_stop else time()
            found = datetime.combine(date.fromisoformat(text), clock, tzinfo=zone)
        else:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> date | Problem | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return Problem("expires_on", "is no date like 2026-03-17")


def _proof(cell: Mapping[str, str], *, place: str, expires_on: date | None, number: str) -> Provenance:
    where = f"{place}, {cell['evidence']}" if cell["evidence"] else place
    return Provenance(
        way="import",
        speaker=cell["on_behalf"].lower() or "patient",
        speaker_name=cell["on_behalf_name"],
        shown_wording=cell["shown_wording"],
        shown_version=cell["version"],
        source=cell["origin"],
        scope_words=tuple(word.strip()[:40] for word in cell["scope"].split(";") if word.strip()),
        permission=cell["permission"].lower(),
        named_value=number,
        evidence_kind="import_row",
        evidence_ref=where,
        expires_on=expires_on,
    )


def import_key(said: ImportedStatement, *, source: str) -> str:
    """The same row of the same source has the same key, wherever in the file it stands."""
    parts = (
        source,
        said.patient_id,
        said.number,
        said.channel,
        said.purpose,
        said.state,
        said.at.isoformat(),
        said.wording,
        said.proof.shown_wording,
        said.proof.source,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

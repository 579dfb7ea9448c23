"""Statements of consent: what proves one, what a stop binds, what may lift it, what an import may say.

The ledger only grows; these rules say what its lines mean. ``guard_consent`` judges one contact by them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from rebook.core.outreach.law import Law

# Kinds of message about a patient's own care: what a start or a tick on the page opens again. Marketing never
# is among them: it needs a signed consent of its own (R-A6).
CARE_PURPOSES = ("treatment_recall", "operations", "informational")

# Ledger origins in which the patient spoke themself (R-A54). A tick of a mail program or a vendor's word may
# only ever stop something, but a start that the vendor passes on was typed by the patient.
PATIENTS_OWN = frozenset({"sms_reply", "email_reply", "patient_page", "list_unsubscribe", "provider"})
# A new consent in the patient's own hand or voice, kept as a file: staff wrote the line, the file speaks.
SIGNED = "signed_consent"

UNAPPLIED_AFTER = timedelta(hours=24)
# Where permission ran out, asking for it by these is itself a message that needs it (R-B12).
_ASKING_NEEDS_CONSENT = frozenset({"sms", "email"})


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a statement came to be known, and what proves it (R-A7, R-A43, R-B55). Words: ``core.words``."""

    way: str = ""
    speaker: str = "patient"
    speaker_name: str = ""
    # The text that was read or shown to the person, and which version of it.
    shown_wording: str = ""
    shown_version: str = ""
    # The form, page or system it comes from.
    source: str = ""
    # What the permission was given for, in the form's own words: appointment, treatment, recall ... (R-A4).
    scope_words: tuple[str, ...] = ()
    permission: str = ""
    # The number or address that a signed consent names (R-A6).
    named_value: str = ""
    evidence_kind: str = ""
    # "reply:7", "attempt:9", "file.csv:12".
    evidence_ref: str = ""
    evidence_id: int | None = None
    # Of a page: the network (not the address) and the kind of browser.
    network: str = ""
    agent: str = ""
    expires_on: date | None = None
    # On the practice's own do-not-call list (R-A37).
    is_company_list: bool = False
    # Of an import: the same row has the same key.
    import_key: str = ""


NOTHING_KNOWN = Provenance()


def may_lift(*, origin: str) -> bool:
    """Whether a grant of this origin may lift an opt-out: the patient's own act, or a signed consent that is
    kept (R-A54). What staff only say, and what an import says, never does (R-A177)."""
    return origin in PATIENTS_OWN or origin == SIGNED


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger, as far as it decides what is allowed."""

    channel: str
    purpose: str
    state: Literal["granted", "revoked"]
    at: datetime
    origin: str
    # The number or address that the line binds, whoever owns it (R-A52); "" where it binds the person.
    number: str = ""

    def reaches(self, channel: str, purpose: str) -> bool:
        """STOP to a text also ends automated calls; a person's own call is a channel of its own (R-A47)."""
        return self.channel in ("all", channel) and self.purpose in ("all", purpose)


Standing = Literal["stopped", "allowed", "unsaid"]


def standing_stops(lines: Sequence[Line], *, channel: str, purpose: str, now: datetime) -> list[Line]:
    """Revocations that bind a message of this kind and were not lifted, oldest first.

    A lift is a later grant by the patient for the same person or number. A tie goes to the stop.
    """
    lifts = [
        line
        for line in lines
        if line.state == "granted"
        and may_lift(origin=line.origin)
        and line.at <= now
        and line.reaches(channel, purpose)
    ]
    stops = [
        line
        for line in lines
        if line.state == "revoked"
        and line.reaches(channel, purpose)
        and not any(lift.number == line.number and lift.at > line.at for lift in lifts)
    ]
    return sorted(stops, key=lambda line: line.at)


def standing(lines: Sequence[Line], *, channel: str, purpose: str, now: datetime) -> Standing:
    """Where a person and their number stand for one kind of message at ``now``."""
    if standing_stops(lines, channel=channel, purpose=purpose, now=now):
        return "stopped"
    said = any(
        line.state == "granted" and line.at <= now and line.reaches(channel, purpose) for line in lines
    )
    return "allowed" if said else "unsaid"


def best(found: Iterable[Standing]) -> Standing:
    """Where somebody stands who has several numbers: reachable by one is reachable."""
    known = set(found)
    return "allowed" if "allowed" in known else "unsaid" if "unsaid" in known else "stopped"


# --- what a stop binds ------------------------------------------------------------------------------------


class NarrowWithoutWords(ValueError):
    """Somebody narrowed a stop without the patient's own words for it (R-A47). Trying again does not help."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Binding:
    """What a stop binds here, and the least that the law says it binds on that day."""

    channels: tuple[str, ...]
    purposes: tuple[str, ...]
    legal_scope: Literal["this_kind", "everything_automated"]


def revoke_all_from(laws: Sequence[Law]) -> date | None:
    """The earliest day from which some law makes one stop end everything (R-A47); None where none does."""
    days = [law.revoke_all_from for law in laws if law.revoke_all_from is not None]
    return min(days) if days else None


def what_a_stop_binds(
    *,
    channel: str,
    purposes: Sequence[str] = ("all",),
    words: str = "",
    said_on: date,
    revoke_all: date | None,
) -> Binding:
    """What somebody who said stop is held to have stopped.

    The house binds every kind of message on the channel at once. It is narrower only where the patient's own
    words are kept and were narrow; raises ``NarrowWithoutWords`` otherwise. ``revoke_all`` is the day of the
    law's own switch: before it the law binds the kind that was answered, from it on everything automated.
    """
    wanted = tuple(dict.fromkeys(purposes)) or ("all",)
    if "all" in wanted:
        wanted = ("all",)
    elif not words.strip():
        raise NarrowWithoutWords("to stop only one kind of message, write down the patient's own words")
    has_switched = revoke_all is not None and said_on >= revoke_all
    return Binding((channel,), wanted, "everything_automated" if has_switched else "this_kind")


# --- what an import may say -------------------------------------------------------------------------------

ImportVerdict = Literal["add", "bound_by_newer"]


def judge_import(lines: Sequence[Line], new: Line, *, now: datetime) -> tuple[ImportVerdict, datetime | None]:
    """Whether an imported line may be added, and else the instant of the opt-out that binds.

    A stop always may. A permission that is older than an opt-out is history and may; a later one would look
    as if it lifted the opt-out, and only the patient can do that (R-A54, R-A177).
    """
    if new.state == "revoked":
        return "add", None
    channels = ("sms", "email", "phone", "letter", "portal") if new.channel == "all" else (new.channel,)
    purposes = (*CARE_PURPOSES, "marketing") if new.purpose == "all" else (new.purpose,)
    binding = [
        stop
        for channel in channels
        for purpose in purposes
        for stop in standing_stops(lines, channel=channel, purpose=purpose, now=now)
        if stop.at <= new.at
    ]
    return ("bound_by_newer", max(stop.at for stop in binding)) if binding else ("add", None)


# --- asking again -----------------------------------------------------------------------------------------


def may_ask_for_consent(*, channel: str, jurisdictions: Sequence[str], has_permission: bool) -> bool:
    """Whether a message by ``channel`` may ask for consent.

    In Canada such a message is itself commercial: without a permission that still holds it goes by telephone,
    letter or at a visit (R-B12). Elsewhere the house asks the same of those who never permitted marketing.
    """
    if has_permission or channel not in _ASKING_NEEDS_CONSENT:
        return True
    return not any(one == "ca" or one.startswith("ca-") for one in jurisdictions)

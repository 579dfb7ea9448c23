"""A member's own number or address, to which tests may go: confirmed by a code, for a year, and only theirs.

Nobody else's number can be tested on: what is not confirmed by whoever asks is no staff contact to the guard.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from rebook.core.channel import ChannelKind
from rebook.core.contacts import read_email
from rebook.core.reasons import Reason

# Channels on which a member can be written to; a letter is looked at as a PDF.
TESTABLE: tuple[ChannelKind, ...] = ("sms", "email")
# Who writes, signs or launches may try it on themself (R-A129).
MAY_TEST = frozenset({"writer", "manager", "coordinator", "clinician", "compliance"})
CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=10)
# After so many wrong codes a new one has to be sent.
CODE_TRIES = 5
# Numbers change hands (R-A60): a confirmation is given again after this.
CONFIRMED_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class OwnContact:
    """What a member keeps for themself. ``value`` is E.164 or an e-mail address."""

    id: int
    user_id: int
    channel: ChannelKind
    value: str
    line_type: str = ""
    confirmed_at: datetime | None = None

    @property
    def masked(self) -> str:
        """Enough to know it again: the last two digits, or the first letter and the domain."""
        if self.channel == "email":
            name, _, domain = self.value.partition("@")
            return f"{name[:1]}***@{domain}"
        return f"*** {self.value[-2:]}"

    def is_confirmed(self, *, now: datetime) -> bool:
        """Proved to be the member's own, and lately enough."""
        return self.confirmed_at is not None and self.confirmed_at <= now < self.confirmed_at + CONFIRMED_FOR


def still_theirs(contact: OwnContact, *, email: str) -> bool:
    """An e-mail is only ever the one that its member signs in with now; a number is theirs until changed."""
    return contact.channel != "email" or contact.value == read_email(email).value


@dataclass(frozen=True, slots=True)
class SentCode:
    """The newest code that went to a contact: never itself, only its hash."""

    hashed: str
    sent_at: datetime
    wrong_tries: int = 0


def hash_of_code(code: str, *, contact_id: int, secret: str) -> str:
    """What is kept of a code; worthless without the installation's secret, and for any other contact."""
    said = f"{contact_id}:{code}".encode()
    return hmac.new(secret.encode(), b"own contact " + said, hashlib.sha256).hexdigest()


def code_problem(
    given: str, code: SentCode | None, *, contact_id: int, secret: str, now: datetime
) -> Reason | None:
    """Why ``given`` confirms nothing; None when it is the code that was sent, in time, within its tries."""
    if code is None:
        return Reason("no_code", "ask for a code first")
    if code.wrong_tries >= CODE_TRIES:
        return Reason("code_tried_out", "too many wrong codes: ask for a new one")
    if not code.sent_at <= now < code.sent_at + CODE_LASTS:
        return Reason("code_expired", "this code is too old: ask for a new one")
    typed = "".join(given.split())
    if not hmac.compare_digest(hash_of_code(typed, contact_id=contact_id, secret=secret), code.hashed):
        left = CODE_TRIES - code.wrong_tries - 1
        return Reason("code_wrong", f"this is not the code that was sent; {left} more tries")
    return None

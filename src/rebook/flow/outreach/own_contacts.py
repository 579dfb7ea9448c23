"""A member keeps, for themself, a mobile number and their e-mail: confirmed by a code that is sent there.

The code goes the way of every test: same guard, same channel, same ledger. Nobody can keep another's number:
what is not confirmed is no staff contact to the guard, and an e-mail is only ever the one they sign in with.
"""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.accounts.read import MemberView, OrganisationView
from rebook.core.channel import Channel
from rebook.core.contacts import read_email, read_phone, region_of
from rebook.core.outreach.guard_content import TEXTABLE_LINES
from rebook.core.outreach.own_contact import (
    CODE_DIGITS,
    CODE_LASTS,
    TESTABLE,
    OwnContact,
    code_problem,
    hash_of_code,
    still_theirs,
)
from rebook.records.read import staff_contacts as read
from rebook.records.read.sent_tests import SentTestLine
from rebook.records.write import staff_contacts as write

from .test_sends import UnableToTest, Wanted, send_tests


def own_contacts(*, organisation_id: int, user_id: int) -> Mapping[str, OwnContact]:
    """What this member keeps, by channel ("sms", "email"); one they sign in with no more is left out."""
    member = _member(organisation_id, user_id)
    found = read.own_contacts(organisation_id=organisation_id, user_id=user_id)
    return {channel: one for channel, one in found.items() if still_theirs(one, email=member.email)}


def own_to_be_proved(*, organisation_id: int, user_id: int, now: datetime) -> dict[str, OwnContact]:
    """What this member typed in the place of a confirmed one and may still confirm, by channel."""
    return read.to_be_proved(organisation_id=organisation_id, user_id=user_id, now=now)


def keep_own(
    *,
    organisation_id: int,
    user_id: int,
    channel: str,
    value: str = "",
    now: datetime,
    channels: Mapping[str, Channel] | None = None,
) -> SentTestLine:
    """Keep a number (``value`` as typed) or the member's own e-mail, and send a code there; how that went.

    Kept and not yet confirmed, it is only sent a new code. What is confirmed already stays until the new one
    is, and goes on if the code is never given. Raises ``UnableToTest`` for what takes no text
    message, and for what is confirmed.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    member = _member(organisation_id, user_id)
    address, line_type = _read(organisation, member, channel, value)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    with transaction.atomic(durable=True):
        known = write.lock_own_contacts(organisation_id=organisation_id, user_id=user_id).get(channel)
        new = own_to_be_proved(organisation_id=organisation_id, user_id=user_id, now=now).get(channel)
        is_used = known is not None and _is_used(known, member, now=now)
        if known is not None and known.value == address and is_used:
            raise UnableToTest("this is confirmed already: tests go there")
        until = now + CODE_LASTS if is_used else None
        same = next((one for one in ((new,) if is_used else (known,)) if one and one.value == address), None)
        if same is not None:
            contact_id = same.id
        else:
            contact_id = write.keep_contact(
                organisation_id=organisation_id,
                user_id=user_id,
                channel=channel,
                value=address,
                line_type=line_type,
                now=now,
                until=until,
            )
            _note(organisation_id, user_id, "own_contact.kept", contact_id, channel, now=now)
    (line,) = send_tests(
        organisation_id=organisation_id,
        user_id=user_id,
        wanted=[_message(organisation, channel, code)],
        press=f"code-{uuid.uuid4().hex}",
        now=now,
        channels=channels,
    )
    if line.state not in ("refused", "held"):
        # Only now: while no new code is on its way, the one before it goes on working.
        hashed = hash_of_code(code, contact_id=contact_id, secret=settings.SECRET_KEY)
        with transaction.atomic(durable=True):
            write.note_code(
                organisation_id=organisation_id, contact_id=contact_id, code_hash=hashed, now=now, until=until
            )
    return line


def _is_used(own: OwnContact, member: MemberView, *, now: datetime) -> bool:
    """Tests go there now."""
    return own.is_confirmed(now=now) and still_theirs(own, email=member.email)


def confirm_own(*, organisation_id: int, user_id: int, channel: str, code: str, now: datetime) -> OwnContact:
    """Prove by the code that the contact is the member's own. Raises ``UnableToTest`` with what is wrong."""
    with transaction.atomic(durable=True):
        kept = write.lock_own_contacts(organisation_id=organisation_id, user_id=user_id)
        new = own_to_be_proved(organisation_id=organisation_id, user_id=user_id, now=now)
        own = (kept | new).get(channel)
        if own is None:
            raise UnableToTest("keep a number first")
        sent = read.newest_code(organisation_id=organisation_id, contact_id=own.id)
        problem = code_problem(code, sent, contact_id=own.id, secret=settings.SECRET_KEY, now=now)
        if problem is not None and problem.rule == "code_wrong" and sent is not None:
            write.count_wrong_try(
                organisation_id=organisation_id, contact_id=own.id, tries=sent.wrong_tries + 1
            )
        if problem is None:
            _confirm(organisation_id, user_id, own, now=now)
    # Raised only now: the wrong try stays counted.
    if problem is not None:
        raise UnableToTest(problem.detail)
    return read.own_contacts(organisation_id=organisation_id, user_id=user_id)[channel]


def forget_own(*, organisation_id: int, user_id: int, channel: str, now: datetime) -> bool:
    """Nothing goes there any more; False when nothing was kept."""
    with transaction.atomic(durable=True):
        own = write.lock_own_contacts(organisation_id=organisation_id, user_id=user_id).get(channel)
        if own is None:
            return False
        write.end_contact(organisation_id=organisation_id, user_id=user_id, channel=channel, now=now)
        _note(organisation_id, user_id, "own_contact.ended", own.id, channel, now=now)
    return True


def _confirm(organisation_id: int, user_id: int, own: OwnContact, *, now: datetime) -> None:
    # Whoever holds the telephone now is the one: another member who once confirmed the number loses it.
    write.end_confirmed_elsewhere(
        organisation_id=organisation_id, contact_id=own.id, channel=own.channel, value=own.value, now=now
    )
    write.confirm_contact(
        organisation_id=organisation_id, user_id=user_id, channel=own.channel, contact_id=own.id, now=now
    )
    _note(organisation_id, user_id, "own_contact.confirmed", own.id, own.channel, now=now)


def _member(organisation_id: int, user_id: int) -> MemberView:
    for one in accounts.members(organisation_id=organisation_id):
        if one.user_id == user_id:
            return one
    raise UnableToTest("whoever asks does not work for this practice")


def _read(organisation: OrganisationView, member: MemberView, channel: str, value: str) -> tuple[str, str]:
    """(number or address, kind of line) of what was typed; an e-mail is the member's own, whatever was."""
    if channel not in TESTABLE:
        raise UnableToTest("tests go by text message or e-mail")
    if channel == "email":
        return read_email(member.email).value, ""
    number = read_phone(value, region=region_of(organisation.jurisdiction))
    if number.problem:
        raise UnableToTest(f"this is no number that can be texted: {number.problem}")
    if number.line_type not in TEXTABLE_LINES:
        raise UnableToTest("this line takes no text messages: give a mobile number")
    return number.value, number.line_type


def _message(organisation: OrganisationView, channel: str, code: str) -> Wanted:
    """Fixed words: a number that is not yet proved gets these and no others."""
    minutes = int(CODE_LASTS.total_seconds() // 60)
    body = (
        f"{organisation.public_name}: {code} is the code for test messages to staff. It works for {minutes} "
        "minutes. If you did not ask for it, ignore this message."
    )
    subject = f"{organisation.public_name}: your code for test messages" if channel == "email" else ""
    return Wanted(channel=channel, body=body, subject=subject, kind="code", template_key="own_contact_code")


def _note(
    organisation_id: int, user_id: int, action: str, contact_id: int, channel: str, *, now: datetime
) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=f"user:{user_id}",
        action=action,
        subject_kind="own_contact",
        subject_id=contact_id,
        detail={"channel": channel},
    )

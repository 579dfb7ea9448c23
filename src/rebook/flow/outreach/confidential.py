"""Confidential communications (R-A101): keep how a patient asked to be reached; the guard does the rest.

Nobody asks why, and nothing here stores a reason.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.contacts import read_email, read_phone, region_of
from rebook.core.words import CONTACT_CHANNELS
from rebook.packs.sensitivity import sensitivity_tables
from rebook.records.write import confidential as write
from rebook.records.write.confidential import Wish

__all__ = ["UnableToKeep", "Wish", "end_wish", "keep_wish", "mark_number", "unmark_number"]

SHORTEST_CODE_WORD = 4


class UnableToKeep(Exception):
    """What was asked cannot be kept as it stands; the message says what is wrong."""

    permanent = True
    is_for_people = True


def keep_wish(*, organisation_id: int, patient_id: int, wish: Wish, now: datetime, actor: str) -> int | None:
    """Keep ``wish`` for the patient in place of what stood; the request's id, None without such a patient.

    Binds everything from the next decision on, also what waits to go out. Raises ``UnableToKeep``.
    """
    checked = _checked(
        wish, region=region_of(accounts.organisation(organisation_id=organisation_id).jurisdiction)
    )
    with transaction.atomic(durable=True):
        kept = write.keep_request(
            organisation_id=organisation_id, patient_id=patient_id, wish=checked, now=now, by=actor
        )
        if kept is not None:
            _note(organisation_id, patient_id, "confidential.kept", now=now, actor=actor)
    return kept


def end_wish(*, organisation_id: int, patient_id: int, now: datetime, actor: str) -> bool:
    """The patient no longer asks for it; False when nothing stood."""
    with transaction.atomic(durable=True):
        ended = write.end_request(organisation_id=organisation_id, patient_id=patient_id, now=now, by=actor)
        if ended:
            _note(organisation_id, patient_id, "confidential.ended", now=now, actor=actor)
    return ended


def _checked(wish: Wish, *, region: str) -> Wish:
    if wish.asks_for_nothing:
        raise UnableToKeep("nothing was asked for: choose a channel, a number, an address or times")
    if strange := set(wish.channels) - set(CONTACT_CHANNELS):
        raise UnableToKeep(f"there is no channel {sorted(strange)[0]}")
    known = sensitivity_tables().needs
    if strange := set(wish.needs) - set(known):
        raise UnableToKeep(f"there is no need {sorted(strange)[0]}")
    if any(day not in range(7) for day in wish.weekdays):
        raise UnableToKeep("a weekday could not be read")
    if wish.opens and wish.closes and wish.opens >= wish.closes:
        raise UnableToKeep("the times end before they begin")
    if wish.code_word and len(wish.code_word.strip()) < SHORTEST_CODE_WORD:
        raise UnableToKeep(
            f"a code word has at least {SHORTEST_CODE_WORD} letters, or messages would trip on it"
        )
    barred = set().union(*(known[need].bars for need in wish.needs))
    if wish.channels and not set(wish.channels) - barred:
        raise UnableToKeep("the needs rule out every channel that was chosen")
    phone = read_phone(wish.phone, region=region) if wish.phone else None
    email = read_email(wish.email) if wish.email else None
    for read, name in ((phone, "number"), (email, "e-mail address")):
        if read is not None and read.problem:
            raise UnableToKeep(f"the {name} cannot be used: {read.problem}")
    return replace(
        wish,
        phone=phone.value if phone else "",
        phone_line_type=phone.line_type if phone else "",
        email=email.value if email else "",
        code_word=wish.code_word.strip(),
    )


def mark_number(*, organisation_id: int, number: str, kind: str, note: str, now: datetime, actor: str) -> int:
    """Never contact a number (``kind`` "blocked"), or keep what a check said of it ("same", "reassigned").

    Raises ``UnableToKeep``.
    """
    region = region_of(accounts.organisation(organisation_id=organisation_id).jurisdiction)
    read = read_email(number) if "@" in number else read_phone(number, region=region)
    if read.problem and kind != "blocked":
        raise UnableToKeep(f"that is no number to check: {read.problem}")
    if not read.value.strip():
        raise UnableToKeep("write the number")
    with transaction.atomic(durable=True):
        made = write.mark_number(
            organisation_id=organisation_id, value=read.value, kind=kind, note=note, now=now, by=actor
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action=f"number.{kind}",
            subject_kind="number_mark",
            subject_id=str(made),
        )
    return made


def unmark_number(*, organisation_id: int, mark_id: int, now: datetime, actor: str) -> bool:
    """Take a mark away; False when it was ended already."""
    with transaction.atomic(durable=True):
        ended = write.end_mark(organisation_id=organisation_id, mark_id=mark_id, now=now)
        if ended:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="number.unmarked",
                subject_kind="number_mark",
                subject_id=str(mark_id),
            )
    return ended


def _note(organisation_id: int, patient_id: int, action: str, *, now: datetime, actor: str) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="patient",
        subject_id=patient_id,
    )

"""What patients press on their page, and mail programs in their name."""

import hashlib
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from rebook.core.channel import Capabilities, ChannelKind, InboundMessage
from rebook.core.outreach.consent import NOTHING_KNOWN, Provenance
from rebook.core.response.choices import PatientChoice, reading_of
from rebook.core.response.effects import Effects, HoldWanted, effects_of
from rebook.core.response.values import Classification
from rebook.records.read.response import Correspondent, behind_link
from rebook.records.write import response as write

from .house import House, house_of
from .receiving import carry_out, circumstances, read_message

PAGE: Final = "patient_page"
_KINDS: Final[dict[str, ChannelKind]] = {"sms": "sms", "email": "email", "phone": "phone"}


def patient_choice(
    *,
    organisation_id: int,
    link_id: int,
    choice: PatientChoice,
    text: str = "",
    until: date | None = None,
    now: datetime,
    seen: Provenance = NOTHING_KNOWN,
) -> None:
    """Do what a patient pressed, as if they had written it; words that come along are read like any reply.

    ``until``: the day on which "not now" ends, 30 days when left out. Pressed again the same day it is one
    answer. ``seen``: the text that they pressed on, and what is known of their browser. Does nothing when
    there is no such link.
    """
    _choose(
        organisation_id=organisation_id,
        link_id=link_id,
        choice=choice,
        text=text,
        until=until,
        origin=PAGE,
        now=now,
        seen=seen,
    )


def one_click_unsubscribe(
    *, organisation_id: int, link_id: int, now: datetime, seen: Provenance = NOTHING_KNOWN
) -> None:
    """End e-mail for the address behind a link: the POST of a mail program (RFC 8058, R-A174)."""
    _choose(
        organisation_id=organisation_id,
        link_id=link_id,
        choice="stop",
        text="",
        until=None,
        origin="list_unsubscribe",
        now=now,
        seen=seen,
    )


def _choose(
    *,
    organisation_id: int,
    link_id: int,
    choice: PatientChoice,
    text: str,
    until: date | None,
    origin: str,
    now: datetime,
    seen: Provenance,
) -> None:
    house = house_of(organisation_id=organisation_id)
    with transaction.atomic(durable=True):
        found = behind_link(organisation_id=organisation_id, link_id=link_id, now=now)
        if found is None:
            return
        sender, came_by = found
        # A mail program's own button ends e-mail, whatever the link came by.
        kind = "email" if origin == "list_unsubscribe" else _KINDS.get(came_by, "sms")
        message = _as_message(house, link_id, choice, text, sender, origin, now=now)
        stored = write.store_reply(organisation_id=organisation_id, channel=origin, message=message)
        row = write.lock_reply(organisation_id=organisation_id, reply_id=stored.id)
        if row.intent:
            return
        words = read_message(text, has_attachment=False, sender=sender) if text.strip() else None
        reading = reading_of(choice, words)
        about = circumstances(house, text, sender, Capabilities(kind=kind), now=now)
        if until is not None:
            about = replace(about, snooze_until=max(until, house.today(now=now)))
        effects = _pressed(effects_of(reading, about=about), choice, reading, origin)
        carry_out(
            house,
            reply_id=stored.id,
            sender=sender,
            reading=reading,
            effects=effects,
            # Nothing is texted to somebody who sits before the page.
            channel="portal",
            origin=origin,
            wording=text or f"pressed: {choice}",
            now=now,
            proof=replace(seen, way="page", evidence_kind="page"),
        )


def _pressed(effects: Effects, choice: PatientChoice, reading: Classification, origin: str) -> Effects:
    """What differs when a button was pressed rather than words read: there is no doubt what was meant."""
    if choice == "stop" and origin == PAGE:
        # The page says "all messages from us"; calls by hand and letters are not messages, unless the patient
        # wrote of them.
        unsaid = {"phone"} - {match.scope.lstrip("+") for match in reading.of("opt_out")}
        effects = replace(effects, revokes=tuple(sorted({*effects.revokes, "sms", "email"} - unsaid)))
    if choice == "not_now" and reading.first == "not_now":
        effects = replace(effects, tasks=(), is_handled=True)
    if choice == "moved" and reading.first == "left_practice":
        effects = replace(effects, close="moved", pause="", holds=(HoldWanted("data_quality"),))
    return replace(effects, answers=())


def _as_message(
    house: House,
    link_id: int,
    choice: PatientChoice,
    text: str,
    sender: Correspondent,
    origin: str,
    *,
    now: datetime,
) -> InboundMessage:
    """The press as a reply: the same press on the same day has the same id."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return InboundMessage(
        provider_message_id=f"link:{link_id}:{choice}:{house.today(now=now):%Y%m%d}:{digest}",
        from_value=sender.value or origin,
        to_value="",
        body=f"[{choice}] {text}".strip(),
        received_at=now,
    )

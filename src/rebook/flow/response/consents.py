"""Stops and permissions that people record for a patient (R-A43, R-A54)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from rebook.core.response.effects import Effects
from rebook.core.words import CONSENT_CHANNELS
from rebook.records.read.response import Correspondent
from rebook.records.write import response as write

from .applying import apply_case, apply_consent
from .house import House, house_of

# "Stop everything" leaves letters that a clinician chooses to send, and nothing else.
ALL: Final = "all"


class NothingNamed(ValueError):
    """Neither a number nor a patient was named. Trying again does not help."""

    permanent = True
    is_for_people = True


class NoEvidence(ValueError):
    """A permission without the words or the document that gave it (R-A54). Trying again does not help."""

    permanent = True
    is_for_people = True


def record_opt_out(
    *,
    organisation_id: int,
    value: str | None = None,
    patient_id: int | None = None,
    channel: str = ALL,
    wording: str,
    origin: str,
    now: datetime,
    actor: str,
) -> int:
    """Bind a number, an address or a person from now on; returns how many waiting attempts were refused.

    ``value`` as people write it; ``channel`` is a word of CONSENT_CHANNELS. ``channel="all"`` for a patient
    also marks them "do not contact" (R-A53). Unless it was only about calls, their open case ends
    ``opted_out``: who stopped one kind of message is not sent the next kind.
    Raises ``NothingNamed``, or ``ValueError`` for an unknown channel.
    """
    house = house_of(organisation_id=organisation_id)
    sender = _named(house, value, patient_id, channel)
    effects = Effects(
        revokes=(channel,), wants_no_contact=channel == ALL and patient_id is not None, close="opted_out"
    )
    with transaction.atomic(durable=True):
        refused = _write(house, effects, sender, origin, wording, actor, now=now)
        case_id = (
            write.open_case_of(organisation_id=organisation_id, patient_id=patient_id) if patient_id else None
        )
        if channel in (ALL, "sms", "email"):
            apply_case(house, effects=effects, case_id=case_id, patient_id=patient_id, actor=actor, now=now)
    return refused


def record_opt_in(
    *,
    organisation_id: int,
    value: str | None = None,
    patient_id: int | None = None,
    channel: str = ALL,
    wording: str,
    origin: str,
    now: datetime,
    actor: str,
) -> None:
    """Keep a permission with its evidence: the patient's words, or what they signed (R-A54).

    A mark "do not contact" stays until somebody takes it back on its own.
    Raises ``NoEvidence`` without words, ``NothingNamed``, or ``ValueError`` for an unknown channel.
    """
    if not wording.strip():
        raise NoEvidence("a permission needs the words that gave it")
    house = house_of(organisation_id=organisation_id)
    sender = _named(house, value, patient_id, channel)
    with transaction.atomic(durable=True):
        _write(house, Effects(grants=True), sender, origin, wording, actor, now=now, channel=channel)


def _named(house: House, value: str | None, patient_id: int | None, channel: str) -> Correspondent:
    if channel not in CONSENT_CHANNELS:
        raise ValueError(f"'{channel}' is not a channel of consent; there are {', '.join(CONSENT_CHANNELS)}")
    if not value and patient_id is None:
        raise NothingNamed("name a number, an address or a patient")
    return Correspondent(house.contact_value(value) if value else "", patient_id)


def _write(
    house: House,
    effects: Effects,
    sender: Correspondent,
    origin: str,
    wording: str,
    actor: str,
    *,
    now: datetime,
    channel: str = "",
) -> int:
    return apply_consent(
        house,
        effects=effects,
        sender=sender,
        origin=origin,
        wording=wording,
        actor=actor,
        now=now,
        granted=(channel,),
    )

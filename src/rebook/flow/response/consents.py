"""Stops and permissions that people record for a patient (R-A37, R-A43, R-A47, R-A54)."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from rebook.core.outreach.consent import (
    NOTHING_KNOWN,
    SIGNED,
    NarrowWithoutWords,
    Provenance,
    may_ask_for_consent,
    revoke_all_from,
    what_a_stop_binds,
)
from rebook.core.response.effects import Effects
from rebook.core.words import CONSENT_CHANNELS, CONSENT_PURPOSES, CONSENT_SPEAKERS, CONSENT_WAYS
from rebook.flow.common.laws import laws_of
from rebook.flow.common.sealing import seal, sha256_of
from rebook.records.read import consent as read
from rebook.records.read.response import Correspondent
from rebook.records.write import consent as ledger
from rebook.records.write import response as write

from .applying import apply_case, apply_consent
from .house import House, house_of

# "Stop everything" leaves letters that a clinician chooses to send, and nothing else.
ALL: Final = "all"
# What a do-not-call list is about: calls by hand or machine, and texts (R-A37).
COMPANY_LIST: Final = ("phone", "sms")
LARGEST_FILE: Final = 10_000_000
# Where nobody wrote down the words; it never narrows a stop.
TOLD: Final = "told to staff"


class NothingNamed(ValueError):
    """Neither a number nor a patient was named. Trying again does not help."""

    permanent = True
    is_for_people = True


class NoEvidence(ValueError):
    """A permission without the words or the document that gave it (R-A54). Trying again does not help."""

    permanent = True
    is_for_people = True


class NotPossible(ValueError):
    """Said in the future, or a file that is too large. Trying again does not help."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A signed form, a letter or a recording: its bytes, or its hash and where the practice keeps it."""

    name: str
    content: bytes = b""
    media_type: str = ""
    sha256: str = ""
    kept_where: str = ""


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
    values: tuple[str, ...] = (),
    purposes: tuple[str, ...] = ("all",),
    proof: Provenance = NOTHING_KNOWN,
    said_at: datetime | None = None,
) -> int:
    """Bind a number, an address or a person from now on; returns how many waiting attempts were refused.

    ``value`` and ``values`` as people write them; ``channel`` is a word of CONSENT_CHANNELS. "all" for a
    patient also marks them "do not contact" (R-A53). Unless it was only about calls or about one kind of
    message, their open case ends ``opted_out``: who stopped one kind of message is not sent the next kind.
    ``purposes`` narrow it only together with the patient's own words (R-A47); ``said_at``: when it was said.
    Raises ``NothingNamed``, ``NarrowWithoutWords``, ``NotPossible``, or ``ValueError`` for an unknown word.
    """
    house = house_of(organisation_id=organisation_id)
    sender = _named(house, value or next(iter(values), None), patient_id, (channel,))
    bound = _bound(house, channel, purposes, wording, said_at or now)
    wording = wording.strip() or TOLD
    _check(proof, said_at, now=now)
    numbers = tuple(house.contact_value(one) for one in values)
    channels = COMPANY_LIST if proof.is_company_list else (channel,)
    is_whole = bound == ("all",)
    effects = Effects(
        revokes=channels,
        wants_no_contact=channel == ALL and patient_id is not None and is_whole,
        close="opted_out",
    )
    with transaction.atomic(durable=True):
        refused = apply_consent(
            house,
            effects=effects,
            sender=sender if value else replace(sender, value=""),
            origin=origin,
            wording=wording,
            actor=actor,
            now=now,
            purposes=bound,
            values=numbers,
            proof=proof if proof.evidence_kind else replace(proof, evidence_kind="note"),
            said_at=said_at,
        )
        case_id = (
            write.open_case_of(organisation_id=organisation_id, patient_id=patient_id) if patient_id else None
        )
        if channel in (ALL, "sms", "email") and {"all", "treatment_recall"} & set(bound):
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
    purposes: tuple[str, ...] = ("all",),
    proof: Provenance = NOTHING_KNOWN,
    said_at: datetime | None = None,
    file: EvidenceFile | None = None,
    asked_by: str = "",
) -> None:
    """Keep a permission with its evidence: the patient's words, or what they signed (R-A54).

    What staff write down never lifts an opt-out by itself: where one stands, a ``file`` that the patient made
    (a signed form, a letter, a recording) must come with it. ``asked_by`` is the channel by which the
    practice asked for it: where permission ran out, that must not be a text or an e-mail (R-B12). A mark
    "do not contact" stays until somebody takes it back on its own.
    Raises ``NoEvidence``, ``NothingNamed``, ``NotPossible``, or ``ValueError`` for an unknown word.
    """
    if not wording.strip():
        raise NoEvidence("a permission needs the words that gave it")
    house = house_of(organisation_id=organisation_id)
    sender = _named(house, value, patient_id, (channel,), purposes)
    _check(proof, said_at, now=now)
    if origin == "staff" and file is None:
        _nothing_stands_against_it(house, sender, channel, now=now)
    if asked_by:
        _could_be_asked_so(house, sender, channel, asked_by, now=now)
    with transaction.atomic(durable=True):
        if file is not None:
            evidence_id = ledger.keep_evidence(organisation_id=organisation_id, file=_to_keep(file), by=actor)
            proof = replace(proof, evidence_kind="file", evidence_id=evidence_id)
            origin = SIGNED if origin == "staff" else origin
        apply_consent(
            house,
            effects=Effects(grants=True),
            sender=sender,
            origin=origin,
            wording=wording,
            actor=actor,
            now=now,
            granted=(channel,),
            purposes=purposes,
            proof=proof if proof.evidence_kind else replace(proof, evidence_kind="note"),
            said_at=said_at,
        )


def _nothing_stands_against_it(house: House, sender: Correspondent, channel: str, *, now: datetime) -> None:
    """What staff write down lifts no stop (R-A54). Raises ``NoEvidence``."""
    stopped = read.standing_stop(
        organisation_id=house.organisation.id,
        value=sender.value,
        patient_id=sender.patient_id,
        channel=channel,
        now=now,
    )
    if stopped is not None:
        raise NoEvidence(
            f"they stopped this on {stopped:%Y-%m-%d}: attach what they signed, wrote or said,"
            " or let them send START or use their own page"
        )


def _could_be_asked_so(
    house: House, sender: Correspondent, channel: str, asked_by: str, *, now: datetime
) -> None:
    """A message that asks for consent may itself need it (R-B12). Raises ``NoEvidence``."""
    has_permission = read.has_permission(
        organisation_id=house.organisation.id,
        value=sender.value,
        patient_id=sender.patient_id,
        channel=channel,
        today=house.today(now=now),
    )
    if not may_ask_for_consent(
        channel=asked_by, jurisdictions=(house.organisation.jurisdiction,), has_permission=has_permission
    ):
        raise NoEvidence(
            "a text or an e-mail that asks for consent does not count here; ask by phone or letter"
        )


def _named(
    house: House,
    value: str | None,
    patient_id: int | None,
    channels: tuple[str, ...],
    purposes: tuple[str, ...] = (),
) -> Correspondent:
    for word, known, what in (
        *((one, CONSENT_CHANNELS, "channel") for one in channels),
        *((one, CONSENT_PURPOSES, "purpose") for one in purposes),
    ):
        if word not in known:
            raise ValueError(f"'{word}' is not a {what} of consent; there are {', '.join(known)}")
    if not value and patient_id is None:
        raise NothingNamed("name a number, an address or a patient")
    return Correspondent(house.contact_value(value) if value else "", patient_id)


def _bound(
    house: House, channel: str, purposes: tuple[str, ...], words: str, said_at: datetime
) -> tuple[str, ...]:
    _named(house, "x", None, (channel,), purposes)
    return what_a_stop_binds(
        channel=channel,
        purposes=purposes,
        words=words,
        said_on=house.today(now=said_at),
        revoke_all=revoke_all_from(
            laws_of(jurisdiction=house.organisation.jurisdiction, today=house.today(now=said_at))
        ),
    ).purposes


def _check(proof: Provenance, said_at: datetime | None, *, now: datetime) -> None:
    if proof.way not in CONSENT_WAYS or proof.speaker not in CONSENT_SPEAKERS:
        raise ValueError(f"'{proof.way}' or '{proof.speaker}' is no way of saying it that is known")
    if said_at is not None and said_at > now:
        raise NotPossible("that day has not come yet")


def _to_keep(file: EvidenceFile) -> ledger.EvidenceToKeep:
    if len(file.content) > LARGEST_FILE:
        raise NotPossible("the file is larger than 10 MB")
    if file.content:
        return ledger.EvidenceToKeep(
            sha256=sha256_of(file.content),
            name=file.name,
            media_type=file.media_type,
            size=len(file.content),
            sealed=seal(file.content),
        )
    if not (re.fullmatch("[0-9a-f]{64}", file.sha256) and file.name and file.kept_where):
        raise NoEvidence("say the file's name, its hash and where it is kept, or attach it")
    return ledger.EvidenceToKeep(sha256=file.sha256, name=file.name, kept_where=file.kept_where)


__all__ = [
    "ALL",
    "COMPANY_LIST",
    "LARGEST_FILE",
    "EvidenceFile",
    "NarrowWithoutWords",
    "NoEvidence",
    "NotPossible",
    "NothingNamed",
    "record_opt_in",
    "record_opt_out",
]

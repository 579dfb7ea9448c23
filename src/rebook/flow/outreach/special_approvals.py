"""Signatures that no ordinary approval stands for: sensitive reasons (R-A145), offers (R-A113, R-A114)."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.outreach.message import Template
from rebook.records.write import special_approvals as write
from rebook.records.write.special_approvals import Signature

from .library import library_of

# Who may sign what: a clinician for the care, a privacy or compliance approver for the rest.
SIGNS = {"sensitive_clinical": "clinician", "sensitive_privacy": "compliance", "offer": "compliance"}
# Exceptions that a compliance approver may name for an offer beyond the nominal value (R-A114).
EXCEPTIONS = ("preventive_care", "promotes_access", "retailer_reward", "financial_need")


class UnableToSign(Exception):
    """The signature cannot be given; the message says why."""

    permanent = True
    is_for_people = True


def sign(
    *,
    organisation_id: int,
    kind: str,
    template_key: str,
    channel: str,
    language: str,
    cents: int | None = None,
    is_cash: bool = False,
    exception: str = "",
    reasoning: str = "",
    role: str,
    now: datetime,
    actor: str,
) -> int:
    """Sign the words in use as they stand; any change of them voids it. Raises ``UnableToSign``.

    ``role`` is the signer's at the practice.
    """
    if SIGNS.get(kind) != role:
        wanted = SIGNS.get(kind)
        raise UnableToSign(f"only {wanted} signs this" if wanted else "there is no such signature")
    template = _text(organisation_id, template_key, channel, language)
    if kind == "offer":
        if template.purpose != "marketing":
            raise UnableToSign("this is no marketing text, and an offer never shares one with care (R-A116)")
        _check_offer(cents, exception, reasoning)
    signature = Signature(
        kind, template_key, channel, template.content_hash, cents, is_cash, exception, reasoning.strip()
    )
    with transaction.atomic(durable=True):
        made = write.add_signature(organisation_id=organisation_id, signature=signature, now=now, by=actor)
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="text.signed_specially",
            subject_kind="template",
            subject_id=template_key,
            detail={"id": made, "kind": kind, "channel": channel, "exception": exception},
        )
    return made


def take_back(*, organisation_id: int, signature_id: int, now: datetime, actor: str) -> bool:
    """Void a signature; False when none stood."""
    with transaction.atomic(durable=True):
        done = write.take_back(organisation_id=organisation_id, signature_id=signature_id, now=now, by=actor)
        if done:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="text.signature_taken_back",
                subject_kind="special_approval",
                subject_id=signature_id,
            )
    return done


def _text(organisation_id: int, key: str, channel: str, language: str) -> Template:
    library = library_of(accounts.organisation(organisation_id=organisation_id))
    found = library.find(key, channel, language)
    if found is None:
        raise UnableToSign("there is no such text")
    return found


def _check_offer(cents: int | None, exception: str, reasoning: str) -> None:
    if cents is None or cents < 0:
        raise UnableToSign("say what the offer is worth at its retail value")
    if exception and exception not in EXCEPTIONS:
        raise UnableToSign("there is no such exception")
    if exception and not reasoning.strip():
        raise UnableToSign("an exception needs its reasons in writing")

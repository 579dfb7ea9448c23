"""The outreach packs: where and when one may reach people, in which order, with which words.

Everything is read from the files beside this module, checked once and kept. What is wrong is said with
file, line and field (``loader.PackInvalid``).
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rebook.core.outreach.lint import Wording
from rebook.core.outreach.message import Template
from rebook.core.outreach.sequence import Sequence
from rebook.core.outreach.values import GuardPolicy

from . import jurisdictions, places
from . import sequences as sequence_packs
from . import templates as message_packs
from .sensitivity import sensitivity_tables


def guard_policy(
    *,
    jurisdiction_keys: Collection[str],
    years: Collection[int],
    overrides: Mapping[str, Any] | None = None,
) -> GuardPolicy:
    """The limits for these jurisdictions ("us-ma"), with the country's floor and the house rule.

    ``years`` are those whose public holidays are needed. ``overrides`` (organisation.settings["guard"]) may
    only narrow: anything wider raises ``PackInvalid`` naming the field. Cheap to call again: kept by key.
    """
    policy = jurisdictions.guard_policy(
        jurisdiction_keys=frozenset(jurisdiction_keys), years=tuple(sorted(years)), overrides=overrides
    )
    tables = sensitivity_tables()
    return replace(policy, sensitivity=tables.forms, needs_bar=tables.bars)


def plausible_places(
    *,
    country: str = "US",
    patient_zone: str = "",
    patient_state: str = "",
    patient_postal_code: str = "",
    phone: str = "",
    clinic_state: str = "",
    clinic_zone: str = "",
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(jurisdiction keys, IANA zones) where the patient may plausibly be (R-A32, R-A33).

    Unions the patient's own zone, state, postal code, the area code of ``phone`` (E.164) and the clinic.
    Nothing known gives ((), ()), which the guard refuses.
    """
    return places.plausible_places(
        country=country,
        patient_zone=patient_zone,
        patient_state=patient_state,
        patient_postal_code=patient_postal_code,
        phone=phone,
        clinic_state=clinic_state,
        clinic_zone=clinic_zone,
    )


def templates() -> Mapping[tuple[str, str, str], Template]:
    """Every shipped template by (key, channel kind, language). None is approved until the practice does.

    Keys: due_visit, follow_up, cancelled, no_show, check_in, and the words of unfinished business and of
    specialties (sms, email, phone, letter); opt_out_confirmation, help_answer, safety, safety_crisis,
    after_hours, booking_link (sms). Languages: en, es. ``please_call`` alone is fit for sensitive reasons.
    ``Template.fields`` says which values each needs; ``messages/fields.toml`` what they mean.
    """
    return message_packs.templates()


def wording(*, language: str) -> Wording:
    """The checks of a language, for texts that staff type (``message.free_text``)."""
    return message_packs.wording(language)


def sequences(pack: str) -> Mapping[str, Sequence]:
    """The sequences of a specialty pack ("dental") by key ("dental.routine"), the house's among them."""
    return sequence_packs.sequences(pack)


def crisis_numbers(*, jurisdiction_key: str = "us") -> Mapping[str, str]:
    """{"emergency": "911", "crisis": "988"} of a jurisdiction (R-B4); a state has its country's."""
    return jurisdictions.jurisdiction(jurisdiction_key.partition("-")[0]).numbers


def warnings(*, today: date) -> tuple[str, ...]:
    """What a person should look at: rows unreviewed for twelve months or never signed (R-A77)."""
    return jurisdictions.review_warnings(today=today)

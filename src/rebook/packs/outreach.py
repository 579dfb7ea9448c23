"""The outreach packs: where and when one may reach people, in which order, with which words.

Everything is read from the files beside this module, checked once and kept. What is wrong is said with
file, line and field (``loader.PackInvalid``).
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rebook.core.outreach.law import Law
from rebook.core.outreach.lint import Wording
from rebook.core.outreach.message import Template
from rebook.core.outreach.sequence import Sequence
from rebook.core.outreach.values import GuardPolicy

from . import jurisdictions, places_plausible
from . import sequences as sequence_packs
from . import templates as message_packs
from .sensitivity import sensitivity_tables

# Numbers for emergencies do not wait for a date.
NEWEST = date(2100, 1, 1)


def guard_policy(
    *,
    jurisdiction_keys: Collection[str],
    years: Collection[int],
    overrides: Mapping[str, Any] | None = None,
    on: date | None = None,
    reviewed: Mapping[str, date] | None = None,
) -> GuardPolicy:
    """The limits for these places ("us-ma", "ca-on", "fr"), with their countries' and the house rule.

    ``laws`` begins with the house's, then one complete law for each place. A place that nobody knows, or none
    at all, brings in every place that is known (R-B2). ``years`` are those whose public holidays are needed.
    ``overrides`` (organisation.settings["guard"]) may only narrow: anything wider raises ``PackInvalid``
    naming the field. ``on`` keeps rows that are in force that day and falls back to the house rule beside
    those that nobody reviewed for twelve months (R-A77); without it every row of ``years`` counts.
    ``reviewed`` are the practice's own reviews, day by ``Row.review_key``. Cheap to call again: kept by key.
    """
    policy = jurisdictions.guard_policy(
        jurisdiction_keys=frozenset(jurisdiction_keys),
        years=tuple(sorted(years)),
        overrides=overrides,
        on=on,
        reviewed=reviewed,
    )
    tables = sensitivity_tables()
    return replace(policy, sensitivity=tables.forms, needs_bar=tables.bars)


def law_of(key: str, *, on: date) -> Law | None:
    """The law of a place on a day ("us-fl", "ca-on", "fr", "house"); None when nobody knows the place."""
    return jurisdictions.law_of(key, on=on)


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
    return places_plausible.plausible_places(
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


def crisis_numbers(*, jurisdiction_key: str = "us", on: date | None = None) -> Mapping[str, str]:
    """{"emergency": "911", "crisis": "988"} of a place (R-B4); a state has its country's, and where no crisis
    line is known the emergency number stands. Raises ``PackInvalid`` for a country that nobody knows."""
    return jurisdictions.numbers_of(jurisdiction_key, on=on or NEWEST)


def is_review_due(*, on: date) -> bool:
    """Whether ``guard_policy`` needs the practice's own reviews (``reviewed``) on that day (R-A77)."""
    return jurisdictions.is_review_due(on)


def warnings(*, today: date) -> tuple[str, ...]:
    """What a person should look at: rows unreviewed for twelve months or never signed (R-A77)."""
    return jurisdictions.review_warnings(today=today)

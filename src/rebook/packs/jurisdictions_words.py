"""What a row of a place's rules says, in words that people read: on the page, in the command, in the docs."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from rebook.core.outreach.values import Window

from .jurisdictions_values import Hours, Row

KINDS: Final = {
    "sms": "texts",
    "call": "calls by hand",
    "auto_call": "calls by a machine",
    "email": "e-mail",
    "portal": "portal",
}
CHANNELS: Final = {
    "sms": "text",
    "phone": "telephone",
    "email": "e-mail",
    "letter": "letter",
    "portal": "portal",
}
CLASSES: Final = {
    "care_direct": "the patient's own care",
    "service_info": "news of the practice",
    "research_invite": "invitations to research",
    "survey": "surveys",
    "marketing": "marketing",
}
PERMISSIONS: Final = {
    "none": "no permission needed",
    "contact_given": "the number or address given by the patient",
    "implied": "implied by a relationship",
    "soft_opt_in": "soft opt-in, with refusal offered each time",
    "express": "express permission",
    "written": "signed permission",
    "never": "never",
}
SHORT: Final = {
    "none": "not needed",
    "contact_given": "contact given",
    "implied": "relationship",
    "soft_opt_in": "soft opt-in",
    "express": "express",
    "written": "signed",
    "never": "never",
}
STATUSES: Final = {
    "stated": "from a source",
    "unverified": "unverified",
    "design": "chosen here",
}
# How a figure or a list is announced; the rest is said by its own name.
_NAMES: Final = {
    "max_per_day": "contacts in 24 hours at most",
    "max_per_week": "contacts in 7 days at most",
    "opt_out_days": "days to apply an opt-out:",
    "opt_out_in_business_days": "counted in business days",
    "opt_out_mechanism_days": "days an opt-out link must work",
    "revoke_all_from": "one revocation binds everything automated from",
    "relationship_months": "months a relationship lasts after a visit",
    "inquiry_months": "months it lasts after an inquiry",
    "identification": "each message shows",
    "sensitive": "never on open channels",
    "sensitive_service_rules": "sensitive services",
    "open_fields": "open channels may show",
    "languages_required": "languages that every text needs",
    "age_of_majority": "of age at",
    "mature_minor_age": "minors decide themselves from",
    "emergency_numbers": "emergency",
    "crisis_lines": "crisis line",
    "offer_disclaimer": "offers carry",
    "ai_disclosure": "machine-written text",
    "ai_allowed_scopes": "machines may write",
    "breach_clock": "a breach is told:",
    "access_request_days": "days to answer a request for access",
    "retention_years": "years kept",
    "legal_bases": "lawful bases",
    "do_not_call_lists": "marketing calls are checked against",
    "do_not_call_copy_days": "days a copy of the list may be old",
    "do_not_call_request_days": "days to list a request not to be called",
    "do_not_call_keep_days": "days such a request is kept",
    "opt_out_keywords": "words that end messages",
    "zone_rule": "clock",
    "follows": "as in",
    "duties": "",
    "figures": "",
    "barring": "words that bar every recall",
}


def says(row: Row) -> str:
    """One line: "Mon-Fri 10:00-21:00, Sat 10:00-21:00 ...", "marketing by text: signed permission (...)"."""
    if row.hours is not None:
        return _hours(row.hours)
    if row.consent:
        return _consent(row)
    terms: Mapping[str, Any] = row.terms or row.values
    return "; ".join(_term(key, value) for key, value in terms.items())


def _hours(hours: Hours) -> str:
    weekday, saturday, sunday = hours.days[0], hours.days[5], hours.days[6]
    if weekday == saturday == sunday:
        parts = [f"every day {_window(weekday)}"]
    elif weekday == saturday:
        parts = [f"Mon-Sat {_window(weekday)}", f"Sun {_window(sunday)}"]
    else:
        parts = [f"Mon-Fri {_window(weekday)}", f"Sat {_window(saturday)}", f"Sun {_window(sunday)}"]
    if hours.holiday is not None and not weekday == saturday == sunday == hours.holiday:
        parts.append(f"public holidays {_window(hours.holiday)}")
    whom = ", ".join(KINDS[kind] for kind in sorted(hours.kinds))
    return ", ".join(parts) + (f" (only {whom})" if whom else "")


def _window(window: Window) -> str:
    if window.opens is None or window.closes is None:
        return "none"
    return f"{window.opens:%H:%M}-{window.closes:%H:%M}"


def _consent(row: Row) -> str:
    first = row.consent[0]
    channels = ", ".join(CHANNELS[rule.channel] for rule in row.consent)
    text = f"{CLASSES[first.message_class]} by {channels}: {PERMISSIONS[first.permission]}"
    if first.expires_after_months:
        text += f", for {first.expires_after_months} months after the last visit"
    if first.automated_only:
        text += ", when a machine dials or writes"
    if row.is_fallback:
        text += ", where a place says nothing else"
    return f"{text}; basis: {first.lawful_basis.replace('_', ' ')}"


def _term(key: str, value: Any) -> str:
    name = _NAMES.get(key, key.replace("_", " "))
    if value is True:
        return name
    if isinstance(value, Mapping):
        value = ", ".join(f"{one.replace('_', ' ')} {number}" for one, number in value.items())
    elif isinstance(value, tuple | list):
        value = ", ".join(one.replace("_", " ") for one in value)
    elif isinstance(value, date):
        value = value.isoformat()
    return f"{name} {value}".strip()

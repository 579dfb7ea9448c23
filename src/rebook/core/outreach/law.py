"""What the law of one place asks of outreach, as values: permission, hours, caps, ages, notices (R-B1).

``packs.jurisdictions`` reads these from data files; the guard takes the strictest of all places where a
patient may plausibly be (R-A33, R-B2). A place that nobody knows brings in every place that is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rebook.core.channel import ChannelKind

# Kinds of message that every file speaks of; only what they need differs (R-B3).
MessageClass = Literal["care_direct", "service_info", "research_invite", "survey", "marketing"]

# What must have been given before, weakest first. "contact_given": the patient gave the number for such
# messages (R-A4). "implied": a relationship that has not run out. "soft_opt_in": details from a service, with
# refusal offered then and each time. "written": signed. "never": not by this channel.
Permission = Literal["none", "contact_given", "implied", "soft_opt_in", "express", "written", "never"]
PERMISSIONS: tuple[Permission, ...] = (
    "none",
    "contact_given",
    "implied",
    "soft_opt_in",
    "express",
    "written",
    "never",
)

CLASS_OF_PURPOSE: Mapping[str, MessageClass] = {
    "treatment_recall": "care_direct",
    "operations": "service_info",
    "informational": "service_info",
    "marketing": "marketing",
}


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """What one class of message needs on one channel in one place.

    ``lawful_basis`` is the word recorded with the attempt (R-A1). ``expires_after_months`` is how long an
    implied permission lasts after the last visit (R-B11), None where it does not run out.
    ``automated_only`` leaves out calls that a person dials.
    """

    message_class: MessageClass
    channel: ChannelKind
    permission: Permission
    lawful_basis: str
    expires_after_months: int | None = None
    automated_only: bool = False
    source: str = ""
    # The place whose row says so ("ca-on"; "house" where no place says anything), for the reasons.
    place: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """One place's rules as in force on one day. Keys: "us", "us-fl", "ca-on", "gb", "fr", "house"."""

    key: str
    version: str
    consent: tuple[ConsentRule, ...]
    # Most automated texts and calls to one person in 24 hours on one subject; None where nothing is said.
    max_per_day: int | None = None
    max_per_week: int | None = None
    # Deadline for applying an opt-out, in days (the house applies it at once); how long the way must work.
    opt_out_days: int | None = None
    opt_out_mechanism_days: int | None = None
    # From this day one revocation binds every unrelated automated message of the sender (R-A47).
    revoke_all_from: date | None = None
    # Established relationship for marketing calls, after the last visit and after an inquiry (R-A36).
    relationship_months: int | None = None
    inquiry_months: int | None = None
    # What each message shows: "practice_name", "postal_address", "phone", "unsubscribe", "reply_stop" ...
    identification: tuple[str, ...] = ()
    # Kinds of care that never go by an open channel, beside the house list (R-A140, R-A144).
    sensitive: frozenset[str] = frozenset()
    # Fields allowed on open channels; empty means the house list (R-A196, R-B51).
    open_fields: frozenset[str] = frozenset()
    # Languages that every text must exist in, the first one first (R-B21).
    languages_required: tuple[str, ...] = ()
    age_of_majority: int = 18
    mature_minor_age: int | None = None
    emergency_numbers: tuple[str, ...] = ()
    crisis_lines: tuple[str, ...] = ()
    offer_disclaimer: str = ""
    ai_disclosure: str = ""
    breach_clock: str = ""
    access_request_days: int | None = None
    # Years by kind of record: "adult", "child", "maternity", "mental_health", "outreach_log".
    retention_years: Mapping[str, int] = field(default_factory=dict)
    effective_from: date | None = None
    effective_to: date | None = None
    # The oldest review of the rows in it; empty ``reviewed_by`` means that one of them was never signed.
    reviewed_on: date | None = None
    reviewed_by: str = ""
    sources: tuple[str, ...] = ()
    name: str = ""
    # Words that may stand as lawful basis with an attempt (R-A1, R-B1).
    legal_bases: tuple[str, ...] = ()
    # Whether ``opt_out_days`` counts business days. At once is 0.
    opt_out_in_business_days: bool = False
    # Lists that numbers are checked against before marketing calls; how old a copy may be, in days; how soon
    # a request to the practice itself is on its own list and how long it stays there.
    do_not_call_lists: tuple[str, ...] = ()
    do_not_call_copy_days: int | None = None
    do_not_call_request_days: int | None = None
    do_not_call_keep_days: int | None = None
    # What machine-written text may say ("administrative"); empty is the house rule: nothing clinical (R-A79).
    ai_allowed_scopes: tuple[str, ...] = ()
    # What is never done with sensitive services ("not_to_policyholder_address", R-A144).
    sensitive_service_rules: tuple[str, ...] = ()
    # Words that end messages, beside those of the language ("ARRET", R-B23).
    opt_out_keywords: tuple[str, ...] = ()
    # Other figures by name, units in the name: "number_check_after_days", "offer_item_dollars" ...
    figures: Mapping[str, int] = field(default_factory=dict)
    # What a message or the practice must do, as words: "stop_reply_and_web_link", "toll_free_opt_out" ...
    duties: tuple[str, ...] = ()
    # How the clock is found (R-B1 "dst_zone_rule").
    zone_rule: str = ""
    # Keys of its rows that nobody reviewed within twelve months: the house rule was taken beside (R-A77).
    unreviewed: tuple[str, ...] = ()


def strictest_rule(
    laws: Iterable[Law], *, message_class: MessageClass, channel: ChannelKind, by_hand: bool = False
) -> ConsentRule | None:
    """The rule that asks most for such a message among all places (R-A33, R-B2); None when none speaks.

    ``by_hand``: a person dials, so rules of automated contact do not bind. Between two that ask for the same
    the one that runs out sooner is taken.
    """
    found = [
        rule
        for law in laws
        for rule in law.consent
        if rule.message_class == message_class
        and rule.channel == channel
        and not (by_hand and rule.automated_only)
    ]
    never = 10**6
    return max(
        found,
        key=lambda rule: (PERMISSIONS.index(rule.permission), -(rule.expires_after_months or never)),
        default=None,
    )

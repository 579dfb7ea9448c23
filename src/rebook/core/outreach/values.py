"""What the guard looks at and what it answers.

``GuardSubject`` holds everything known about one planned contact at one instant; ``GuardPolicy`` holds the
limits, from the jurisdiction packs narrowed by the organisation. ``flow.outreach`` fills both from the
ledger in the transaction in which the attempt is written; pages fill them to explain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal

from rebook.core.channel import ChannelKind
from rebook.core.outreach.guard_views import ConfidentialView, Evidence, Form, NumberView, OfferView
from rebook.core.outreach.law import Law
from rebook.core.outreach.number_source import NumberSource
from rebook.core.reasons import Reason

NOTHING_KNOWN = NumberView()

Purpose = Literal["treatment_recall", "operations", "informational", "marketing"]
Origin = Literal["campaign", "manual", "reply", "test", "safety"]
Verdict = Literal["allow", "defer", "refuse"]
# For whoever explains a decision.
CHANNEL_WORDS: Mapping[str, str] = {
    "sms": "Text message",
    "email": "E-mail",
    "phone": "Phone call",
    "letter": "Letter",
    "portal": "Portal",
}
PURPOSE_WORDS: Mapping[str, str] = {
    "treatment_recall": "A visit that is due",
    "operations": "An appointment or the practice's own business",
    "informational": "Information",
    "marketing": "Marketing",
}


@dataclass(frozen=True, slots=True)
class ConsentStatement:
    """One line of the consent ledger that may bear on this contact (person or number)."""

    # True when the line binds the number, whoever owns it (R-A52); else it binds the person.
    binds_number: bool
    channel: str
    purpose: str
    state: Literal["granted", "revoked"]
    at: datetime
    # Said by the patient, or signed by them and kept: only such a grant lifts an opt-out (R-A54);
    # what an import says never does (R-A177). See ``guard_consent.is_from_patient``.
    from_patient: bool = False
    # How strong a permission is; "" is one that was said or imported without more.
    evidence: Evidence = ""
    # Purposes that the number was given for (R-A4); empty where nobody narrowed them.
    scope: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HoldView:
    kind: str
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class PastContact:
    """An earlier attempt that could be noticed (claimed, accepted, sent, delivered, read or unknown)."""

    at: datetime
    channel: ChannelKind
    purpose: Purpose
    # Whose cap it counts against.
    same_person: bool
    same_household: bool
    same_number: bool
    # Part of the case at hand.
    same_case: bool = False
    # Replies and safety answers do not use up a patient's caps (R-A25, R-E30).
    origin: Origin = "campaign"
    # The other tool that made it ("reminders"), by the coordination file; empty for our own.
    system: str = ""


@dataclass(frozen=True, slots=True)
class AppointmentView:
    starts_at: datetime
    visit_type: str
    # Status words of the ledger: booked, arrived, cancelled ...
    status: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """The number or address the message would go to; for letters ``value`` is "postal"."""

    value: str
    system: Literal["phone", "email", "postal"]
    state: str = "unverified"
    line_type: str = ""
    # How the practice got it: from elsewhere than the patient is no consent to text it (R-A4). Empty where
    # nobody wrote it down (``GuardPolicy.takes_unknown_source``).
    number_source: NumberSource = ""
    # Purposes that it was given for; empty where nobody narrowed them.
    given_for: frozenset[str] = frozenset()
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StopView:
    """An open stop. ``key`` is empty, the campaign's id, or a channel's key or kind."""

    scope: Literal["organisation", "campaign", "channel"]
    key: str


@dataclass(frozen=True, slots=True)
class GuardSubject:
    """One planned contact, with all that is known at the instant of decision."""

    origin: Origin
    purpose: Purpose
    channel: ChannelKind
    # True when others than the patient may read the channel (SMS, e-mail, voicemail, postcard).
    channel_is_open: bool
    channel_is_manual: bool
    campaign_id: int | None
    # --- the person
    is_deceased: bool
    has_left_practice: bool
    do_not_contact: bool
    is_merged_away: bool
    birth_on: date | None
    # A responsible adult is recorded and the contact value below is theirs (R-A150).
    contact_is_responsible_adult: bool
    exclusions: tuple[str, ...]
    sensitivity: tuple[str, ...]
    holds: tuple[HoldView, ...]
    # --- how and where
    contact: ContactView | None
    # IANA zones of all plausible locations: patient's own, postal code, clinic, area code (R-A32).
    time_zones: tuple[str, ...]
    # Plausible jurisdictions, "us-ma" style, for windows and holidays (R-A33).
    jurisdictions: tuple[str, ...]
    consents: tuple[ConsentStatement, ...]
    history: tuple[PastContact, ...]
    # The patient wrote first and is waiting: instant of the last message of theirs (R-A38).
    patient_last_wrote_at: datetime | None
    # --- why
    # The gap is still open at this instant; None for contacts that serve no gap.
    gap_is_open: bool | None
    gap_is_sensitive: bool
    risk_class: int
    # Visit types that would satisfy the gap; empty means any.
    satisfying_visit_types: tuple[str, ...]
    future_appointments: tuple[AppointmentView, ...]
    last_visit_at: datetime | None
    arm: Literal["contact", "holdout", "none"]
    # --- what
    template_key: str
    template_is_approved: bool
    # The rendered text passed its checks (no missing value, length, fields allowed on the channel).
    message_problems: tuple[str, ...]
    due_at: datetime
    expires_at: datetime
    # --- state of the house
    stops: tuple[StopView, ...]
    # When the newest sync of the patient's source ended; None when never.
    data_as_of: datetime | None
    capacity_left: int | None = None
    # The adapter's key ("sandbox"), for stops of one channel.
    channel_key: str = ""
    # The template says nothing but "please call us or log in": fit for sensitive patients (R-A140).
    template_is_generic: bool = False
    # Tests may only go to a number of the practice's own staff.
    contact_is_staff: bool = False
    # An adult's guardian or attorney, recorded as such (R-A153); a parent's permission ends at majority.
    contact_is_legal_representative: bool = False
    # Instant of what the gap arose from (the visit that asked for a follow-up, the no-show): visits up
    # to then are no reason to hold back.
    gap_arose_at: datetime | None = None
    # The gap is staff's own, or raised only when the patient comes: nothing is written about it.
    gap_is_not_for_messages: bool = False
    # --- wishes and words that bind beside the channel
    confidential: tuple[ConfidentialView, ...] = ()
    number: NumberView = NOTHING_KNOWN
    # Names of the values that the text is filled with ("first_name").
    template_fields: frozenset[str] = frozenset()
    text_holds_code_word: bool = False
    letter_is_postcard: bool = False
    letter_goes_to_own_address: bool = False
    # The words name a toll-free number, by which to be taken off the list (R-A106).
    letter_names_toll_free: bool = False
    # The practice's name, as the reader sees it, says nothing about the kind of care (R-A142).
    sender_is_neutral: bool = False
    # A clinician and a privacy approver signed these words on this channel for a sensitive reason (R-A145).
    sensitive_reason_is_approved: bool = False
    # --- offers and money
    offer: OfferView | None = None
    payer_class: str = "unknown"
    offers_this_year_cents: int = 0
    # Somebody else pays for the message (R-A95).
    is_paid_by_third_party: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Open hours of a day on the recipient's clock; empty ``opens`` means closed all day."""

    opens: time | None
    closes: time | None


@dataclass(frozen=True, slots=True)
class JurisdictionWindows:
    """Seven windows, Monday first, and one for public holidays.

    On a holiday both the day's window and the holiday's hold. ``always`` marks the country's floor and the
    house rule, which bind every recipient; other rows bind those whose jurisdictions name their key.
    """

    key: str
    days: tuple[Window, ...]
    holiday: Window
    holidays: frozenset[date]
    source: str = ""
    always: bool = False
    # Kinds of contact that it binds ("sms", "call", "auto_call", "email", "portal"); empty binds all.
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """The limits in force: house defaults of rules.md A16 unless a pack or the clinic narrows them."""

    windows: tuple[JurisdictionWindows, ...]
    # The law of every plausible place, for the strictest of them to be taken (R-A33, R-B2).
    laws: tuple[Law, ...] = ()
    # Last dispatch this many minutes before a window closes (R-A35).
    closing_margin_minutes: int = 10
    max_per_day: int = 1
    max_per_week: int = 3
    max_per_case: int = 6
    # Calls by hand or machine in one case (R-D55).
    max_calls_per_case: int = 3
    min_hours_between: int = 48
    # For risk class 3 and above, whose sequence calls on day 0 and writes on day 1 (R-C146).
    min_hours_between_urgent: int = 20
    # Between a marketing message and any other (R-A190).
    marketing_gap_days: int = 14
    # Seen within so many days: no recall (R-A192).
    recent_visit_days: int = 14
    age_of_majority: int = 18
    # Jurisdictions where it is another (R-A152), by key.
    ages_of_majority: Mapping[str, int] = field(default_factory=dict)
    stale_after_hours: int = 72
    reply_session_minutes: int = 15
    # The one confirmation of an opt-out may follow it so long (R-A45).
    opt_out_confirmation_minutes: int = 5
    # When nobody can say when a hindrance ends (capacity, a late sync): ask again after.
    recheck_minutes: int = 60
    # Channels that need an express grant for the purpose before use.
    consent_required: frozenset[tuple[ChannelKind, Purpose]] = frozenset()
    # Exclusion words that bar all recall (R-A157).
    barring_exclusions: frozenset[str] = frozenset()
    # A revocation binds every automated text and call now, before the law asks for it (R-A47).
    is_revoke_all_in_force: bool = True
    # Tag -> channel ("call" is a person's) -> what it may carry; "*" for tags not named (R-A140).
    sensitivity: Mapping[str, Mapping[str, Form]] = field(default_factory=dict)
    # Coded need -> channels that the patient cannot use (R-B37).
    needs_bar: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # Retail value of gifts at most, for one and in a calendar year (R-A111).
    offer_item_cents: int = 1500
    offer_year_cents: int = 7500
    # A number without a sign of life for so long gets words that name nobody (R-A63).
    unseen_number_months: int = 18
    # Without success for so long, a number must have been checked (R-A61); 0 where nothing can check it.
    unchecked_number_days: int = 0
    # A number of which nobody wrote down how it came counts as given by the patient (R-A4, R-A20).
    takes_unknown_source: bool = True
    # What is worked out once per policy (``guard_laws.laws_of``); never part of its meaning.
    worked_out: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """The guard's answer. ``reasons`` names every rule that spoke, most severe first; never empty."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    # Set when the verdict is "defer": the first instant at which it is worth asking again.
    defer_until: datetime | None = None
    lawful_basis: str = ""
    evaluated: tuple[str, ...] = field(default=(), repr=False)
    # Of a refusal: the rules that refused, without those that would only have waited.
    refused_by: tuple[str, ...] = field(default=(), repr=False)

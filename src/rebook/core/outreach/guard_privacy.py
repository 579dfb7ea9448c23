"""Rules about what others may learn: confidential communications, needs, sensitive matters, fields by law."""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache

from rebook.core.outreach import guard_hours as hours
from rebook.core.outreach.guard_laws import laws_of
from rebook.core.outreach.guard_person import zone_named
from rebook.core.outreach.guard_rule import Finding, refuse, wait
from rebook.core.outreach.guard_views import FORMS, ConfidentialView, Form
from rebook.core.outreach.values import GuardPolicy, GuardSubject, JurisdictionWindows, Window

# Without a table: generic words where others may read, a person's voice anywhere.
_STRICT: Mapping[str, Form] = {"portal": "any", "call": "any", "phone": "generic"}
# How a reason of the gap that is sensitive is named in the table.
REASON = "sensitive_reason"
_CLOSED = Window(None, None)
_MIDNIGHT = time(23, 59, 59, 999999)


def confidential(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """The patient's own words on how to be reached beat every campaign (R-A101)."""
    for wish in subject.confidential:
        if wish.channels and subject.channel not in wish.channels:
            return refuse("confidential", f"asked not to be reached by {subject.channel}")
        wanted = {"sms": wish.phone, "phone": wish.phone, "email": wish.email}.get(subject.channel, "")
        if wanted and (subject.contact is None or subject.contact.value != wanted):
            return refuse("confidential", "asked to be reached at another number or address")
        if subject.channel != "letter":
            continue
        if wish.has_address and not subject.letter_goes_to_own_address:
            return refuse("confidential", "asked for letters to another address")
        if wish.in_envelope and subject.letter_is_postcard:
            return refuse("confidential", "asked for a closed envelope")
    return None


def code_word(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """The word by which the practice knows the caller is never written down for others (R-A101)."""
    return (
        refuse("code_word", "the text holds the patient's code word")
        if subject.text_holds_code_word
        else None
    )


def wanted_hours(subject: GuardSubject) -> tuple[hours.Clock, ...]:
    """The times that the patient asked for, on every clock they may live by; empty when they named none."""
    rows = [_row(wish) for wish in subject.confidential if wish.opens or wish.closes or wish.weekdays]
    zones = [zone for name in subject.time_zones if (zone := zone_named(name)) is not None]
    return tuple(hours.Clock(zone, (row,)) for row in rows for zone in zones)


@lru_cache(maxsize=1024)
def _row(wish: ConfidentialView) -> JurisdictionWindows:
    window = Window(wish.opens or time.min, wish.closes or _MIDNIGHT)
    days = tuple(window if not wish.weekdays or day in wish.weekdays else _CLOSED for day in range(7))
    return JurisdictionWindows("patient", days, _CLOSED, frozenset[date]())


def confidential_hours(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Not outside the times the patient asked for, whatever else is open (R-A101)."""
    if not subject.confidential or subject.channel not in hours.QUIET_CHANNELS:
        return None
    asked = wanted_hours(subject)
    if not asked:
        if any(wish.opens or wish.closes or wish.weekdays for wish in subject.confidential):
            return refuse("confidential_hours", "asked for certain times, and nobody can tell theirs")
        return None
    if hours.is_open(asked, now, margin_minutes=0):
        return None
    until = hours.next_open(asked, now, margin_minutes=0)
    if until is None:
        return refuse("confidential_hours", "the times that were asked for never come")
    return wait("confidential_hours", f"asked for times from {until:%Y-%m-%d %H:%M} UTC", until=until)


def unusable_format(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """What the patient cannot read or hear is not sent (R-B37)."""
    for wish in subject.confidential:
        for need in sorted(wish.needs):
            barred = policy.needs_bar.get(need)
            if barred is None:
                return refuse("unusable_format", f"a need that no table knows: {need}")
            if subject.channel in barred:
                return refuse("unusable_format", f"{need.replace('_', ' ')}: cannot use {subject.channel}")
    return None


def form_for(subject: GuardSubject, policy: GuardPolicy) -> Form:
    """What this channel may carry for this person and reason: the strictest over all that is sensitive."""
    tags = [*subject.sensitivity, *([REASON] if subject.gap_is_sensitive else [])]
    by_hand = subject.channel_is_manual
    kind = "call" if by_hand else subject.channel
    found: Form = "any"
    for tag in tags:
        row = policy.sensitivity.get(tag) or policy.sensitivity.get("*") or _STRICT
        form = row.get(kind, "generic")
        # A channel that nobody else reads needs no disguise; a bar on the channel itself stands.
        if form in ("generic", "neutral") and not subject.channel_is_open:
            form = "any"
        found = max(found, form, key=FORMS.index)
    return found


def sensitive(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Sensitive reasons and patients only by channels that others do not read, or in the words that say
    nothing (R-A140), under a name that says nothing where the place itself would tell (R-A142). A person who
    calls checks who answers before saying more (R-A196)."""
    if not subject.sensitivity and not subject.gap_is_sensitive:
        return None
    form = form_for(subject, policy)
    if form == "none":
        return refuse("sensitive", f"the matter is sensitive and never goes by {subject.channel}")
    if form == "live" and not subject.channel_is_manual:
        return refuse("sensitive", "the matter is sensitive: only a person may call about it")
    if form in ("generic", "neutral") and not subject.template_is_generic:
        return refuse("sensitive", f"{subject.channel} may be read by others and the matter is sensitive")
    if form == "neutral" and not subject.sender_is_neutral:
        return refuse("sensitive", "the practice's name would tell what the matter is")
    return None


def sensitive_reason(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """A campaign for a sensitive reason never goes out by text, and else only in words that a clinician and a
    privacy approver signed for the channel (R-A145)."""
    if not subject.gap_is_sensitive or subject.channel_is_manual or not subject.channel_is_open:
        return None
    if subject.channel == "sms":
        return refuse("sensitive_reason", "a sensitive reason is never written to many by text")
    if subject.sensitive_reason_is_approved:
        return None
    return refuse("sensitive_reason", "no clinician and privacy approver signed these words for the channel")


def field_not_allowed(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Where the law names what an open channel may show, nothing else is shown (R-B51, R-A196)."""
    if not subject.channel_is_open or subject.channel_is_manual:
        return None
    for law in laws_of(subject, policy):
        more = sorted(subject.template_fields - law.open_fields) if law.open_fields else []
        if more:
            return refuse("field_not_allowed", f"{law.key} does not let {subject.channel} show {more[0]}")
    return None

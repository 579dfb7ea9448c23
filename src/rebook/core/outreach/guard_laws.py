"""Which laws bear on a contact, what they ask for, and the one word of law under which it goes out.

Where a patient may plausibly be is a set of places; each place's law counts, its country's with it, and all
that each asks must be met (R-A33, R-B2). A place that no loaded law knows brings in every law that is loaded.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rebook.core.outreach.guard_rule import within_months
from rebook.core.outreach.law import CLASS_OF_PURPOSE, PERMISSIONS, ConsentRule, Law, MessageClass
from rebook.core.outreach.number_source import GIVEN_BY_PATIENT
from rebook.core.outreach.values import ConsentStatement, GuardPolicy, GuardSubject

HOUSE = "house"
TELEPHONE = frozenset({"sms", "phone"})
# Where a law that says nothing gives no basis: what rings or lights up, not what lies in the letter box.
_MUST_SPEAK = frozenset({"sms", "phone", "email"})
_STRENGTH = {key: place for place, key in enumerate(PERMISSIONS)}
_WEAK = frozenset({"implied", "soft_opt_in"})
_WRITTEN = frozenset({"written", "authorisation"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One law's rule on this class of message and channel; ``rule`` None where the law is silent."""

    law: Law
    rule: ConsentRule | None


def laws_of(subject: GuardSubject, policy: GuardPolicy) -> tuple[Law, ...]:
    """The laws that bear on this contact, in the policy's order; worked out once for each set of places."""
    key = ("laws", subject.jurisdictions)
    found: tuple[Law, ...] | None = policy.worked_out.get(key)
    if found is None:
        found = policy.worked_out[key] = _laws(subject.jurisdictions, policy.laws)
    return found


def _laws(places: tuple[str, ...], laws: tuple[Law, ...]) -> tuple[Law, ...]:
    known = {law.key for law in laws}
    wanted = {HOUSE}
    for place in places:
        country = place.partition("-")[0]
        if place not in known and country not in known:
            return laws
        wanted |= {place, country}
    return tuple(law for law in laws if law.key in wanted) if places else laws


def message_class(subject: GuardSubject) -> MessageClass:
    """What the law takes the message for: whatever carries an offer is marketing (R-A5, R-A116)."""
    if subject.offer is not None or subject.is_paid_by_third_party:
        return "marketing"
    return CLASS_OF_PURPOSE[subject.purpose]


def asked_by_law(subject: GuardSubject, policy: GuardPolicy) -> tuple[Asked, ...]:
    """What each law asks of this class of message on this channel; a state that adds nothing is left out."""
    kind = message_class(subject)
    key = ("asked", subject.jurisdictions, kind, subject.channel, subject.channel_is_manual)
    found: tuple[Asked, ...] | None = policy.worked_out.get(key)
    if found is None:
        found = policy.worked_out[key] = tuple(_asked(subject, policy, kind))
    return found


def _asked(subject: GuardSubject, policy: GuardPolicy, kind: MessageClass) -> list[Asked]:
    laws = laws_of(subject, policy)
    found = [
        Asked(law, rule)
        for law in laws
        for rule in law.consent
        if rule.message_class == kind
        and rule.channel == subject.channel
        and not (rule.automated_only and subject.channel_is_manual)
    ]
    if subject.channel not in _MUST_SPEAK or subject.channel_is_manual:
        return found
    # A state that adds nothing leaves the word to its country; a country that says nothing gives no basis.
    heard = {one.law.key.partition("-")[0] for one in found}
    silent = [law for law in laws if law.key != HOUSE and law.key.partition("-")[0] not in heard]
    return found + [Asked(law, None) for law in silent]


def grants(subject: GuardSubject, now: datetime) -> list[ConsentStatement]:
    """Permissions that reach this contact and were given by now."""
    purposes = ("all", "marketing" if message_class(subject) == "marketing" else subject.purpose)
    return [
        said
        for said in subject.consents
        if said.state == "granted"
        and said.channel in ("all", subject.channel)
        and said.purpose in purposes
        and said.at <= now
    ]


def has_written(subject: GuardSubject, now: datetime) -> bool:
    """A signed permission on file (R-A6)."""
    return any(said.evidence in _WRITTEN for said in grants(subject, now))


def is_met(asked: Asked, subject: GuardSubject, policy: GuardPolicy, now: datetime) -> bool:
    """Whether what this law asks for was given: by the ledger of consent, or by the facts that it accepts."""
    rule = asked.rule
    if rule is None:
        return False
    wanted = rule.permission
    if wanted in ("none", "never"):
        return wanted == "none"
    if wanted == "written":
        return has_written(subject, now)
    given = grants(subject, now)
    if any(said.evidence not in _WEAK for said in given):
        return True
    # Somebody who wrote to us asked for the answer (R-A86); a safety answer waits for nobody's form.
    if subject.origin in ("reply", "safety", "test") and rule.message_class != "marketing":
        return True
    if wanted == "express":
        return False
    if wanted == "soft_opt_in":
        return any(said.evidence == "soft_opt_in" for said in given)
    if wanted == "implied":
        return has_relation(rule, asked.law, subject, now)
    return is_given(subject, policy)


def is_given(subject: GuardSubject, policy: GuardPolicy) -> bool:
    """Whether the patient gave the number or address, as far as it was written down (R-A4)."""
    contact = subject.contact
    if contact is None or contact.system == "postal" or contact.number_source in GIVEN_BY_PATIENT:
        return True
    return not contact.number_source and policy.takes_unknown_source


def has_relation(rule: ConsentRule, law: Law, subject: GuardSubject, now: datetime) -> bool:
    """An implied permission that has not run out: seen or written to us lately enough (R-B11)."""
    if rule.expires_after_months is None:
        return subject.last_visit_at is not None or subject.patient_last_wrote_at is not None
    return within_months(subject.last_visit_at, rule.expires_after_months, now) or within_months(
        subject.patient_last_wrote_at, law.inquiry_months or 0, now
    )


def lawful_basis(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> str:
    """The one word of law under which this contact goes out, "" when there is none (R-A1).

    That of the strictest rule among those that speak. A call that a person dials is ``manual_dial`` in the
    United States (R-A11), a safety answer an ``emergency``. Without a law on the channel the house's words
    stand: care is a treatment communication (R-A93), marketing mail may be sent until stopped (R-A170).
    """
    is_telephone = subject.channel in TELEPHONE
    is_by_hand = subject.channel == "phone" and subject.channel_is_manual
    spoken = asked_by_law(subject, policy)
    if is_by_hand and (not spoken or any(one.law.key.partition("-")[0] == "us" for one in spoken)):
        return "manual_dial"
    if is_telephone and subject.origin == "safety":
        return "emergency"
    # The house only ever asks for more; the word is that of a law where one speaks.
    lawful = [one.rule for one in spoken if one.rule and one.law.key != HOUSE]
    lawful = lawful or [one.rule for one in spoken if one.rule]
    if lawful:
        return max(lawful, key=lambda rule: _STRENGTH[rule.permission]).lawful_basis
    if spoken:
        return ""
    kind = message_class(subject)
    if not is_telephone:
        return "commercial_with_opt_out" if kind == "marketing" else "treatment_communication"
    if kind == "marketing":
        return "prior_express_written_consent"
    if not is_given(subject, policy) and subject.origin != "reply":
        return ""
    return "prior_express_consent"


def caps(subject: GuardSubject, policy: GuardPolicy) -> tuple[int, int]:
    """(contacts in 24 hours, in 7 x 24 hours) at most: the strictest of house, practice and law."""
    key = ("caps", subject.jurisdictions)
    found: tuple[int, int] | None = policy.worked_out.get(key)
    if found is None:
        laws = laws_of(subject, policy)
        days = [law.max_per_day for law in laws if law.max_per_day is not None]
        weeks = [law.max_per_week for law in laws if law.max_per_week is not None]
        found = (min([policy.max_per_day, *days]), min([policy.max_per_week, *weeks]))
        policy.worked_out[key] = found
    return found


def majorities(subject: GuardSubject, policy: GuardPolicy) -> tuple[int, int]:
    """The lowest and the highest age of majority where the person may be (R-A152)."""
    key = ("majorities", subject.jurisdictions)
    found: tuple[int, int] | None = policy.worked_out.get(key)
    if found is None:
        ages = [age for place in subject.jurisdictions for age in _ages_at(place, policy)]
        ages = ages or [policy.age_of_majority]
        found = policy.worked_out[key] = (min(ages), max(ages))
    return found


def _ages_at(place: str, policy: GuardPolicy) -> list[int]:
    """The age at one place; where no law is known, every age that is."""
    laws = {law.key: law.age_of_majority for law in policy.laws if law.key != HOUSE}
    country = place.partition("-")[0]
    for known in (policy.ages_of_majority.get(place), laws.get(place), laws.get(country)):
        if known is not None:
            return [known]
    return [policy.age_of_majority, *laws.values()]


def is_revoke_all(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> bool:
    """Whether one revocation binds every automated text and call: by the house now, by law from its day."""
    if policy.is_revoke_all_in_force:
        return True
    # A day begins first in the furthest east; a day early is the stricter reading.
    today = (now + timedelta(hours=14)).date()
    return any(law.revoke_all_from and today >= law.revoke_all_from for law in laws_of(subject, policy))

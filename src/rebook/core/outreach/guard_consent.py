"""Rules about permission: opt-outs in all their reach, consent that must be given first, lawful basis.

Statements are an append-only list. A revocation binds until the patient themself, later and for the same
person or number, permits again (R-A52, R-A54); an import can never undo it (R-A177).
"""

from datetime import UTC, datetime, timedelta

from rebook.core.outreach import guard_laws as laws
from rebook.core.outreach.consent import may_lift
from rebook.core.outreach.guard_rule import Finding, is_live_session, refuse, within_months
from rebook.core.outreach.number_source import GIVEN_BY_PATIENT
from rebook.core.outreach.values import ConsentStatement, GuardPolicy, GuardSubject

OPT_OUT_CONFIRMATION = "opt_out_confirmation"
HELP_ANSWER = "help_answer"
# A number narrowed on a day that nobody wrote down: any later word of the patient counts before it.
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


def is_from_patient(*, origin: str, wording: str, state: str = "granted") -> bool:
    """Whether the patient spoke: such a grant lifts an opt-out (R-A54), such a stop may be narrow (R-A47).

    What staff wrote down of the patient's words narrows a stop; to lift one, a document must be kept.
    """
    if may_lift(origin=origin):
        return True
    return state == "revoked" and origin == "staff" and bool(wording.strip())


def _revocation_reaches(
    statement: ConsentStatement, subject: GuardSubject, policy: GuardPolicy, now: datetime
) -> bool:
    """STOP to a text binds texts and every automated call (R-A47); a call by hand is another channel."""
    if statement.state != "revoked":
        return False
    if statement.channel not in ("all", subject.channel) and not (
        statement.channel == "sms" and subject.channel == "phone" and not subject.channel_is_manual
    ):
        return False
    if statement.purpose in ("all", subject.purpose):
        return True
    # One kind of message was meant. It stays at that where the patient's own words were so narrow; what a
    # system noted for them binds every automated text and call (R-A47).
    is_automated = subject.channel in laws.TELEPHONE and not subject.channel_is_manual
    return is_automated and not statement.from_patient and laws.is_revoke_all(subject, policy, now)


def _grant_reaches(statement: ConsentStatement, subject: GuardSubject) -> bool:
    return (
        statement.state == "granted"
        and statement.channel in ("all", subject.channel)
        and statement.purpose in ("all", subject.purpose)
    )


def standing_opt_outs(
    subject: GuardSubject, policy: GuardPolicy, *, now: datetime
) -> tuple[ConsentStatement, ...]:
    """Revocations that bind this contact and were not lifted; oldest first.

    A tie goes to the opt-out. One dated later than ``now`` counts already; a grant dated later does not yet.
    """
    lifts = [s for s in subject.consents if s.from_patient and s.at <= now and _grant_reaches(s, subject)]
    standing = [
        said
        for said in subject.consents
        if _revocation_reaches(said, subject, policy, now)
        and not any(lift.binds_number == said.binds_number and lift.at > said.at for lift in lifts)
    ]
    return tuple(sorted(standing, key=lambda s: s.at))


def _is_the_confirmation(
    subject: GuardSubject, policy: GuardPolicy, now: datetime, said: ConsentStatement
) -> bool:
    """The one text that says "you are signed off": within minutes, once (R-A45, R-A85)."""
    if subject.origin != "reply" or subject.template_key != OPT_OUT_CONFIRMATION:
        return False
    if not timedelta(0) <= now - said.at <= timedelta(minutes=policy.opt_out_confirmation_minutes):
        return False
    return not any(past.at >= said.at and past.same_number for past in subject.history)


def opted_out(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    standing = standing_opt_outs(subject, policy, now=now)
    if not standing or _is_the_confirmation(subject, policy, now, standing[-1]):
        return None
    # HELP is answered even to those who stopped, while they wait for it (R-A82).
    if subject.template_key == HELP_ANSWER and is_live_session(subject, policy, now):
        return None
    newest = standing[-1]
    bound = "number" if newest.binds_number else "person"
    return refuse("opted_out", f"{bound} opted out of {newest.channel} on {newest.at:%Y-%m-%d}")


def consent_missing(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """What the house and every plausible law want to have been given before (R-A3, R-A6, R-B2)."""
    kind = laws.message_class(subject)
    purpose = "marketing" if kind == "marketing" else subject.purpose
    if (subject.channel, purpose) in policy.consent_required and not laws.grants(subject, now):
        return refuse("consent_missing", f"{kind} by {subject.channel} needs consent given before")
    for asked in laws.asked_by_law(subject, policy):
        rule = asked.rule
        if rule is None or rule.permission in ("none", "implied", "contact_given"):
            continue
        if not laws.is_met(asked, subject, policy, now):
            wants = f"{asked.law.key} wants {_IN_WORDS[rule.permission]} for {kind} by {subject.channel}"
            return refuse("consent_missing", wants)
    return None


_IN_WORDS = {
    "soft_opt_in": "details from a service, with refusal offered then",
    "express": "an express permission",
    "written": "a signed permission",
    "never": "nothing of the kind",
}


def no_lawful_basis(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    for asked in laws.asked_by_law(subject, policy):
        if asked.rule is None:
            return refuse("no_lawful_basis", f"{asked.law.key} gives no basis for {subject.channel}")
        if asked.rule.permission == "contact_given" and not laws.is_met(asked, subject, policy, now):
            return refuse("no_lawful_basis", _from_elsewhere(subject))
    if laws.lawful_basis(subject, policy, now):
        return None
    return refuse("no_lawful_basis", _from_elsewhere(subject))


def _from_elsewhere(subject: GuardSubject) -> str:
    source = subject.contact.number_source if subject.contact else ""
    if not source:
        return "nobody wrote down how the practice got the number"
    if source in GIVEN_BY_PATIENT:
        return "no law of the place gives a basis"
    return f"the number was not given by the patient ({source.replace('_', ' ')})"


def relation_ended(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Permission that rests on a relation ends with it: implied consent (R-B11), marketing calls (R-A36).

    A number is taken to be on the register of those who want no sales calls; a request not to be called ends
    the relation at once (R-A37).
    """
    for asked in laws.asked_by_law(subject, policy):
        if asked.rule and asked.rule.permission == "implied" and not laws.is_met(asked, subject, policy, now):
            return refuse("relation_ended", f"not seen within what {asked.law.key} takes for a relation")
    if laws.message_class(subject) != "marketing" or subject.channel not in laws.TELEPHONE:
        return None
    if laws.has_written(subject, now):
        return None
    for law in laws.laws_of(subject, policy):
        if law.relationship_months is None:
            continue
        if any(_ends_relation(said) for said in subject.consents):
            return refuse("relation_ended", "asked not to be called")
        is_known = within_months(subject.last_visit_at, law.relationship_months, now)
        if not is_known and not within_months(subject.patient_last_wrote_at, law.inquiry_months or 0, now):
            return refuse("relation_ended", f"not seen for {law.relationship_months} months: no sales calls")
    return None


def _ends_relation(said: ConsentStatement) -> bool:
    return (
        said.state == "revoked"
        and said.channel in ("phone", "sms", "all")
        and said.purpose in ("all", "marketing")
    )


def out_of_scope(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """A number given for one thing is not used for another (R-A4); the newest word on it counts."""
    if subject.channel == "phone" and subject.channel_is_manual:
        return None
    narrowed = [
        (said.at, said.scope)
        for said in subject.consents
        if said.scope
        and said.state == "granted"
        and said.at <= now
        and said.channel in ("all", subject.channel)
    ]
    contact = subject.contact
    if contact is not None and contact.given_for:
        narrowed.append((contact.given_at or _LONG_AGO, contact.given_for))
    if not narrowed:
        return None
    newest = max(at for at, _ in narrowed)
    if any(subject.purpose in scope for at, scope in narrowed if at == newest):
        return None
    plain = [said for said in laws.grants(subject, now) if not said.scope and said.at >= newest]
    if plain:
        return None
    return refuse("out_of_scope", f"the number was given for something else than {subject.purpose}")

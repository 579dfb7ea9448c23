"""Rules about permission: opt-outs in all their reach, consent that must be given first, lawful basis.

Statements are an append-only list. A revocation binds until the patient themself, later and for the same
person or number, permits again (R-A52, R-A54); an import can never undo it (R-A177).
"""

from datetime import datetime, timedelta

from rebook.core.outreach.guard_rule import Finding, is_live_session, refuse
from rebook.core.outreach.values import ConsentStatement, GuardPolicy, GuardSubject

OPT_OUT_CONFIRMATION = "opt_out_confirmation"
HELP_ANSWER = "help_answer"

# Ledger origins in which the patient spoke; staff must attach evidence (``Consent.wording``).
_PATIENTS_OWN = frozenset({"sms_reply", "email_reply", "patient_page", "list_unsubscribe", "provider"})


def is_from_patient(*, origin: str, wording: str) -> bool:
    """Whether a consent line may lift an opt-out: the patient's own act, or staff with evidence (R-A54)."""
    return origin in _PATIENTS_OWN or (origin == "staff" and bool(wording.strip()))


def _revocation_reaches(statement: ConsentStatement, subject: GuardSubject) -> bool:
    """STOP to a text binds texts and every automated call (R-A47); a call by hand is another channel."""
    if statement.state != "revoked" or statement.purpose not in ("all", subject.purpose):
        return False
    if statement.channel in ("all", subject.channel):
        return True
    return statement.channel == "sms" and subject.channel == "phone" and not subject.channel_is_manual


def _grant_reaches(statement: ConsentStatement, subject: GuardSubject) -> bool:
    return (
        statement.state == "granted"
        and statement.channel in ("all", subject.channel)
        and statement.purpose in ("all", subject.purpose)
    )


def standing_opt_outs(subject: GuardSubject, *, now: datetime) -> tuple[ConsentStatement, ...]:
    """Revocations that bind this contact and were not lifted; oldest first.

    A tie goes to the opt-out. One dated later than ``now`` counts already; a grant dated later does not yet.
    """
    lifts = [s for s in subject.consents if s.from_patient and s.at <= now and _grant_reaches(s, subject)]
    standing = [
        said
        for said in subject.consents
        if _revocation_reaches(said, subject)
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
    standing = standing_opt_outs(subject, now=now)
    if not standing or _is_the_confirmation(subject, policy, now, standing[-1]):
        return None
    # HELP is answered even to those who stopped, while they wait for it (R-A82).
    if subject.template_key == HELP_ANSWER and is_live_session(subject, policy, now):
        return None
    newest = standing[-1]
    bound = "number" if newest.binds_number else "person"
    return refuse("opted_out", f"{bound} opted out of {newest.channel} on {newest.at:%Y-%m-%d}")


def consent_missing(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Where the purpose needs an express grant, the newest statement that bears on it must be one (R-A6)."""
    if (subject.channel, subject.purpose) not in policy.consent_required:
        return None
    if any(_grant_reaches(s, subject) and s.at <= now for s in subject.consents):
        return None
    return refuse("consent_missing", f"{subject.purpose} by {subject.channel} needs consent given before")


def no_lawful_basis(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if lawful_basis(subject):
        return None
    return refuse("no_lawful_basis", "the number was not given by the patient")


def lawful_basis(subject: GuardSubject) -> str:
    """The one lawful basis of this contact (R-A1); "" when there is none. Non-telephone channels have words
    of their own: care messages are treatment communications (R-A93), marketing mail may be sent until
    stopped (R-A170)."""
    if subject.channel in ("sms", "phone"):
        return _telephone_basis(subject)
    return "commercial_with_opt_out" if subject.purpose == "marketing" else "treatment_communication"


def _telephone_basis(subject: GuardSubject) -> str:
    if subject.channel == "phone" and subject.channel_is_manual:
        return "manual_dial"
    if subject.origin == "safety":
        return "emergency"
    if subject.purpose == "marketing":
        return "prior_express_written_consent"
    if subject.contact is not None and not subject.contact.given_by_patient and subject.origin != "reply":
        return ""
    return "prior_express_consent"

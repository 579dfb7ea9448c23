"""Rules about offers and paid messages: who may be offered what, and who signed it (R-A94 to R-A119)."""

from datetime import datetime

from rebook.core.outreach import guard_laws as laws
from rebook.core.outreach.guard_rule import Finding, refuse
from rebook.core.outreach.values import GuardPolicy, GuardSubject

# What the practice's systems call who pays, as the gate knows it (R-A113); every other word is unknown.
PAYERS = {
    **dict.fromkeys(("federal", "medicare", "medicaid", "tricare", "va", "chip"), "federal"),
    **dict.fromkeys(("commercial", "private", "employer"), "commercial"),
    **dict.fromkeys(("self_pay", "cash", "uninsured"), "self_pay"),
}


def paid_by_third_party(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Who is paid for the message needs the patient's authorisation that says so (R-A95)."""
    if not subject.is_paid_by_third_party:
        return None
    if any(said.evidence == "authorisation" for said in laws.grants(subject, now)):
        return None
    return refuse("paid_by_third_party", "somebody else pays for the message and no authorisation says so")


PLAIN_ENVELOPE = "marketing_mail_in_plain_envelope"
NAMES_REMOVAL = "marketing_mail_names_removal"


def marketing_mail(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Marketing by post, as a place wants it: in an envelope, with a toll-free way off the list (R-A106)."""
    if subject.channel != "letter" or laws.message_class(subject) != "marketing":
        return None
    for law in laws.laws_of(subject, policy):
        if PLAIN_ENVELOPE in law.duties and subject.letter_is_postcard:
            return refuse("marketing_mail", f"{law.key} wants marketing in an envelope, not on a card")
        if NAMES_REMOVAL in law.duties and not subject.letter_names_toll_free:
            return refuse("marketing_mail", f"{law.key} wants a toll-free number to be taken off the list by")
    return None


def offer_refused(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """The gate: never to those whom a federal programme insures or may insure, else only when signed."""
    offer = subject.offer
    if offer is None:
        return None
    if subject.purpose != "marketing":
        return refuse("offer_refused", "an offer and a recall never share a text")
    payer = PAYERS.get(subject.payer_class, "unknown")
    if payer in ("federal", "unknown"):
        return refuse("offer_refused", f"payer is {payer}: no offers")
    if not offer.is_approved:
        return refuse("offer_refused", f"payer is {payer}: compliance has not signed the offer")
    if offer.is_cash:
        return refuse("offer_refused", "cash, or as good as cash")
    if offer.has_exception:
        return None
    if offer.cents > policy.offer_item_cents:
        return refuse("offer_refused", f"worth more than ${policy.offer_item_cents / 100:.0f}")
    if subject.offers_this_year_cents + offer.cents > policy.offer_year_cents:
        return refuse(
            "offer_refused", f"with those before, more than ${policy.offer_year_cents / 100:.0f} a year"
        )
    return None

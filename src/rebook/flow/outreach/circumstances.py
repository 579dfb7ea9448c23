"""What the guard is told beside the chart: wishes for confidence, signs of the number, offers in the text."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rebook.accounts.read import OrganisationView
from rebook.core.outreach.classify import suggest
from rebook.core.outreach.guard_number import NAMING_FIELDS
from rebook.core.outreach.guard_views import ConfidentialView, NumberCheck, NumberView, OfferView
from rebook.core.outreach.message import Template
from rebook.core.outreach.number_source import GIVEN_BY_PATIENT
from rebook.core.outreach.values import ContactView
from rebook.packs.outreach import wording
from rebook.packs.sensitivity import telling_words
from rebook.records.read.guard_subjects import CaseRow, ContactRow, PersonRow, SubjectFacts
from rebook.records.read.guard_wishes import MarkRow, SignatureRow, WishRow

if TYPE_CHECKING:
    from .subject import PlannedContact

# Where the practice's settings keep which campaigns somebody else pays for: {"7": "who"}.
PAID_CAMPAIGNS = "paid_campaigns"
# And the shown name of which the practice said that it tells nothing about the kind of care.
NEUTRAL_SENDER = "sender_is_neutral"
_TOLL_FREE = re.compile(
    r"(?<!\d)(?:\+?1[\s.-]*)?\(?8(?:00|33|44|55|66|77|88)\)?[\s.-]*\d{3}[\s.-]*\d{4}(?!\d)"
)
# What makes a text an offer, and what says that somebody pays for it.
_OFFER, _PAID = "offer", "sponsor"


def circumstances(
    organisation: OrganisationView,
    planned: "PlannedContact",
    person: PersonRow,
    case: CaseRow | None,
    contact: ContactView | None,
    facts: SubjectFacts,
) -> dict[str, Any]:
    """The fields of ``GuardSubject`` that this module fills."""
    more = facts.besides
    wishes = [*more.wishes.get(person.id, ())]
    owner = facts.contacts.get(planned.contemplated.contact_point_id or 0)
    if owner is not None and owner.patient_id != person.id:
        # What goes to the adult heeds the adult's own wishes too.
        wishes += more.wishes.get(owner.patient_id, ())
    signatures = more.signatures.get(planned.template_hash, ()) if planned.template_hash else ()
    signs = signs_of(planned.template) if planned.template is not None else frozenset[str]()
    return {
        "confidential": tuple(map(_view, wishes)),
        "text_holds_code_word": any(_holds(planned.text, wish.code_word) for wish in wishes),
        "letter_is_postcard": planned.is_postcard,
        "letter_goes_to_own_address": _to_own_address(wishes, contact),
        "letter_names_toll_free": planned.channel == "letter" and names_toll_free(planned.text),
        "number": _number(planned, person, facts),
        "template_fields": _fields(planned, person),
        "sender_is_neutral": sender_is_neutral(organisation),
        "sensitive_reason_is_approved": _is_signed(
            signatures, planned.template.place if planned.template else planned.channel
        ),
        "offer": _offer(signs, signatures),
        "payer_class": person.payer_class,
        "offers_this_year_cents": more.offered.get(person.id, 0),
        "is_paid_by_third_party": _PAID in signs
        or (case is not None and case.campaign_id in paid_for(organisation)),
    }


def names_toll_free(text: str) -> bool:
    """Whether the words hold a number of North America that costs the caller nothing (R-A106)."""
    return _TOLL_FREE.search(text) is not None


def sender_is_neutral(organisation: OrganisationView) -> bool:
    """Whether the shown name says nothing of the kind of care (R-A142): the practice said so of this very
    name, and no word of it tells."""
    said = organisation.settings.get(NEUTRAL_SENDER)
    name = organisation.public_name
    return bool(said) and said in (True, name) and not telling_words(name)


def paid_for(organisation: OrganisationView) -> dict[int, str]:
    """Campaigns that somebody else pays for, with who does (R-A95)."""
    noted = organisation.settings.get(PAID_CAMPAIGNS) or {}
    return {int(campaign): str(payer) for campaign, payer in noted.items()}


def _view(wish: WishRow) -> ConfidentialView:
    return ConfidentialView(
        channels=frozenset(wish.channels),
        phone=wish.phone,
        email=wish.email,
        has_address=bool(wish.address_line),
        in_envelope=wish.in_envelope,
        opens=wish.opens,
        closes=wish.closes,
        weekdays=frozenset(wish.weekdays),
        needs=frozenset(wish.needs),
    )


def _holds(text: str, word: str) -> bool:
    return bool(word and text) and word.casefold() in text.casefold()


def _to_own_address(wishes: Sequence[WishRow], contact: ContactView | None) -> bool:
    asked = [wish.address_line for wish in wishes if wish.address_line]
    value = contact.value.casefold() if contact else ""
    return bool(asked) and all(one.casefold() in value for one in asked)


def _number(planned: "PlannedContact", person: PersonRow, facts: SubjectFacts) -> NumberView:
    value = planned.contemplated.to_value
    more = facts.besides
    checks: Sequence[MarkRow] = [
        one for one in more.marks.get(value, ()) if one.kind in ("same", "reassigned")
    ]
    newest = max(checks, key=lambda one: one.at, default=None)
    # Whoever came in was asked whether the number is still theirs.
    owner = facts.contacts.get(planned.contemplated.contact_point_id or 0)
    came = (facts.last_visit_at.get(one) for one in (person.id, owner.patient_id if owner else 0))
    signs = [more.seen.get(value), *came, given_at(owner) if owner else None]
    check: NumberCheck = newest.kind if newest else ""  # type: ignore[assignment]
    return NumberView(
        seen_at=max((at for at in signs if at is not None), default=None),
        check=check,
        checked_at=newest.at if newest else None,
        is_blocked=any(one.kind == "blocked" for one in more.marks.get(value, ())),
    )


def given_at(contact: ContactRow) -> datetime | None:
    """When the patient gave it of themself: noon of that day; None when they did not."""
    if contact.given_on is None or contact.number_source not in GIVEN_BY_PATIENT:
        return None
    return datetime.combine(contact.given_on, time(12), tzinfo=UTC)


def _fields(planned: "PlannedContact", person: PersonRow) -> frozenset[str]:
    """The values that the words show; a name counts only where it stands in them."""
    if planned.template is None:
        return frozenset()
    names = frozenset(one.name for one in planned.template.fields)
    if not _names(planned.text, person.given_name):
        names -= NAMING_FIELDS
    return names


def _names(text: str, name: str) -> bool:
    # The plain look first: a pattern of its own for each name costs more than all the rest.
    if not name or name.casefold() not in text.casefold():
        return False
    return re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) is not None


def _is_signed(signatures: Sequence[SignatureRow], channel: str) -> bool:
    kinds = {one.kind for one in signatures if one.channel == channel}
    return {"sensitive_clinical", "sensitive_privacy"} <= kinds


def _offer(signs: frozenset[str], signatures: Sequence[SignatureRow]) -> OfferView | None:
    """The offer that somebody signed for, or the one that the words make without a signature."""
    signed = next((one for one in signatures if one.kind == "offer"), None)
    if signed is not None:
        return OfferView(
            signed.cents or 0, signed.is_cash, is_approved=True, has_exception=signed.has_exception
        )
    return OfferView(0) if _OFFER in signs else None


def signs_of(template: Template) -> frozenset[str]:
    """What in the words of a text makes it marketing ("offer", "sponsor" ...); worked out once per text."""
    return _signs_in((template.subject, template.body, template.button), template.role, template.language)


@lru_cache(maxsize=1024)
def _signs_in(texts: tuple[str, ...], role: str, language: str) -> frozenset[str]:
    found = suggest(*texts, wording=wording(language=language), role=role)
    return frozenset(clue.sign for clue in found.clues)

"""What a practice tells the guard about itself: its shown name, and which campaigns others pay for."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.accounts import write as accounts_write
from rebook.accounts.read import OrganisationView
from rebook.packs.narrowing import UNCHECKED_DAYS, UNKNOWN_SOURCE
from rebook.packs.sensitivity import telling_words
from rebook.records.read import campaigns

from .circumstances import NEUTRAL_SENDER, PAID_CAMPAIGNS, paid_for

# A check wants to be possible: the database is filled monthly.
FEWEST_DAYS, MOST_DAYS = 14, 730
SHORTEST_PAYER, LONGEST_PAYER = 2, 120
LONGEST_NAME = 60
_NEVER_IN_A_NAME = ("@", "//", "www.", "{", "}", "<", ">")


class UnableToNote(Exception):
    """What was said about a campaign cannot be kept; the message says why."""

    permanent = True
    is_for_people = True


def note_payer(*, organisation_id: int, campaign_id: int, payer: str, now: datetime, actor: str) -> None:
    """Somebody else pays for a campaign's messages (R-A95); an empty ``payer`` takes the note back.

    From now on each recipient needs an authorisation that says so. Raises ``UnableToNote``.
    """
    payer = " ".join(payer.split())[:LONGEST_PAYER]
    if campaigns.campaign(organisation_id=organisation_id, campaign_id=campaign_id) is None:
        raise UnableToNote("there is no such campaign")
    house = accounts.organisation(organisation_id=organisation_id)
    if payer and len([sign for sign in payer if sign.isalnum()]) < SHORTEST_PAYER:
        raise UnableToNote("name who pays: the authorisation must say it")
    if payer.casefold() in (house.name.casefold(), house.public_name.casefold()):
        raise UnableToNote("that is the practice itself: what it pays for needs no such note")
    with transaction.atomic(durable=True):
        noted = {str(one): who for one, who in paid_for(house).items()}
        noted.pop(str(campaign_id), None)
        if payer:
            noted[str(campaign_id)] = payer
        accounts_write.change_settings(organisation_id=organisation_id, changes={PAID_CAMPAIGNS: noted})
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="campaign.payer_noted" if payer else "campaign.payer_taken_back",
            subject_kind="campaign",
            subject_id=campaign_id,
        )


@dataclass(frozen=True, slots=True)
class NumberRules:
    """What the practice asks of numbers beyond the house's rule: how they came written down (R-A4), and a
    sign of the patient or a check within so many days (R-A61), 0 for no such check."""

    refuses_unknown_source: bool = False
    check_after_days: int = 0


def number_rules(organisation: OrganisationView) -> NumberRules:
    own = organisation.settings.get("guard") or {}
    return NumberRules(bool(own.get(UNKNOWN_SOURCE)), int(own.get(UNCHECKED_DAYS) or 0))


def set_number_rules(*, organisation_id: int, rules: NumberRules, now: datetime, actor: str) -> None:
    """From now on the guard asks this of every number. Raises ``UnableToNote``."""
    days = rules.check_after_days
    if days and not FEWEST_DAYS <= days <= MOST_DAYS:
        raise UnableToNote(f"the days are {FEWEST_DAYS} to {MOST_DAYS}, or nothing for no check")
    with transaction.atomic(durable=True):
        own = dict(accounts.organisation(organisation_id=organisation_id).settings.get("guard") or {})
        own = {key: value for key, value in own.items() if key not in (UNKNOWN_SOURCE, UNCHECKED_DAYS)}
        if rules.refuses_unknown_source:
            own[UNKNOWN_SOURCE] = True
        if days:
            own[UNCHECKED_DAYS] = days
        accounts_write.change_settings(organisation_id=organisation_id, changes={"guard": own})
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="practice.number_rules",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail={"refuses_unknown_source": rules.refuses_unknown_source, "check_after_days": days},
        )


def set_shown_name(*, organisation_id: int, name: str, is_neutral: bool, now: datetime, actor: str) -> None:
    """The name that messages, letters and patients' pages show, and whether it tells nothing of the care.

    An empty ``name`` is the practice's own. ``is_neutral`` holds for this very name: another wants saying
    again (R-A142). Raises ``UnableToNote``.
    """
    house = accounts.organisation(organisation_id=organisation_id)
    shown = " ".join(name.split())
    if shown == house.name:
        shown = ""
    _check_name(shown)
    telling = telling_words(shown or house.name)
    if telling and (is_neutral or shown):
        raise UnableToNote(f"the name tells what care this is: '{telling[0]}'")
    with transaction.atomic(durable=True):
        accounts_write.change_shown_name(organisation_id=organisation_id, name=shown)
        accounts_write.change_settings(
            organisation_id=organisation_id,
            changes={NEUTRAL_SENDER: (shown or house.name) if is_neutral else ""},
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="practice.name_is_neutral" if is_neutral else "practice.name_tells",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail={"shown": shown or house.name},
        )


def _check_name(shown: str) -> None:
    if not shown:
        return
    if len(shown) > LONGEST_NAME:
        raise UnableToNote(f"a name in messages has {LONGEST_NAME} letters at most: it is in every text")
    if not any(sign.isalpha() for sign in shown) or not shown.isprintable():
        raise UnableToNote("that is no name")
    if any(sign in shown for sign in _NEVER_IN_A_NAME):
        raise UnableToNote("a name holds no address, link or braces")

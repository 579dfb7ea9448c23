"""What a practice tells the guard about itself: its shown name, and which campaigns others pay for."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.accounts import write as accounts_write
from rebook.records.read import campaigns

from .circumstances import NEUTRAL_SENDER, PAID_CAMPAIGNS, paid_for


class UnableToNote(Exception):
    """What was said about a campaign cannot be kept; the message says why."""

    permanent = True
    is_for_people = True


def note_payer(*, organisation_id: int, campaign_id: int, payer: str, now: datetime, actor: str) -> None:
    """Somebody else pays for a campaign's messages (R-A95); an empty ``payer`` takes the note back.

    From now on each recipient needs an authorisation that says so. Raises ``UnableToNote``.
    """
    if campaigns.campaign(organisation_id=organisation_id, campaign_id=campaign_id) is None:
        raise UnableToNote("there is no such campaign")
    with transaction.atomic(durable=True):
        noted = {
            str(one): who
            for one, who in paid_for(accounts.organisation(organisation_id=organisation_id)).items()
        }
        noted.pop(str(campaign_id), None)
        if payer.strip():
            noted[str(campaign_id)] = payer.strip()[:120]
        accounts_write.change_settings(organisation_id=organisation_id, changes={PAID_CAMPAIGNS: noted})
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="campaign.payer_noted" if payer.strip() else "campaign.payer_taken_back",
            subject_kind="campaign",
            subject_id=campaign_id,
        )


def set_neutral_sender(*, organisation_id: int, is_neutral: bool, now: datetime, actor: str) -> None:
    """Whether the practice's shown name says nothing about the kind of care (R-A142)."""
    with transaction.atomic(durable=True):
        accounts_write.change_settings(organisation_id=organisation_id, changes={NEUTRAL_SENDER: is_neutral})
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="practice.name_is_neutral" if is_neutral else "practice.name_tells",
            subject_kind="organisation",
            subject_id=organisation_id,
        )

"""Keeping a chosen time for one person while they read what they are about to book (R-D77)."""

from datetime import datetime

from django.db import transaction

from rebook.core.booking import SlotChoice
from rebook.flow.booking.claims import claim
from rebook.flow.booking.offers import times_for_link
from rebook.flow.booking.values import Held, HoldAnswer, SlotTaken
from rebook.records.read.links import LinkView
from rebook.records.write import booking as write


def hold_slot(*, link: LinkView, choice: SlotChoice, now: datetime) -> HoldAnswer:
    """Hold a time for the holder of a link, letting go of the one held before.

    ``SlotTaken`` with the next times when it is gone, too near, too far, or not for booking online.
    """
    kind = link.visit_type
    # Somebody who looked at the page for a while still gets the time they saw.
    is_offered = now < choice.starts_at <= now + link.policy.horizon
    if kind is not None and kind.is_self_bookable and is_offered:
        expires_at = now + link.policy.hold_for
        with transaction.atomic(durable=True):
            write.lock_patient(organisation_id=link.organisation_id, patient_id=link.patient_id)
            write.release_holds_of_link(organisation_id=link.organisation_id, link_id=link.id, now=now)
            claimed = claim(
                organisation_id=link.organisation_id,
                patient_id=link.patient_id,
                link_id=link.id,
                choice=choice,
                kind=kind,
                now=now,
                expires_at=expires_at,
            )
        if claimed is not None:
            return Held(claim_id=claimed[0], slot=claimed[1], expires_at=expires_at)
    return SlotTaken(times_for_link(link=link, now=now).next_times)

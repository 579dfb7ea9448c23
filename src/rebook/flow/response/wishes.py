"""Which messages a patient wants by which channel, as ticked on their own page (R-A47, R-A54, R-B55)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from rebook.core.outreach.consent import NOTHING_KNOWN, Provenance
from rebook.core.outreach.consent_choices import ASKED_CHANNELS, Change, Wish, changes, wish_now
from rebook.core.response.effects import Effects
from rebook.records.read import consent as read
from rebook.records.read.response import Correspondent, behind_link
from rebook.records.write import tasks
from rebook.records.write.tasks import TaskToOpen

from .applying import apply_consent
from .choices import PAGE
from .house import House, house_of

_MORE_THAN_A_DAY = 1080


@dataclass(frozen=True, slots=True)
class ChoicesKept:
    """``needs_check``: what would open a channel again waits for the identity check."""

    stopped: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    needs_check: bool = False


def wishes_now(*, organisation_id: int, patient_id: int, now: datetime) -> dict[str, Wish]:
    """What stands, channel by channel, in the page's three answers."""
    stands = _stands(organisation_id, patient_id, now=now)
    return {channel: wish_now(care=care, visits=visits) for channel, (care, visits) in stands.items()}


def keep_wishes(
    *,
    organisation_id: int,
    link_id: int,
    wishes: Mapping[str, str],
    is_checked: bool,
    now: datetime,
    seen: Provenance = NOTHING_KNOWN,
) -> ChoicesKept:
    """Write down what the ticks change, and nothing that they leave as it was.

    A stop counts at once, whoever holds the link. What was stopped opens again only behind the identity
    check: somebody else may have the telephone. Does nothing when there is no such link.
    """
    house = house_of(organisation_id=organisation_id)
    with transaction.atomic(durable=True):
        found = behind_link(organisation_id=organisation_id, link_id=link_id, now=now)
        if found is None or found[0].patient_id is None:
            return ChoicesKept()
        sender, came_by = found
        todo = changes(_stands(organisation_id, found[0].patient_id, now=now), wishes)
        proof = replace(seen, way="page", evidence_kind="page", evidence_ref=f"link:{link_id}")
        # Stops first: workers lock attempts before anything else, and so do we.
        for change in todo:
            if change.stops:
                _stop(house, sender, came_by, change, proof, now=now)
        if is_checked:
            for change in todo:
                if change.allows:
                    _allow(house, sender, change, proof, now=now)
            if any(change.allows for change in todo):
                _tell_the_desk(house, sender, now=now)
    return ChoicesKept(
        stopped=tuple(one.channel for one in todo if one.stops),
        allowed=tuple(one.channel for one in todo if one.allows and is_checked),
        needs_check=not is_checked and any(one.allows for one in todo),
    )


def _stands(organisation_id: int, patient_id: int, *, now: datetime) -> dict[str, tuple[str, str]]:
    found = read.where_it_stands(organisation_id=organisation_id, patient_id=patient_id, now=now)
    return {one.channel: (one.care, one.visits) for one in found if one.channel in ASKED_CHANNELS}


def _stop(
    house: House, sender: Correspondent, came_by: str, change: Change, proof: Provenance, *, now: datetime
) -> None:
    same_system = read.SYSTEMS.get(came_by) == read.SYSTEMS.get(change.channel)
    is_its_number = bool(came_by) and same_system
    apply_consent(
        house,
        effects=Effects(revokes=(change.channel,)),
        sender=sender if is_its_number else replace(sender, value=""),
        origin=PAGE,
        wording=f"chose: {change.channel}, nothing"
        if change.stops == ("all",)
        else "chose: only booked visits",
        actor="patient",
        now=now,
        purposes=change.stops,
        proof=proof,
    )


def _allow(house: House, sender: Correspondent, change: Change, proof: Provenance, *, now: datetime) -> None:
    """For the person and for the numbers that are theirs alone: a shared one may be somebody else's stop."""
    system = read.SYSTEMS.get(change.channel, "")
    own = (
        read.numbers_of_nobody_else(
            organisation_id=house.organisation.id, patient_id=sender.patient_id or 0, system=system
        )
        if system
        else []
    )
    apply_consent(
        house,
        effects=Effects(grants=True),
        sender=replace(sender, value=""),
        origin=PAGE,
        wording=f"chose: {change.channel}, {', '.join(change.allows)}",
        actor="patient",
        now=now,
        granted=(change.channel,),
        purposes=change.allows,
        values=tuple(own),
        proof=proof,
    )


def _tell_the_desk(house: House, sender: Correspondent, *, now: datetime) -> None:
    """A mark "do not contact" is taken back by a person, who has to hear that it is not meant any more."""
    if not read.is_do_not_contact(organisation_id=house.organisation.id, patient_id=sender.patient_id or 0):
        return
    tasks.open_task(
        organisation_id=house.organisation.id,
        task=TaskToOpen(
            kind="data_quality",
            owner_role="front_desk",
            urgency=3,
            due_at=house.due(minutes=_MORE_THAN_A_DAY, now=now),
            patient_id=sender.patient_id,
            note="Allowed messages again on their page, but is marked as wanting no contact.",
        ),
        now=now,
    )

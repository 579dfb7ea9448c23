"""Carrying out what a simulated person decided, through the same use cases a real one would reach."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from rebook.core.booking import GivenIdentity, SlotChoice
from rebook.core.channel import DeliveryReport, InboundMessage
from rebook.demo.behaviour import Reaction
from rebook.demo.outbox import Received
from rebook.demo.setup import DemoPractice
from rebook.demo.world import Person
from rebook.flow import booking, response
from rebook.flow.outreach import dispatch
from rebook.records.read import links


def report_deliveries(demo: DemoPractice, messages: Sequence[Received], *, now: datetime) -> None:
    """The vendor says of each channel's messages that they arrived."""
    for channel in sorted({message.channel for message in messages}):
        reports = [
            DeliveryReport(provider_message_id=one.provider_message_id, state="delivered", at=now)
            for one in messages
            if one.channel == channel
        ]
        dispatch.record_reports(
            organisation_id=demo.organisation_id, channel=channel, reports=reports, now=now
        )


def carry_out(
    demo: DemoPractice, person: Person, *, token: str, reaction: Reaction, random: Random, now: datetime
) -> str:
    """Do it; one word for what came of it."""
    if reaction.act == "write":
        return _write(demo, person, words=reaction.words, random=random, now=now)
    link = links.link_by_token(token=token, now=now) if token else None
    if link is None:
        return "link gone"
    _got_to(demo, link, "answered" if reaction.act.startswith("press_") else "opened", now=now)
    if reaction.act == "press_stop":
        response.patient_choice(organisation_id=demo.organisation_id, link_id=link.id, choice="stop", now=now)
        return "pressed stop"
    if reaction.act == "press_not_now":
        response.patient_choice(
            organisation_id=demo.organisation_id, link_id=link.id, choice="not_now", now=now
        )
        return "pressed not now"
    return _book(demo, link=link, random=random, now=now)


def _got_to(demo: DemoPractice, link: links.LinkView, step: booking.Step, *, now: datetime) -> None:
    booking.note_step(organisation_id=demo.organisation_id, link_id=link.id, step=step, now=now)


def _write(demo: DemoPractice, person: Person, *, words: str, random: Random, now: datetime) -> str:
    if not person.mobile:
        return "has no phone to write with"
    message = InboundMessage(
        provider_message_id=f"IN{random.getrandbits(64):016x}",
        from_value=person.mobile,
        to_value="+18125550100",
        body=words,
        received_at=now,
    )
    received = response.receive(
        organisation_id=demo.organisation_id, channel="sandbox", message=message, now=now
    )
    if received.answer_ids:
        dispatch.send_due(
            organisation_id=demo.organisation_id, now=now, worker="demo", only=received.answer_ids
        )
    return "wrote back"


def _book(demo: DemoPractice, *, link: links.LinkView, random: Random, now: datetime) -> str:
    """Open the page, prove who one is, choose one of the offered times, confirm."""
    patient = demo.world.index[demo.person_of[link.patient_id]]
    answer = booking.check_identity(
        organisation_id=demo.organisation_id,
        link_id=link.id,
        given=GivenIdentity(birth_on=patient.birth_on, postal_code=patient.postal_code),
        now=now,
    )
    if answer != "passed":
        return f"identity {answer}"
    offered = booking.times_for_link(link=link, now=now)
    if not offered.next_times:
        return "found no time"
    _got_to(demo, link, "chose", now=now)
    slot = random.choice(offered.next_times)
    choice = SlotChoice(slot.practitioner_id, slot.location_id, slot.starts_at)
    held = booking.hold_slot(link=link, choice=choice, now=now)
    if not isinstance(held, booking.Held):
        return "time was taken"
    return (
        "booked online"
        if isinstance(booking.confirm(link=link, now=now), booking.Booked)
        else "time was taken"
    )

"""A message comes in: kept, matched to its thread, read, acted upon."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from rebook.core.channel import Capabilities, ChannelKind, InboundMessage
from rebook.core.outreach.consent import Provenance
from rebook.core.response.classify import classify
from rebook.core.response.effects import Circumstances, Effects, effects_of
from rebook.core.response.normalise import normalise
from rebook.core.response.values import Classification, ReplyContext
from rebook.core.response.when import snooze_until
from rebook.flow.common.channels import channel_named
from rebook.packs.response import shipped_lexicon
from rebook.records.read.response import Correspondent, who_wrote
from rebook.records.write import response as write

from .answers import after_hours, plan_answers
from .applying import apply_case, apply_consent, apply_person, open_tasks
from .house import House, house_of

PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class ReceivedReply:
    """What became of a message. ``is_new`` False: it had been received before, nothing was done twice."""

    reply_id: int
    is_new: bool
    intent: str
    intents: tuple[str, ...] = ()
    level: int = 3
    patient_id: int | None = None
    task_ids: tuple[int, ...] = ()
    # Fixed answers that were planned, due now: the door sends them at once (R-E30, R-A45).
    answer_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """Ids of the tasks opened and of the answers planned."""

    task_ids: tuple[int, ...]
    answer_ids: tuple[int, ...]


def receive(*, organisation_id: int, channel: str, message: InboundMessage, now: datetime) -> ReceivedReply:
    """Keep a message and do what it asks (R-E10, R-A27, R-A40 ff).

    ``channel`` is the adapter's key ("sandbox"). Delivered twice it is kept and acted upon once (R-D34). It
    is kept in a transaction of its own first: should reading it fail, the next delivery tries again.
    Raises ``channels.registry.UnknownChannel``.
    """
    capabilities = channel_named(channel).capabilities
    with transaction.atomic(durable=True):
        stored = write.store_reply(organisation_id=organisation_id, channel=channel, message=message)
    if stored.intent:
        return ReceivedReply(stored.id, False, stored.intent)
    house = house_of(organisation_id=organisation_id)
    with transaction.atomic(durable=True):
        row = write.lock_reply(organisation_id=organisation_id, reply_id=stored.id)
        if row.intent:
            return ReceivedReply(stored.id, False, row.intent)
        return _act(house, stored.id, message, capabilities, now=now)


def _act(
    house: House, reply_id: int, message: InboundMessage, capabilities: Capabilities, *, now: datetime
) -> ReceivedReply:
    kind = capabilities.kind
    sender = who_wrote(
        organisation_id=house.organisation.id,
        value=house.contact_value(message.from_value),
        channel=kind,
        now=now,
    )
    reading = read_message(message.body, has_attachment=message.has_attachment, sender=sender)
    about = circumstances(house, message.body, sender, capabilities, now=now)
    effects = effects_of(reading, about=about)
    done = carry_out(
        house,
        reply_id=reply_id,
        sender=sender,
        reading=reading,
        effects=effects,
        channel=kind,
        origin=f"{kind}_reply",
        wording=message.body,
        now=now,
    )
    return ReceivedReply(
        reply_id=reply_id,
        is_new=True,
        intent=reading.first,
        intents=reading.intents,
        level=reading.level,
        patient_id=sender.patient_id,
        task_ids=done.task_ids,
        answer_ids=done.answer_ids,
    )


def read_message(body: str, *, has_attachment: bool, sender: Correspondent) -> Classification:
    """What the words mean, in every language of the lexicon."""
    context = ReplyContext(
        has_future_appointment=sender.has_future_appointment,
        is_opted_out=sender.is_opted_out,
        language=sender.language,
    )
    return classify(body, lexicon=shipped_lexicon(), has_attachment=has_attachment, context=context)


def circumstances(
    house: House, body: str, sender: Correspondent, capabilities: Capabilities, *, now: datetime
) -> Circumstances:
    words = normalise(body, spelling=shipped_lexicon().spelling)
    return Circumstances(
        channel=capabilities.kind,
        snooze_until=snooze_until(words.text, today=house.today(now=now)),
        has_other_contact=sender.has_other_contact,
        provider_confirms_stop=capabilities.provider_sends_stop_reply,
    )


def carry_out(
    house: House,
    *,
    reply_id: int,
    sender: Correspondent,
    reading: Classification,
    effects: Effects,
    channel: ChannelKind,
    origin: str,
    wording: str,
    now: datetime,
    proof: Provenance | None = None,
) -> CarriedOut:
    """All effects of a reading, in the caller's transaction. ``proof``: what is known of a page's visitor."""
    apply_consent(
        house,
        effects=effects,
        sender=sender,
        origin=origin,
        wording=wording,
        actor=PATIENT,
        now=now,
        purposes=effects.purposes,
        proof=_proof(proof, effects, reply_id=reply_id, channel=channel),
    )
    apply_person(house, effects=effects, sender=sender, now=now)
    apply_case(
        house, effects=effects, case_id=sender.case_id, patient_id=sender.patient_id, actor=PATIENT, now=now
    )
    task_ids = open_tasks(
        house,
        wanted=effects.tasks,
        sender=sender,
        reply_id=reply_id,
        note="Read as: " + ", ".join(intent.replace("_", " ") for intent in reading.intents),
        now=now,
    )
    answer_ids = plan_answers(
        house,
        sender=sender,
        channel=channel,
        reply_id=reply_id,
        wanted=(*effects.answers, *after_hours(reading, house=house, channel=channel, now=now)),
        language=reading.language,
        now=now,
    )
    write.save_reading(
        organisation_id=house.organisation.id,
        reply_id=reply_id,
        patient_id=sender.patient_id,
        case_id=sender.case_id if sender.patient_id else None,
        attempt_id=sender.attempt_id,
        intent=reading.first,
        intents=[match.as_json() for match in reading.matches],
        language=reading.language,
        is_handled=effects.is_handled,
        now=now,
    )
    return CarriedOut(tuple(task_ids), answer_ids)


def _proof(page: Provenance | None, effects: Effects, *, reply_id: int, channel: ChannelKind) -> Provenance:
    """The stored message proves the line; whoever answers at a wrong number speaks for the number alone."""
    speaker = "patient" if effects.binds_person else "number_holder"
    ways = {"sms": "sms", "email": "email", "phone": "voice"}
    known = page or Provenance(way=ways.get(channel, ""), evidence_kind="message")
    return replace(known, speaker=speaker, evidence_ref=f"reply:{reply_id}")

"""What staff write to one patient: through the same guard, the same ledger and the same channels."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from rebook.accounts import audit
from rebook.core.channel import Channel, ChannelKind
from rebook.core.outreach.message import RenderedMessage, free_text
from rebook.core.outreach.values import Decision, Origin
from rebook.core.reasons import Reason
from rebook.flow.common.channels import practice_channels
from rebook.flow.common.web_hosts import reply_hosts
from rebook.packs.outreach import wording
from rebook.records.read.correspondent import Correspondent, correspondent
from rebook.records.read.guard_subjects import Contemplated
from rebook.records.write import attempts as write
from rebook.records.write.attempts import NewAttempt
from rebook.records.write.planning import ReachableBy, reachable_by

from .choosing import fit_for, is_minor, local_day
from .claiming import state_of
from .dispatch import send_due
from .postal import with_postal
from .subject import House, PlannedContact, judge
from .wording import primary

WORTH_SENDING = timedelta(days=1)
# A letter waits until somebody prints.
WORTH_POSTING = timedelta(days=7)
LONGEST = 2000


def send_manual(
    *,
    organisation_id: int,
    patient_id: int,
    channel: str,
    body: str,
    now: datetime,
    actor: str,
    channels: Mapping[str, Channel] | None = None,
) -> Decision:
    """Send what a member of staff wrote by a kind of channel ("sms"), if the guard allows; its decision.

    Allowed messages are on their way when this returns; deferred ones go out by themselves at
    ``defer_until``; refused ones never do. Every one leaves an attempt with its reasons.
    """
    adapters = channels if channels is not None else practice_channels(organisation_id=organisation_id)
    if channel not in adapters:
        return Decision("refuse", (Reason("no_channel", f"{channel} is not set up for this practice"),))
    kind = adapters[channel].capabilities.kind
    house = House(organisation_id=organisation_id)
    with transaction.atomic(durable=True):
        person = correspondent(organisation_id=organisation_id, patient_id=patient_id)
        contact = contacts_of(house, person, [kind], now=now)[kind]
        message = _message(house, person, kind, body)
        planned = _planned(house, person, contact, adapters[channel], message, now=now)
        (decision,) = judge(house, [planned], now=now)
        state, due_at = state_of(decision, due_at=now, expires_at=planned.expires_at, now=now)
        (attempt_id,) = write.add_attempts(
            organisation_id=organisation_id,
            attempts=[_attempt(planned, message, decision, state, due_at)],
            link_expires_at=now + WORTH_SENDING,
            now=now,
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="message.written",
            subject_kind="patient",
            subject_id=patient_id,
            detail={"attempt": attempt_id, "channel": channel, "verdict": decision.verdict},
        )
    if state == "planned":
        send_due(organisation_id=organisation_id, now=now, worker=actor, channels=adapters, only=[attempt_id])
    return decision


def contacts_of(
    house: House, person: Correspondent, channels: Sequence[str], *, now: datetime
) -> dict[str, ReachableBy | None]:
    """The number or address for each of these channels: the adult's for a minor (R-A150)."""
    zone = person.time_zone or house.zone_of(person.home_location_id)
    majority = house.policy(frozenset(), now=now).age_of_majority
    owner = person.id
    if person.responsible_patient_id and is_minor(
        person.birth_on, majority=majority, today=local_day(now, zone)
    ):
        owner = person.responsible_patient_id
    found = with_postal(
        reachable_by(organisation_id=house.organisation.id, patient_ids=[owner]),
        organisation_id=house.organisation.id,
        country=house.country,
        patient_ids=[owner],
        channels=channels,
    )
    return {channel: fit_for(channel, found.get(owner, ())) for channel in channels}


def _message(house: House, person: Correspondent, channel: ChannelKind, body: str) -> RenderedMessage:
    if not body.strip() or len(body) > LONGEST:
        return RenderedMessage("", "", "", 0, "", (f"bad_length: write 1 to {LONGEST} characters",))
    language = primary(person.language) or house.organisation.default_language
    return free_text(
        body,
        channel=channel,
        wording=wording(language=language),
        practice_name=house.organisation.public_name,
        own_hosts=reply_hosts(house.organisation),
    )


def _planned(
    house: House,
    person: Correspondent,
    contact: ReachableBy | None,
    channel: Channel,
    message: RenderedMessage,
    *,
    now: datetime,
) -> PlannedContact:
    wrote_at = person.last_wrote_at
    session = timedelta(minutes=house.policy(frozenset(), now=now).reply_session_minutes)
    # An answer inside a conversation that the patient began may go at any hour (R-A38).
    origin: Origin = "reply" if wrote_at and timedelta() <= now - wrote_at <= session else "manual"
    return PlannedContact(
        contemplated=Contemplated(
            patient_id=person.id,
            case_id=None,
            # An address stands on the patient: no row of its own.
            contact_point_id=(contact.id or None) if contact else None,
            to_value=contact.value if contact else "",
        ),
        origin=origin,
        purpose="operations",
        channel=channel.capabilities.kind,
        channel_key=channel.key,
        channel_is_open=channel.capabilities.is_open,
        channel_is_manual=channel.capabilities.is_manual,
        due_at=now,
        expires_at=now + (WORTH_POSTING if channel.capabilities.kind == "letter" else WORTH_SENDING),
        language=primary(person.language) or house.organisation.default_language,
        message_problems=message.problems,
        text=f"{message.subject}\n{message.body}",
    )


def _attempt(
    planned: PlannedContact, message: RenderedMessage, decision: Decision, state: str, due_at: datetime
) -> NewAttempt:
    return NewAttempt(
        patient_id=planned.contemplated.patient_id,
        case_id=None,
        origin=planned.origin,
        step_index=0,
        channel=planned.channel,
        reference=f"m{planned.contemplated.patient_id}-{secrets.token_hex(8)}",
        purpose=planned.purpose,
        contact_point_id=planned.contemplated.contact_point_id,
        to_value=planned.contemplated.to_value,
        template_key="",
        template_hash="",
        language=planned.language,
        subject=message.subject[:200],
        body=message.body,
        body_html=message.body_html,
        unsubscribe_url="",
        segments=message.segments,
        state=state,
        due_at=due_at,
        expires_at=planned.expires_at,
        decision=decision,
    )

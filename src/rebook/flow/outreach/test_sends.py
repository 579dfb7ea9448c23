"""A member sends a text to themself: guard, row, the real channel, its answer (promises 1 and 2).

One press is one key: pressed again, after a crash or by a nervous finger, it shows what became of it and
sends nothing. What a killed process left open is asked about later (``test_sends_later``), never sent again.
"""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.channel import Channel, OutboundMessage
from rebook.core.outreach.own_contact import OwnContact, still_theirs
from rebook.core.outreach.sent_test import LASTS, KindOfTest
from rebook.core.outreach.values import Decision
from rebook.flow.common.channels import practice_channels
from rebook.records.read.sent_tests import SentTestLine, tests_of_press
from rebook.records.read.staff_contacts import to_be_proved
from rebook.records.write import sent_tests as write
from rebook.records.write.staff_contacts import lock_own_contacts

from .sending import GIVEN_BACK, LEASE_S, STOPPED, hand_over
from .subject import House
from .test_sends_guard import is_stopped, judge_test

LONGEST_PRESS = 40


class UnableToTest(Exception):
    """The test cannot be asked for so; the message says why."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """One message that a member wants to see: its words as they go out, and which text they are."""

    channel: str
    body: str
    subject: str = ""
    body_html: str = ""
    unsubscribe_url: str = ""
    kind: KindOfTest = "text"
    template_key: str = ""
    language: str = "en"
    variant: str = ""
    content_hash: str = ""
    campaign_id: int | None = None
    step_index: int | None = None
    segments: int = 0
    # What its checks have against it as filled in: the guard refuses.
    problems: tuple[str, ...] = ()


def send_tests(
    *,
    organisation_id: int,
    user_id: int,
    wanted: Sequence[Wanted],
    press: str,
    now: datetime,
    channels: Mapping[str, Channel] | None = None,
    stopwatch: Callable[[], float] = time.monotonic,
) -> tuple[SentTestLine, ...]:
    """Send each of ``wanted`` to the member's own contact of its channel; what became of each, in order.

    ``press`` names this press of the button and must be new each time (up to 40 letters); ``channels`` (kind
    to adapter) replaces the practice's own. Raises ``UnableToTest`` for a press without a name.
    """
    if not 0 < len(press) <= LONGEST_PRESS:
        raise UnableToTest("open the page again and press the button there")
    adapters = channels if channels is not None else practice_channels(organisation_id=organisation_id)
    house = House(organisation_id=organisation_id)
    members = accounts.members(organisation_id=organisation_id)
    email = next((one.email for one in members if one.user_id == user_id), "")
    of = {"organisation_id": organisation_id, "user_id": user_id, "press": press, "now": now}
    began = stopwatch()
    for place, one in enumerate(wanted):
        claimed = _claim(house, user_id, email, one, adapters.get(one.channel), press, place, now=now)
        if claimed is not None:
            # Whoever slept through the press's lease does not wake up and send: others may have settled it.
            is_late = stopwatch() - began > LEASE_S
            _send(organisation_id, one, adapters[one.channel], claimed, is_late=is_late, now=now)
    return tests_of_press(**of)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Claimed:
    test_id: int
    reference: str
    to: str


def _claim(
    house: House,
    user_id: int,
    email: str,
    one: Wanted,
    adapter: Channel | None,
    press: str,
    place: int,
    *,
    now: datetime,
) -> _Claimed | None:
    """Ask the guard and write the test down, in one transaction; None when nothing is to be sent."""
    org = house.organisation.id
    with transaction.atomic(durable=True):
        # The lock keeps two presses of one member apart: the limit counts, and a press counts once.
        own = lock_own_contacts(organisation_id=org, user_id=user_id)
        if one.kind == "code":
            # A code goes where it is to prove something; everything else where that is done.
            own |= to_be_proved(organisation_id=org, user_id=user_id, now=now)
        before = tests_of_press(organisation_id=org, user_id=user_id, press=press, now=now)
        if any(known.place == place for known in before):
            return None
        contact = own.get(one.channel)
        if contact is not None and not still_theirs(contact, email=email):
            contact = None
        decision = judge_test(
            house=house,
            kind=one.kind,
            user_id=user_id,
            contact=contact,
            channel=one.channel,
            adapter=adapter,
            template_key=one.template_key,
            campaign_id=one.campaign_id,
            problems=one.problems,
            now=now,
        )
        reference = f"test-{org}-{uuid.uuid4().hex}"
        columns = _columns(one, contact, adapter, user_id=user_id, now=now)
        columns |= {"reference": reference, "press": press, "place": place}
        test_id = write.add_sent_test(organisation_id=org, columns=columns, decision=decision, now=now)
        _note(org, user_id, test_id, one, decision, now=now)
    if decision.verdict != "allow" or contact is None:
        return None
    return _Claimed(test_id, reference, contact.value)


def _columns(
    one: Wanted, contact: OwnContact | None, adapter: Channel | None, *, user_id: int, now: datetime
) -> dict[str, object]:
    is_confirmed = contact is not None and contact.is_confirmed(now=now)
    return {
        "user_id": user_id,
        "contact_id": contact.id if contact else None,
        "contact_confirmed_at": contact.confirmed_at if contact and is_confirmed else None,
        "kind": one.kind,
        "channel": one.channel,
        "adapter": adapter.key if adapter else "",
        "template_key": one.template_key,
        "language": one.language[:8],
        "variant": one.variant,
        "content_hash": one.content_hash,
        "campaign_id": one.campaign_id,
        "step_index": one.step_index,
        "segments": one.segments,
    }


def _note(
    organisation_id: int, user_id: int, test_id: int, one: Wanted, decision: Decision, *, now: datetime
) -> None:
    """The trail says who sent which words to themself; never where to, and never the words."""
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=f"user:{user_id}",
        action="test.sent" if decision.verdict == "allow" else "test.refused",
        subject_kind="sent_test",
        subject_id=test_id,
        detail={
            "kind": one.kind,
            "channel": one.channel,
            "template": one.template_key,
            "content_hash": one.content_hash,
            **({} if decision.verdict == "allow" else {"rule": decision.reasons[0].rule}),
        },
    )


def _send(
    organisation_id: int,
    one: Wanted,
    adapter: Channel,
    claimed: _Claimed,
    *,
    is_late: bool,
    now: datetime,
) -> None:
    """Hand it over with no transaction open, and append what the channel says."""
    stopped = is_stopped(
        organisation_id=organisation_id,
        channel=one.channel,
        adapter=adapter.key,
        campaign_id=one.campaign_id,
    )
    message = OutboundMessage(
        reference=claimed.reference,
        to=claimed.to,
        body=one.body,
        subject=one.subject,
        body_html=one.body_html,
        language=one.language,
        unsubscribe_url=one.unsubscribe_url,
        valid_until=now + LASTS,
    )
    if is_late:
        result = GIVEN_BACK
    else:
        result = STOPPED if stopped else hand_over(adapter, message, now=now)
    with transaction.atomic(durable=True):
        write.add_fact(
            organisation_id=organisation_id,
            test_id=claimed.test_id,
            state=result.state,
            source="worker",
            at=now,
            code=result.code,
            provider_message_id=result.provider_message_id,
        )

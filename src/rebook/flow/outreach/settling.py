"""Attempts whose worker died or whose vendor gave no answer: asked about, never sent again blindly."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from rebook.core.channel import Channel, SendResult
from rebook.flow.common.channels import practice_channels
from rebook.records.read.in_the_air import InTheAir, in_the_air
from rebook.records.write import results
from rebook.records.write.results import Event, Outcome

from .recording import settle_task

# Longer than a claim's lease and a vendor's time-out together, so that nobody is still sending it.
SETTLE_AFTER = timedelta(minutes=10)
SETTLED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SettleSummary:
    """Attempts asked about: known to the vendor, unknown to it and put back, left to a person."""

    gone_out: int = 0
    put_back: int = 0
    left_to_a_person: int = 0


def settle_in_the_air(
    *, organisation_id: int, now: datetime, channels: Mapping[str, Channel] | None = None
) -> SettleSummary:
    """Settle every attempt that was claimed more than ten minutes ago and has no result.

    The vendor is asked by our reference where it can be; what it knows went out, what it does not know goes
    on. Where nobody can be asked, the attempt is unknown and a person gets a task.
    """
    adapters = channels if channels is not None else practice_channels(organisation_id=organisation_id)
    by_key = {one.key: one for one in adapters.values()}
    totals: Counter[str] = Counter()
    while True:
        hanging = in_the_air(
            organisation_id=organisation_id, before=now - SETTLE_AFTER, limit=SETTLED_AT_ONCE
        )
        if not hanging:
            break
        answers = [(one, _ask(by_key.get(one.adapter), one)) for one in hanging]
        with transaction.atomic(durable=True):
            totals += _settle(organisation_id, answers, now=now)
    return SettleSummary(
        gone_out=totals["gone_out"], put_back=totals["put_back"], left_to_a_person=totals["unknown"]
    )


def _ask(channel: Channel | None, one: InTheAir) -> SendResult | str | None:
    """The vendor's word: a result, None for "never heard of it", or "nobody" when it cannot be asked."""
    if channel is None or not channel.capabilities.can_look_up:
        return "nobody"
    try:
        return channel.look_up(one.reference)
    except Exception:
        return "nobody"


def _settle(
    organisation_id: int, answers: Sequence[tuple[InTheAir, SendResult | str | None]], *, now: datetime
) -> Counter[str]:
    outcomes, events, tasks, back = [], [], [], []
    for one, answer in answers:
        if isinstance(answer, SendResult):
            outcomes.append(
                Outcome(one.id, answer.state, answer.provider_message_id, answer.code, None, False)
            )
            events.append(Event(one.id, answer.state, answer.code))
        elif answer is None:
            back.append(one.id)
        else:
            outcomes.append(Outcome(one.id, "unknown", "", "no_answer", None, False))
            events.append(Event(one.id, "unknown", "no_answer"))
            tasks.append(settle_task(one.patient_id, one.case_id, one.id))
    written = results.record_outcomes(organisation_id=organisation_id, outcomes=outcomes, worker="", now=now)
    put_back = results.put_back(organisation_id=organisation_id, attempt_ids=back, now=now)
    results.add_events(organisation_id=organisation_id, events=events, source="provider", at=now)
    results.add_tasks(organisation_id=organisation_id, tasks=tasks, now=now)
    results.touch_cases(
        organisation_id=organisation_id,
        case_ids=[one.case_id for one, _ in answers if one.case_id and one.id in written],
        now=now,
    )
    left = sum(one.attempt_id in written for one in outcomes if one.state == "unknown")
    return Counter(gone_out=len(written) - left, put_back=put_back, unknown=left)

"""What is heard of a test afterwards: a vendor's receipt, and its answer about one that was left open."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rebook.core.channel import Channel, DeliveryReport, SendResult
from rebook.core.outreach.sent_test_state import IN_THE_AIR
from rebook.flow.common.channels import practice_channels
from rebook.records.read.sent_tests import SentTestLine, hanging_tests, tests_by_provider
from rebook.records.write import sent_tests as write


@dataclass(frozen=True, slots=True)
class SettledTests:
    """Tests asked about: gone out, never sent, and those of which nobody can tell."""

    gone_out: int = 0
    never_sent: int = 0
    unknown: int = 0


def settle_tests(
    *, organisation_id: int, now: datetime, channels: Mapping[str, Channel] | None = None
) -> SettledTests:
    """Ask what became of tests handed over ten minutes ago that have no result; none is sent again."""
    hanging = hanging_tests(organisation_id=organisation_id, before=now - IN_THE_AIR)
    if not hanging:
        return SettledTests()
    adapters = channels if channels is not None else practice_channels(organisation_id=organisation_id)
    by_key = {one.key: one for one in adapters.values()}
    totals: Counter[str] = Counter()
    for one in hanging:
        result, word = _ask(by_key.get(one.adapter), one)
        with transaction.atomic(durable=True):
            write.add_fact(
                organisation_id=organisation_id,
                test_id=one.id,
                state=result.state,
                source="settled",
                at=now,
                code=result.code,
                provider_message_id=result.provider_message_id,
            )
        totals[word] += 1
    return SettledTests(**totals)


def _ask(channel: Channel | None, one: SentTestLine) -> tuple[SendResult, str]:
    """(what to append, how to count it): the vendor's word by our reference."""
    nobody = SendResult(state="unknown", code="no_answer")
    if channel is None or not channel.capabilities.can_look_up:
        return nobody, "unknown"
    try:
        answer = channel.look_up(one.reference)
    except Exception:
        return nobody, "unknown"
    if answer is None:
        return SendResult(state="failed", code="never_sent"), "never_sent"
    return answer, "unknown" if answer.state == "unknown" else "gone_out"


def report_tests(*, organisation_id: int, reports: Sequence[DeliveryReport]) -> frozenset[str]:
    """Append receipts that are about tests, in the caller's transaction; the vendor ids that were."""
    found = tests_by_provider(
        organisation_id=organisation_id,
        provider_message_ids=[one.provider_message_id for one in reports],
    )
    for one in reports:
        if one.provider_message_id in found:
            write.add_fact(
                organisation_id=organisation_id,
                test_id=found[one.provider_message_id],
                state=one.state,
                source="provider",
                at=one.at,
                code=one.code,
            )
    return frozenset(found)

"""Sends what is due: claim, send with no transaction open, record (promise 1)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from rebook.core.channel import Channel
from rebook.flow.common.channels import practice_channels

from .claiming import Claim, claim
from .recording import record
from .reports import ReportSummary, record_reports
from .sending import Sender, Sent
from .settling import SettleSummary, settle_in_the_air
from .subject import House

__all__ = [
    "ReportSummary",
    "SendSummary",
    "SettleSummary",
    "record_reports",
    "send_due",
    "settle_in_the_air",
]

# Attempts claimed at once. Where the vendor can be asked afterwards, a killed worker leaves no doubt, and
# many may be in hand; where it cannot, each claimed one is a message that a person has to settle.
BATCH_ASKABLE = 400
BATCH_UNASKABLE = 32


@dataclass(frozen=True, slots=True)
class SendSummary:
    """What became of the attempts that were due: counts by state, and the guard's first reasons."""

    sent: int = 0
    deferred: int = 0
    refused: int = 0
    expired: int = 0
    failed: int = 0
    unknown: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def looked_at(self) -> int:
        return self.sent + self.deferred + self.refused + self.expired + self.failed + self.unknown


def send_due(
    *,
    organisation_id: int,
    now: datetime,
    worker: str,
    limit: int = 500,
    channels: Mapping[str, Channel] | None = None,
    only: Sequence[int] | None = None,
) -> SendSummary:
    """Send up to ``limit`` attempts that are due, asking the guard again at this instant.

    ``worker`` names this process ("host:pid"); ``channels`` (kind to adapter) replaces the practice's own.
    Several workers may run at once: each attempt is claimed by one of them. The next batch is claimed while
    the one before is on its way.
    """
    adapters = channels if channels is not None else practice_channels(organisation_id=organisation_id)
    house = House(organisation_id=organisation_id)
    totals: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    sender = Sender(adapters)
    try:
        left = limit
        for kinds, size in _groups(adapters):
            served = {kind: adapters[kind] for kind in kinds}
            waiting: list[Future[Sent]] = []
            while True:
                found = _claim(house, served, min(size, left), worker, now, only)
                left -= len(found.claimed)
                totals += found.counts
                reasons += found.reasons
                on_the_way = sender.start(found.claimed, now=now)
                totals += _recorded(organisation_id, waiting, served, worker, now)
                waiting = on_the_way
                if not found.judged:
                    break
            totals += _recorded(organisation_id, waiting, served, worker, now)
    finally:
        sender.close()
    return _summary(totals, reasons)


def _groups(adapters: Mapping[str, Channel]) -> list[tuple[list[str], int]]:
    """Kinds of channel that are claimed together, and how many at once."""
    askable = [kind for kind, one in adapters.items() if one.capabilities.can_look_up]
    others = [kind for kind in adapters if kind not in askable]
    return [(kinds, size) for kinds, size in ((askable, BATCH_ASKABLE), (others, BATCH_UNASKABLE)) if kinds]


def _claim(
    house: House,
    channels: Mapping[str, Channel],
    size: int,
    worker: str,
    now: datetime,
    only: Sequence[int] | None,
) -> Claim:
    if size <= 0:
        return Claim([], Counter(), Counter(), 0)
    return claim(house, channels=channels, limit=size, worker=worker, now=now, only=only)


def _recorded(
    organisation_id: int,
    waiting: Sequence[Future[Sent]],
    channels: Mapping[str, Channel],
    worker: str,
    now: datetime,
) -> Counter[str]:
    """Wait for a batch and write its results: the second transaction (promise 1, step 3)."""
    if not waiting:
        return Counter()
    sent = [future.result() for future in waiting]
    with transaction.atomic(durable=True):
        counts = record(organisation_id=organisation_id, sent=sent, channels=channels, worker=worker, now=now)
    return Counter(counts)


def _summary(totals: Counter[str], reasons: Counter[str]) -> SendSummary:
    return SendSummary(
        sent=totals["accepted"] + totals["sent"],
        deferred=totals["deferred"],
        refused=totals["refused"],
        expired=totals["expired"],
        failed=totals["failed"],
        unknown=totals["unknown"],
        reasons=dict(reasons.most_common()),
    )

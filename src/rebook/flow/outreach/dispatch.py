"""Sends what is due: claim, send with no transaction open, record (promise 1)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from rebook.core.channel import Channel
from rebook.flow.common.channels import practice_channels

from .brake import Brake
from .claiming import claim
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
    run = _Run(
        house=House(organisation_id=organisation_id),
        sender=Sender(adapters, brake=Brake(organisation_id=organisation_id)),
        worker=worker,
        now=now,
        only=only,
        left=limit,
    )
    try:
        # Answers to people first: a safety answer never waits behind a campaign (promise 5).
        for answers in (True, False):
            for served, size in _groups(adapters):
                run.through(served, size=size, answers=answers)
    finally:
        run.sender.close()
    return _summary(run.totals, run.reasons)


def _groups(adapters: Mapping[str, Channel]) -> list[tuple[dict[str, Channel], int]]:
    """Channels that are claimed together, and how many attempts at once."""
    askable = {kind: one for kind, one in adapters.items() if one.capabilities.can_look_up}
    others = {kind: one for kind, one in adapters.items() if kind not in askable}
    return [(some, size) for some, size in ((askable, BATCH_ASKABLE), (others, BATCH_UNASKABLE)) if some]


@dataclass(slots=True)
class _Run:
    """One call of ``send_due``: what stays the same in it, and what it has counted so far."""

    house: House
    sender: Sender
    worker: str
    now: datetime
    only: Sequence[int] | None
    left: int
    totals: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def through(self, served: Mapping[str, Channel], *, size: int, answers: bool) -> None:
        """Claim, send and record until nothing more is due on these channels."""
        on_the_way: list[Future[Sent]] = []
        try:
            while self.left > 0:
                found = claim(
                    self.house,
                    channels=served,
                    limit=min(size, self.left),
                    worker=self.worker,
                    now=self.now,
                    only=self.only,
                    answers=answers,
                )
                self.left -= len(found.claimed)
                self.totals += found.counts
                self.reasons += found.reasons
                before, on_the_way = on_the_way, self.sender.start(found.claimed, now=self.now)
                self._record(before, served)
                if not found.judged:
                    break
        finally:
            # Also when a claim failed: what was sent meanwhile is known and must be written down.
            self._record(on_the_way, served)

    def _record(self, waiting: Sequence[Future[Sent]], served: Mapping[str, Channel]) -> None:
        """Wait for a batch and write its results: the second transaction (promise 1, step 3)."""
        if not waiting:
            return
        sent = [future.result() for future in waiting]
        with transaction.atomic(durable=True):
            self.totals += record(
                organisation_id=self.house.organisation.id,
                sent=sent,
                channels=served,
                worker=self.worker,
                now=self.now,
            )


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

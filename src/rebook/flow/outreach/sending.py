"""Hands claimed attempts to their channels, with no transaction open and several at a time."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

from rebook.core.channel import Channel, OutboundMessage, SendResult
from rebook.records.write.attempts import DueAttempt

from .brake import Brake

# A claim not sent within this time is given back instead: the settler takes claims from 10 minutes on, and
# the two must never meet (a worker that slept through may not wake up and send).
LEASE_S = 120.0
PARALLEL = 16

GIVEN_BACK = SendResult(state="failed", code="lease_ended", failure="transient", retry_after_s=0)
# Somebody pressed stop while it waited its turn: nothing went out, and the claim asks the guard again.
STOPPED = SendResult(state="failed", code="stopped", failure="transient", retry_after_s=0)
CRASHED = SendResult(state="unknown", code="adapter_error")


def hand_over(channel: Channel, message: OutboundMessage, *, now: datetime) -> SendResult:
    """Give one message to its channel: the only place that does. Call it with no transaction open."""
    try:
        return channel.send(message, now=now)
    except Exception:
        # A bug of the adapter leaves doubt about this one message, and none about the others.
        return CRASHED


class Sent(NamedTuple):
    attempt: DueAttempt
    result: SendResult


class Sender:
    """A pool of threads that send; close it after use."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        brake: Brake | None = None,
        parallel: int = PARALLEL,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channels = channels
        self._brake = brake
        self._parallel = parallel
        self._waiting: list[Future[Sent]] = []
        self._pool = ThreadPoolExecutor(parallel, thread_name_prefix="send")
        self._stopwatch = stopwatch

    def close(self) -> None:
        self._pool.shutdown()
        if self._brake is not None:
            self._brake.close()

    def start(self, attempts: Iterable[DueAttempt], *, now: datetime) -> list[Future[Sent]]:
        """Begin to send; the lease runs from here."""
        ends = self._stopwatch() + LEASE_S
        wanted = list(attempts)
        self._waiting = [one for one in self._waiting if not one.done()]
        if self._brake is not None and len(self._waiting) + len(wanted) > self._parallel:
            # Some wait their turn, and a stop must reach them; few go out at once.
            self._brake.start()
        started = [self._pool.submit(self._send, one, now, ends) for one in wanted]
        self._waiting += started
        return started

    def _send(self, attempt: DueAttempt, now: datetime, lease_ends: float) -> Sent:
        if self._stopwatch() > lease_ends:
            return Sent(attempt, GIVEN_BACK)
        if self._is_held(attempt):
            return Sent(attempt, STOPPED)
        message = OutboundMessage(
            reference=attempt.reference,
            to=attempt.to_value,
            body=attempt.body,
            subject=attempt.subject,
            body_html=attempt.body_html,
            language=attempt.language,
            unsubscribe_url=attempt.unsubscribe_url,
            valid_until=attempt.expires_at,
        )
        return Sent(attempt, hand_over(self._channels[attempt.channel], message, now=now))

    def _is_held(self, attempt: DueAttempt) -> bool:
        if self._brake is None:
            return False
        adapter = self._channels[attempt.channel].key
        return self._brake.holds(campaign_id=attempt.campaign_id, channel=attempt.channel, adapter=adapter)

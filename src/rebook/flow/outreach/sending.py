"""Hands claimed attempts to their channels, with no transaction open and several at a time."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

from rebook.core.channel import Channel, OutboundMessage, SendResult
from rebook.records.write.attempts import DueAttempt

# A claim not sent within this time is given back instead: the settler takes claims from 10 minutes on, and
# the two must never meet (a worker that slept through may not wake up and send).
LEASE_S = 120.0
PARALLEL = 16

GIVEN_BACK = SendResult(state="failed", code="lease_ended", failure="transient", retry_after_s=0)
CRASHED = SendResult(state="unknown", code="adapter_error")


class Sent(NamedTuple):
    attempt: DueAttempt
    result: SendResult


class Sender:
    """A pool of threads that send; close it after use."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        parallel: int = PARALLEL,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channels = channels
        self._pool = ThreadPoolExecutor(parallel, thread_name_prefix="send")
        self._stopwatch = stopwatch

    def close(self) -> None:
        self._pool.shutdown()

    def start(self, attempts: Iterable[DueAttempt], *, now: datetime) -> list[Future[Sent]]:
        """Begin to send; the lease runs from here."""
        ends = self._stopwatch() + LEASE_S
        return [self._pool.submit(self._send, one, now, ends) for one in attempts]

    def _send(self, attempt: DueAttempt, now: datetime, lease_ends: float) -> Sent:
        if self._stopwatch() > lease_ends:
            return Sent(attempt, GIVEN_BACK)
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
        try:
            return Sent(attempt, self._channels[attempt.channel].send(message, now=now))
        except Exception:
            # A bug of the adapter leaves doubt about this one message, and none about the others.
            return Sent(attempt, CRASHED)

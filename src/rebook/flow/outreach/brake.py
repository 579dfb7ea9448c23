"""The stop button reaches what is in hand already: claimed messages that wait for their turn are held back.

A claim may hold hundreds of messages while the channel is slow. Each is looked at once more right before it
is handed over, against stops that are read again several times a second (R-A131 asks for five seconds, the
house for two). What the channel has in its hands already cannot be called back; it is counted as sent.
"""

import contextlib
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, connections

from rebook.records.read.braking import braked

POLL_S = 0.25
# Nothing read for so long is doubt, and doubt holds back.
STALE_S = 1.5


class Brake:
    """Reads the stops of one organisation on a connection of its own while it runs; close it after use."""

    def __init__(
        self,
        *,
        organisation_id: int,
        poll_s: float = POLL_S,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._organisation_id = organisation_id
        self._poll_s = poll_s
        self._stopwatch = stopwatch
        self._braked: frozenset[tuple[str, str]] = frozenset()
        self._read_at = stopwatch()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch; once is enough."""
        if self._thread is None:
            self._read_at = self._stopwatch()
            self._thread = threading.Thread(target=self._watch, name="brake", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def holds(self, *, campaign_id: int | None, channel: str, adapter: str) -> bool:
        """Whether a message must not be handed over now. False before ``start``: nothing waits then."""
        if self._thread is None:
            return False
        if self._stopwatch() - self._read_at > STALE_S:
            return True
        standing = self._braked
        if not standing:
            return False
        return bool(
            standing
            & {
                ("organisation", ""),
                ("channel", channel),
                ("channel", adapter),
                ("campaign", str(campaign_id)),
            }
        )

    def _watch(self) -> None:
        try:
            while not self._ended.wait(self._poll_s):
                # A connection that broke is made anew; until it reads again, what was read grows stale.
                with contextlib.suppress(DatabaseError):
                    began = self._stopwatch()
                    self._braked = braked(organisation_id=self._organisation_id)
                    self._read_at = began
        finally:
            connections.close_all()

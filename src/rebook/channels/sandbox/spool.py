"""What would have gone out, as JSON lines: one file per channel and day, one line per message.

A line is written by a single ``write`` to a file opened for appending, so several processes and threads
may write at once and a killed one leaves at most a last line without its end, which readers skip.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SpooledMessage:
    """One message the sandbox took; ``sent_at`` is ISO 8601 in UTC."""

    reference: str
    provider_message_id: str
    to: str
    subject: str
    body: str
    body_html: str
    language: str
    unsubscribe_url: str
    sent_at: str
    # Empty, or the vendor's code when it reports later that the message did not arrive.
    report_code: str = ""


class Spool:
    """The messages of one channel under a directory."""

    def __init__(self, *, directory: Path, channel: str, sync: bool = False) -> None:
        self._directory = directory
        self._channel = channel
        # Slower, and only of use where power may fail.
        self._sync = sync

    def append(self, message: SpooledMessage, *, now: datetime) -> None:
        line = json.dumps(asdict(message), ensure_ascii=False, separators=(",", ":")) + "\n"
        path = self._directory / f"{self._channel}-{now:%Y-%m-%d}.jsonl"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            handle = os.open(path, flags, 0o600)
        except FileNotFoundError:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, flags, 0o600)
        try:
            os.write(handle, line.encode())
            if self._sync:
                os.fsync(handle)
        finally:
            os.close(handle)

    def messages(self) -> Iterator[SpooledMessage]:
        """Every message kept, newest day first, in order of writing within a day."""
        for path in sorted(self._directory.glob(f"{self._channel}-????-??-??.jsonl"), reverse=True):
            with path.open("rb") as lines:
                for line in lines:
                    if line.endswith(b"\n"):
                        yield SpooledMessage(**json.loads(line))

    def find(self, reference: str) -> SpooledMessage | None:
        """The message with our reference, or None."""
        needle = json.dumps(reference).encode()
        for path in sorted(self._directory.glob(f"{self._channel}-????-??-??.jsonl"), reverse=True):
            with path.open("rb") as lines:
                for line in lines:
                    if needle in line and line.endswith(b"\n"):
                        message = SpooledMessage(**json.loads(line))
                        if message.reference == reference:
                            return message
        return None

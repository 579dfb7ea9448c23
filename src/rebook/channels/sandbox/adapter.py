"""The sandbox as a channel."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from rebook.core.channel import (
    Capabilities,
    DeliveryReport,
    InboundBatch,
    OutboundMessage,
    SendResult,
    WebhookRequest,
)

from .codes import SPECIAL, failed, failure_class
from .spool import Spool, SpooledMessage
from .webhooks import parse, verify


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What share of messages fails, chosen by seed and reference: the same every time it is asked."""

    seed: int = 0
    transient_share: float = 0.0
    permanent_share: float = 0.0
    unknown_share: float = 0.0
    undelivered_share: float = 0.0
    # How long a slow answer takes.
    slow_s: float = 1.0
    # Wait before every answer, as a network would.
    latency_s: float = 0.0

    def fate(self, reference: str) -> str:
        """The code that this message meets; empty when all goes well."""
        digest = hashlib.sha256(f"{self.seed}:{reference}".encode()).digest()
        point = int.from_bytes(digest[:8], "big") / 2**64
        for share, code in (
            (self.transient_share, "handset_off"),
            (self.permanent_share, "not_a_number"),
            (self.unknown_share, "timed_out"),
            (self.undelivered_share, "undelivered"),
        ):
            if point < share:
                return code
            point -= share
        return ""


class Sandbox:
    """Keeps messages under ``directory``; nothing leaves the machine.

    ``secret`` signs its webhooks. Recipients in ``codes.SPECIAL`` and the shares of ``behaviour`` fail.
    """

    def __init__(
        self,
        *,
        key: str,
        kind: Literal["sms", "email"],
        directory: Path,
        secret: str,
        behaviour: Behaviour | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.key = key
        self.capabilities = Capabilities(
            kind=kind, receives_replies=True, reports_delivery=True, can_look_up=True
        )
        self._secret = secret
        self._behaviour = behaviour or Behaviour()
        self._spool = Spool(directory=directory, channel=key)
        self._sleep = sleep

    def send(self, message: OutboundMessage, *, now: datetime) -> SendResult:
        fate = SPECIAL.get(message.to) or self._behaviour.fate(message.reference)
        wait = self._behaviour.slow_s if fate == "slow" else self._behaviour.latency_s
        if wait:
            self._sleep(wait)
        if fate == "lost":
            return SendResult(state="unknown", code=fate)
        if fate not in ("", "slow", "timed_out", "undelivered"):
            return failed(fate)
        kept = self._kept(message, now=now, report_code=fate if fate == "undelivered" else "")
        self._spool.append(kept, now=now)
        if fate == "timed_out":
            return SendResult(state="unknown", code=fate)
        return SendResult(state="accepted", provider_message_id=kept.provider_message_id)

    def look_up(self, reference: str) -> SendResult | None:
        kept = self._spool.find(reference)
        if kept is None:
            return None
        return SendResult(state="accepted", provider_message_id=kept.provider_message_id)

    def verify_signature(self, request: WebhookRequest) -> None:
        verify(request, secret=self._secret)

    def parse_inbound(self, request: WebhookRequest, *, now: datetime) -> InboundBatch:
        return parse(request, now=now)

    def reports_since(self, since: datetime, *, now: datetime) -> tuple[DeliveryReport, ...]:
        """What the vendor would report of messages sent after ``since`` up to ``now``."""
        reports = []
        for kept in self._spool.messages():
            sent_at = datetime.fromisoformat(kept.sent_at)
            if since < sent_at <= now:
                state: Literal["delivered", "failed"] = "failed" if kept.report_code else "delivered"
                reports.append(
                    DeliveryReport(
                        provider_message_id=kept.provider_message_id,
                        state=state,
                        at=now,
                        code=kept.report_code,
                        failure=failure_class(kept.report_code),
                    )
                )
        return tuple(reports)

    def _kept(self, message: OutboundMessage, *, now: datetime, report_code: str) -> SpooledMessage:
        # The vendor's id follows from the reference, so that a run with one seed repeats exactly.
        digest = hashlib.sha256(f"{self.key}:{message.reference}".encode()).hexdigest()
        return SpooledMessage(
            reference=message.reference,
            provider_message_id=f"SB{digest[:32]}",
            to=message.to,
            subject=message.subject,
            body=message.body,
            body_html=message.body_html,
            language=message.language,
            unsubscribe_url=message.unsubscribe_url,
            sent_at=now.astimezone(UTC).isoformat(),
            report_code=report_code,
        )

"""What a way to reach a person looks like from inside Rebook. Adapters in ``channels`` satisfy ``Channel``.

Accepted, sent, delivered and read are four facts (style.md): an adapter reports only what its vendor said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

# The kinds of channel that consent, sequences and the guard know; an adapter serves one of them.
ChannelKind = Literal["sms", "email", "phone", "letter", "portal"]

# What a vendor's code asks of us (R-D21).
FailureClass = Literal[
    "permanent_number", "permanent_channel", "transient", "opt_out", "content", "config", "none"
]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do."""

    kind: ChannelKind
    # Open channels may be read by others: no clinical field, ever (R-A196).
    is_open: bool = True
    receives_replies: bool = False
    reports_delivery: bool = False
    # The vendor answers STOP itself, so we must not answer a second time (R-D23).
    provider_sends_stop_reply: bool = False
    # True when asking the vendor by our reference tells whether a message went out.
    can_look_up: bool = False
    # A person does the work (phone call tasks): nothing is transmitted by software.
    is_manual: bool = False
    # The practice does it itself, on its own paper: no agreement with anybody is needed.
    is_in_house: bool = False


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """What to send. ``reference`` is ours and unique; an adapter passes it on where the vendor takes one."""

    reference: str
    to: str
    body: str
    subject: str = ""
    body_html: str = ""
    language: str = "en"
    # Absolute https address that ends messages with one POST (RFC 8058); e-mail only.
    unsubscribe_url: str = ""
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """What the vendor said.

    ``unknown`` means that the message may or may not have gone out (time-out after the request was
    written): it is never tried again blindly (promise 1).
    """

    state: Literal["accepted", "sent", "failed", "unknown"]
    provider_message_id: str = ""
    code: str = ""
    failure: FailureClass = "none"
    # Seconds after which a transient failure may be tried again.
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A vendor's later word on a message."""

    provider_message_id: str
    state: Literal["accepted", "sent", "delivered", "read", "failed"]
    at: datetime
    code: str = ""
    failure: FailureClass = "none"


@dataclass(frozen=True, slots=True)
class Readings:
    """What a vendor knows of messages when it is asked. ``known`` are the ids that it still has; of those
    without a report nothing has happened yet."""

    reports: tuple[DeliveryReport, ...] = ()
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a patient sent, as the vendor handed it over."""

    provider_message_id: str
    from_value: str
    to_value: str
    body: str
    received_at: datetime
    has_attachment: bool = False


@dataclass(frozen=True, slots=True)
class InboundBatch:
    """What one webhook held."""

    messages: tuple[InboundMessage, ...] = ()
    reports: tuple[DeliveryReport, ...] = ()


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """Bytes and headers exactly as received; ``url`` is the public address from configuration (R-D33)."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class BadSignature(Exception):
    """The webhook's signature is missing or wrong: store nothing of it. Trying again does not help."""

    permanent = True


class UnableToAsk(Exception):
    """The vendor does not answer just now; the message names no patient. Asking again later helps."""

    permanent = False


@runtime_checkable
class TellsOfReading(Protocol):
    """A channel without webhooks that can be asked later what became of its messages."""

    def readings(self, message_ids: Sequence[str], *, now: datetime) -> Readings:
        """What is known of messages by the vendor's ids. Raises ``UnableToAsk``."""
        ...


class Channel(Protocol):
    """One way to reach a person, bound to its settings."""

    key: str
    capabilities: Capabilities

    def send(self, message: OutboundMessage, *, now: datetime) -> SendResult:
        """Hand one message over. Never raises for what a vendor says; raises only on bugs."""
        ...

    def look_up(self, reference: str) -> SendResult | None:
        """What became of a message by our reference; None when the vendor does not know it."""
        ...

    def verify_signature(self, request: WebhookRequest) -> None:
        """Raise ``BadSignature`` unless the request is the vendor's."""
        ...

    def parse_inbound(self, request: WebhookRequest, *, now: datetime) -> InboundBatch:
        """Messages and reports in a verified request."""
        ...

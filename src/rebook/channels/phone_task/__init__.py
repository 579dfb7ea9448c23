"""Calls made by people: nothing is transmitted, the flow opens a task with the script instead."""

from datetime import datetime

from rebook.core.channel import (
    BadSignature,
    Capabilities,
    InboundBatch,
    OutboundMessage,
    SendResult,
    WebhookRequest,
)


class PhoneTask:
    """The manual phone channel. Handing a message over means that a person has it on the list."""

    def __init__(self, *, key: str = "phone_task") -> None:
        self.key = key
        # A live call is not open: the caller checks who is on the line before any detail (R-A196).
        self.capabilities = Capabilities(kind="phone", is_open=False, is_manual=True, can_look_up=True)

    def send(self, message: OutboundMessage, *, now: datetime) -> SendResult:
        return SendResult(state="accepted")

    def look_up(self, reference: str) -> SendResult | None:
        """Nothing ever leaves through here, so nothing can have gone out."""
        return None

    def verify_signature(self, request: WebhookRequest) -> None:
        raise BadSignature("calls by people have no webhook")

    def parse_inbound(self, request: WebhookRequest, *, now: datetime) -> InboundBatch:
        return InboundBatch()

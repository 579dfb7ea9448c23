"""Takes letters in hand: they are printed in batches and posted by a person, nothing leaves by itself."""

import hashlib
from datetime import datetime

from rebook.core.channel import (
    BadSignature,
    Capabilities,
    InboundBatch,
    OutboundMessage,
    SendResult,
    WebhookRequest,
)

# Crockford's letters: none is taken for another when it is read out.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10
# Name, street, town.
FEWEST_LINES = 3


def letter_code(reference: str) -> str:
    """What is printed on a letter so that a call or a return finds its case: "7H2K-9QXD-4M"."""
    number = int.from_bytes(hashlib.sha256(reference.encode()).digest()[:8], "big")
    signs = "".join(_LETTERS[number >> (5 * place) & 31] for place in range(_LENGTH))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


class Letters:
    """``to`` of a message is name and address, one line each."""

    def __init__(self, *, key: str = "letter") -> None:
        self.key = key
        # Whoever is at home opens the post: what it says is for others to read.
        self.capabilities = Capabilities(kind="letter", is_open=True, can_look_up=True, is_in_house=True)
        self._in_hand: dict[str, SendResult] = {}

    def send(self, message: OutboundMessage, *, now: datetime) -> SendResult:
        """Accepted: it waits to be printed; the code on it is its id with us, so a second time changes
        nothing."""
        lines = [line for line in message.to.split("\n") if line.strip()]
        if len(lines) < FEWEST_LINES:
            return SendResult(state="failed", code="bad_address", failure="permanent_channel")
        if not message.body.strip():
            return SendResult(state="failed", code="empty", failure="content")
        taken = SendResult(state="accepted", provider_message_id=letter_code(message.reference))
        self._in_hand[message.reference] = taken
        return taken

    def look_up(self, reference: str) -> SendResult | None:
        """Only what this process took in hand: what another did, and did not record, was never printed and
        may be taken in hand again."""
        return self._in_hand.get(reference)

    def verify_signature(self, request: WebhookRequest) -> None:
        raise BadSignature("letters have no webhooks")

    def parse_inbound(self, request: WebhookRequest, *, now: datetime) -> InboundBatch:
        return InboundBatch()

"""What a vendor posts: verified, taken apart, messages received; delivery reports are handed back."""

from dataclasses import dataclass
from datetime import datetime

from rebook.channels.registry import UnknownChannel
from rebook.core.channel import DeliveryReport, WebhookRequest
from rebook.flow.common.channels import channel_named

from .receiving import ReceivedReply, receive


class NoSuchChannel(Exception):
    """There is no such channel here, or it is switched off. Trying again does not help."""

    permanent = True


@dataclass(frozen=True, slots=True)
class ReceivedWebhook:
    """Messages that were received, and reports for ``flow.outreach.dispatch.record_reports``."""

    replies: tuple[ReceivedReply, ...]
    reports: tuple[DeliveryReport, ...]


def receive_webhook(
    *, organisation_id: int, channel: str, request: WebhookRequest, now: datetime
) -> ReceivedWebhook:
    """Receive everything in one webhook; the same webhook again changes nothing (R-D34).

    Raises ``core.channel.BadSignature`` before anything is read or kept, ``ValueError`` when the body is not
    the vendor's, ``NoSuchChannel``.
    """
    try:
        adapter = channel_named(channel)
    except UnknownChannel as error:
        raise NoSuchChannel(channel) from error
    adapter.verify_signature(request)
    batch = adapter.parse_inbound(request, now=now)
    replies = tuple(
        receive(organisation_id=organisation_id, channel=channel, message=message, now=now)
        for message in batch.messages
    )
    return ReceivedWebhook(replies, batch.reports)

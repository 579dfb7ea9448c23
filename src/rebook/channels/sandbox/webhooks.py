"""The sandbox vendor's webhooks: how they are signed, made, and read.

Signed as the better vendors do it: HMAC-SHA256 over time stamp, address and body, compared in constant
time; a time stamp older than a day is refused (R-D33, R-D34).
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rebook.core.channel import (
    BadSignature,
    DeliveryReport,
    InboundBatch,
    InboundMessage,
    WebhookRequest,
)

from .codes import failure_class

SIGNATURE_HEADER = "X-Sandbox-Signature"
TIME_HEADER = "X-Sandbox-Timestamp"
OLDEST = timedelta(hours=24)

# The vendor's delivery words -> ours (R-D12).
STATES = {
    "queued": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "opened": "read",
    "undelivered": "failed",
}
_VENDOR_WORD = {ours: theirs for theirs, ours in STATES.items()}


def _signature(secret: str, timestamp: str, url: str, body: bytes) -> str:
    signed = b"\n".join([timestamp.encode(), url.encode(), body])
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _header(request: WebhookRequest, name: str) -> str:
    return next((value for key, value in request.headers.items() if key.lower() == name.lower()), "")


def signed_webhook(
    *,
    secret: str,
    url: str,
    now: datetime,
    messages: Sequence[InboundMessage] = (),
    reports: Sequence[DeliveryReport] = (),
) -> WebhookRequest:
    """The request the vendor would post to ``url`` about these messages and reports."""
    events: list[dict[str, Any]] = [
        {
            "type": "message",
            "id": message.provider_message_id,
            "from": message.from_value,
            "to": message.to_value,
            "text": message.body,
            "at": message.received_at.isoformat(),
            "media": message.has_attachment,
        }
        for message in messages
    ]
    events += [
        {
            "type": "status",
            "id": report.provider_message_id,
            "status": _VENDOR_WORD[report.state],
            "error": report.code,
            "at": report.at.isoformat(),
        }
        for report in reports
    ]
    body = json.dumps({"events": events}, ensure_ascii=False).encode()
    timestamp = str(int(now.timestamp()))
    headers = {
        TIME_HEADER: timestamp,
        SIGNATURE_HEADER: _signature(secret, timestamp, url, body),
        "Content-Type": "application/json",
    }
    return WebhookRequest(url=url, body=body, headers=headers)


def verify(request: WebhookRequest, *, secret: str) -> None:
    """Raise ``BadSignature`` unless the vendor made the request. No secret means nobody is believed."""
    given = _header(request, SIGNATURE_HEADER)
    expected = _signature(secret, _header(request, TIME_HEADER), request.url, request.body)
    if not secret or not hmac.compare_digest(given.encode(), expected.encode()):
        raise BadSignature("the webhook is not signed by the sandbox")


def parse(request: WebhookRequest, *, now: datetime) -> InboundBatch:
    """Messages and reports in a verified request.

    Raises ``BadSignature`` when it was signed more than a day ago (replay), ``ValueError`` when the body is
    not what the vendor sends. Kinds of event and fields that are not known are passed over (R-D32).
    """
    timestamp = _header(request, TIME_HEADER)
    if not timestamp.isdigit() or now - datetime.fromtimestamp(int(timestamp), UTC) > OLDEST:
        raise BadSignature("the webhook was signed too long ago")
    try:
        events = json.loads(request.body)["events"]
        messages = tuple(_message(event) for event in events if event.get("type") == "message")
        reports = tuple(
            _report(event)
            for event in events
            if event.get("type") == "status" and event.get("status") in STATES
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        # The error itself might quote what a patient wrote.
        raise ValueError("the webhook's body is not what the sandbox sends") from None
    return InboundBatch(messages=messages, reports=reports)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at.astimezone(UTC)


def _message(event: dict[str, Any]) -> InboundMessage:
    return InboundMessage(
        provider_message_id=str(event["id"]),
        from_value=str(event["from"]),
        to_value=str(event.get("to", "")),
        body=str(event["text"]),
        received_at=_instant(event["at"]),
        has_attachment=bool(event.get("media", False)),
    )


def _report(event: dict[str, Any]) -> DeliveryReport:
    code = str(event.get("error", ""))
    return DeliveryReport(
        provider_message_id=str(event["id"]),
        state=STATES[event["status"]],  # type: ignore[arg-type]
        at=_instant(event["at"]),
        code=code,
        failure=failure_class(code),
    )

"""Hands portal messages over by conditional create: asked twice, the server keeps one (R4, 3.1.0.8.1)."""

import json
from datetime import datetime
from urllib.parse import urlencode

import urllib3

from rebook.core.channel import (
    BadSignature,
    Capabilities,
    InboundBatch,
    OutboundMessage,
    SendResult,
    WebhookRequest,
)

from .codes import classify
from .resource import MEDIA_TYPE, SYSTEM, communication
from .server import FhirServer


class PortalFhir:
    """Its messages are read behind the portal's own sign-in, so they may say more than an open channel."""

    def __init__(self, *, server: FhirServer, key: str = "portal_fhir", timeout_s: float = 20) -> None:
        self.key = key
        self.capabilities = Capabilities(kind="portal", is_open=False, can_look_up=True)
        self._server = server
        # We try again by our own rules, so that every try is in the ledger.
        self._pool = urllib3.PoolManager(
            maxsize=16, block=True, retries=False, timeout=urllib3.Timeout(total=timeout_s)
        )

    def send(self, message: OutboundMessage, *, now: datetime) -> SendResult:
        if not message.to.startswith("Patient/") or len(message.to) <= len("Patient/"):
            return SendResult(state="failed", code="no_patient", failure="permanent_channel")
        once = {"If-None-Exist": f"identifier={SYSTEM}|{message.reference}", "Prefer": "return=minimal"}
        body = json.dumps(communication(message, now=now), ensure_ascii=False).encode()
        try:
            answer = self._pool.request(
                "POST", f"{self._server.base}/Communication", body=body, headers=self._headers(once)
            )
        except urllib3.exceptions.NewConnectionError:
            return SendResult(state="failed", code="not_connected", failure="transient", retry_after_s=300)
        except urllib3.exceptions.SSLError:
            return SendResult(state="failed", code="bad_certificate", failure="config")
        except urllib3.exceptions.HTTPError:
            # Written and not answered: asked for by its reference later.
            return SendResult(state="unknown", code="no_answer")
        where = answer.headers.get("Location", "") or answer.headers.get("Content-Location", "")
        return classify(answer.status, location=where, retry_after=answer.headers.get("Retry-After", ""))

    def look_up(self, reference: str) -> SendResult | None:
        """Raises ``urllib3.exceptions.HTTPError`` or ``ValueError`` where the server does not answer it."""
        query = urlencode({"identifier": f"{SYSTEM}|{reference}", "_elements": "id"})
        answer = self._pool.request(
            "GET", f"{self._server.base}/Communication?{query}", headers=self._headers({})
        )
        if answer.status != 200:
            raise ValueError(f"the portal answers {answer.status}")
        found = json.loads(answer.data).get("entry") or []
        if not found:
            return None
        return SendResult(state="accepted", provider_message_id=str(found[0]["resource"]["id"]))

    def verify_signature(self, request: WebhookRequest) -> None:
        raise BadSignature("the portal has no webhooks")

    def parse_inbound(self, request: WebhookRequest, *, now: datetime) -> InboundBatch:
        return InboundBatch()

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        token = self._server.token
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE, **bearer, **more}

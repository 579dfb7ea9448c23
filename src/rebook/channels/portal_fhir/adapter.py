"""Hands portal messages over by conditional create: asked twice, the server keeps one (R4, 3.1.0.8.1)."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urljoin

import urllib3

from rebook.core.channel import (
    BadSignature,
    Capabilities,
    DeliveryReport,
    InboundBatch,
    OutboundMessage,
    Readings,
    SendResult,
    UnableToAsk,
    WebhookRequest,
)

from .codes import classify
from .reading import report_of
from .resource import MEDIA_TYPE, SYSTEM, communication
from .server import FhirServer

ASKED_AT_ONCE = 50
# More pages than messages asked for: a server that never ends.
MOST_PAGES = 60
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


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
        said = classify(answer.status, location=where, retry_after=answer.headers.get("Retry-After", ""))
        return said if said.state != "accepted" or said.provider_message_id else self._named(message, said)

    def _named(self, message: OutboundMessage, said: SendResult) -> SendResult:
        """With the server's id, by which reading is asked for: where it was there already, the server need
        not say it (R4, 3.1.0.8.1)."""
        try:
            found = self.look_up(message.reference)
        except (urllib3.exceptions.HTTPError, ValueError):
            return said
        return replace(said, provider_message_id=found.provider_message_id) if found else said

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

    def readings(self, message_ids: Sequence[str], *, now: datetime) -> Readings:
        """What the portal knows of these messages, ``ASKED_AT_ONCE`` to a request. Raises ``UnableToAsk``."""
        found: dict[str, DeliveryReport | None] = {}
        wanted = [one for one in dict.fromkeys(message_ids) if _ID.fullmatch(one)]
        for first in range(0, len(wanted), ASKED_AT_ONCE):
            some = wanted[first : first + ASKED_AT_ONCE]
            for resource in self._pages(some):
                if resource.get("id") in some:
                    found[str(resource["id"])] = report_of(resource, now=now)
        return Readings(tuple(one for one in found.values() if one), frozenset(found))

    def _pages(self, ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        asked = {"_id": ",".join(ids), "_elements": "status,sent,received", "_count": str(len(ids))}
        address = f"{self._server.base}/Communication?{urlencode(asked)}"
        for _page in range(MOST_PAGES):
            bundle = self._bundle(address)
            for entry in bundle.get("entry") or ():
                if entry.get("resource", {}).get("resourceType") == "Communication":
                    yield entry["resource"]
            more = (one["url"] for one in bundle.get("link") or () if one.get("relation") == "next")
            address = urljoin(f"{self._server.base}/", next(more, ""))
            # The token goes to this server and to no other, whatever a page says.
            if address == f"{self._server.base}/" or not address.startswith(f"{self._server.base}"):
                return

    def _bundle(self, address: str) -> dict[str, Any]:
        try:
            answer = self._pool.request("GET", address, headers=self._headers({}))
            found = json.loads(answer.data) if answer.status == 200 else None
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise UnableToAsk(
                f"the portal gives no answer that can be read: {type(error).__name__}"
            ) from None
        if not isinstance(found, dict):
            raise UnableToAsk(f"the portal answers {answer.status}")
        return found

    def verify_signature(self, request: WebhookRequest) -> None:
        raise BadSignature("the portal has no webhooks")

    def parse_inbound(self, request: WebhookRequest, *, now: datetime) -> InboundBatch:
        return InboundBatch()

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        token = self._server.token
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE, **bearer, **more}

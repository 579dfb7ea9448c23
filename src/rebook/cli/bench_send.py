"""Bench ``send``: guard, claim, send and record beside the bare HTTP client, on one and the same sink."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import urllib3
from django.db import connections

from rebook.core.channel import (
    BadSignature,
    Capabilities,
    InboundBatch,
    OutboundMessage,
    SendResult,
    WebhookRequest,
)
from rebook.flow.outreach.dispatch import send_due
from rebook.flow.outreach.rehearsal import BODY, prepare_rehearsal
from rebook.records.read.outreach import attempt_totals

BUDGET = 0.5
LEAST_PER_SECOND = 1000
CONNECTIONS = 16
# A Wednesday, noon where the invented patients live: the guard lets messages go.
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)


class HttpSink:
    """The channel under test: one POST per message, with the same client as the reference."""

    key = "bench"
    capabilities = Capabilities(kind="sms", can_look_up=True)

    def __init__(self, url: str) -> None:
        self._pool = urllib3.connection_from_url(url, maxsize=CONNECTIONS, retries=False, timeout=30)

    def send(self, message: OutboundMessage, *, now: datetime) -> SendResult:
        try:
            answer = post(self._pool, message.reference, message.to, message.body)
        except urllib3.exceptions.HTTPError:
            return SendResult(state="unknown", code="broken")
        return SendResult(state="accepted", provider_message_id=answer["id"])

    def look_up(self, reference: str) -> SendResult | None:
        return None

    def verify_signature(self, request: WebhookRequest) -> None:
        raise BadSignature("the bench has no webhooks")

    def parse_inbound(self, request: WebhookRequest, *, now: datetime) -> InboundBatch:
        return InboundBatch()


def post(pool: urllib3.HTTPConnectionPool, reference: str, to: str, body: str) -> Any:
    text = json.dumps({"reference": reference, "to": to, "body": body}).encode()
    return pool.request("POST", "/send", body=text).json()


def run(*, attempts: int = 5000, size: int = 0, rounds: int = 3) -> dict[str, Any]:
    """Send ``attempts`` (or ``size``) messages through Rebook and through the bare client, in turn.

    Rates are messages a second, the best of ``rounds``; ``ratio`` is ours to the reference's. ``duplicates``
    and ``lost`` are counted by the sink over all rounds.
    """
    count = size or attempts
    ours, reference, unknown, due, sent = [], [], 0, 0, []
    with sink() as url, scratch_ledger():
        for turn in range(rounds):
            reference.append(bare_rate(url, count=count, turn=turn))
            organisation_id = prepare_rehearsal(slug=f"bench-{turn}", attempts=count, now=NOON)
            before = time.perf_counter()
            summary = send_due(
                organisation_id=organisation_id,
                now=NOON,
                worker="bench",
                limit=count,
                channels={"sms": HttpSink(url)},
            )
            ours.append(summary.looked_at / (time.perf_counter() - before))
            totals = attempt_totals(organisation_id=organisation_id)
            unknown += totals.unknown + totals.in_the_air
            sent.append(totals.sent)
            due += totals.waiting
        received = counted(url)
    mine = {key: n for key, n in received.items() if not key.startswith("bare-")}
    return _answer(ours, reference, mine, sent=sum(sent), unknown=unknown, due=due, count=count)


def _answer(
    ours: Sequence[float],
    reference: Sequence[float],
    received: dict[str, int],
    *,
    sent: int,
    unknown: int,
    due: int,
    count: int,
) -> dict[str, Any]:
    ratio = max(ours) / max(reference)
    duplicates = sum(n - 1 for n in received.values())
    lost = sent - len(received) + due
    is_clean = not (duplicates or lost or unknown)
    return {
        "name": "send",
        "ours": round(max(ours)),
        "reference": round(max(reference)),
        "unit": "messages per second",
        "ratio": round(ratio, 3),
        "budget": BUDGET,
        "ok": ratio >= BUDGET and max(ours) >= LEAST_PER_SECOND and is_clean,
        "least_per_second": LEAST_PER_SECOND,
        "attempts": count,
        "rounds": len(ours),
        "sent": sent,
        "duplicates": duplicates,
        "lost": lost,
        "unknown": unknown,
    }


def bare_rate(url: str, *, count: int, turn: int) -> float:
    """The same client, threads and bodies with nothing around them."""
    pool = urllib3.connection_from_url(url, maxsize=CONNECTIONS, retries=False, timeout=30)
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        before = time.perf_counter()
        for _ in threads.map(
            lambda number: post(pool, f"bare-{turn}-{number}", "+12125550100", BODY), range(count)
        ):
            pass
        return count / (time.perf_counter() - before)


@contextmanager
def sink() -> Iterator[str]:
    """The address of a sink in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rebook.cli.bench_sink"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


def counted(url: str) -> dict[str, int]:
    """What the sink received, by reference."""
    found: dict[str, int] = urllib3.request("GET", url).json()
    return found


@contextmanager
def scratch_ledger() -> Iterator[None]:
    """A database of its own for the bench, dropped afterwards: the practice's is never touched."""
    connection = connections["default"]
    name = connection.settings_dict["NAME"]
    connection.settings_dict.setdefault("TEST", {})["NAME"] = "rebook_bench_send"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)

"""Bench ``book``: 200 patients at once on 50 free times, on the real pages over HTTP.

The reference is a figure published in DESIGN §7, not run here: pretix made 4.5 to 9.4 bookings a second on
two cores. Ours is held against the better one.
"""

import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from django.db import connections

from rebook.cli.bench_send import scratch_ledger
from rebook.cli.booking_storm import Guest, Seen, storm
from rebook.flow.booking.rehearsal import prepare_rehearsal
from rebook.records.read.booking import booking_totals

BUDGET = 10.0
PRETIX_PER_SECOND = 9.4
SLOTS_PER_PATIENT = 0.25


def run(*, size: int = 200, slots: int = 0) -> dict[str, Any]:
    """``size`` patients open their links at the same instant; there are ``slots`` times, a quarter as many
    when left out.

    ``ours`` is bookings a second from the first request to the last booking, everything that patients do
    and read on the way included; the clients share the machine. ``p95_ms`` is of all requests.
    """
    slots = slots or round(size * SLOTS_PER_PATIENT)
    with scratch_ledger():
        rehearsal = prepare_rehearsal(slug="bench-book", patients=size, slots=slots, now=datetime.now(UTC))
        guests = [
            Guest(one.token, (one.birth_on.month, one.birth_on.day, one.birth_on.year), one.postal_code)
            for one in rehearsal.patients
        ]
        with served() as address:
            seen = storm(address, guests)
        totals = booking_totals(organisation_id=rehearsal.organisation_id)
    return _answer(seen, size=size, slots=slots, booked=totals.booked, double_booked=totals.double_booked)


def _answer(seen: list[Seen], *, size: int, slots: int, booked: int, double_booked: int) -> dict[str, Any]:
    seconds = max((one.took_s for one in seen if one.is_booked), default=0.0)
    rate = booked / seconds if seconds else 0.0
    requests = [ms for one in seen for ms in one.request_ms]
    problems = sorted({one.problem for one in seen if one.problem})
    is_right = booked == min(size, slots) and not double_booked and not problems
    return {
        "name": "book",
        "ours": round(rate, 1),
        "reference": PRETIX_PER_SECOND,
        "unit": "bookings a second",
        "reference_is": "published figure: pretix, 4.5 to 9.4 bookings a second, p95 275 to 590 ms",
        "ratio": round(rate / PRETIX_PER_SECOND, 2),
        "budget": BUDGET,
        "ok": is_right and rate >= BUDGET * PRETIX_PER_SECOND,
        "patients": size,
        "slots": slots,
        "booked": booked,
        "double_booked": double_booked,
        "told_taken": sum(one.was_told_taken for one in seen),
        "problems": problems,
        "requests": len(requests),
        "requests_a_second": round(len(requests) / max(one.took_s for one in seen)),
        "p95_ms": round(_p95(requests)),
        "p95_confirm_ms": round(_p95([one.confirm_ms for one in seen if one.confirm_ms])),
    }


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else sum(values)


@contextmanager
def served() -> Iterator[str]:
    """The address of `rebook serve` in processes of its own, on the database of this one."""
    environment = {**os.environ, "REBOOK_DATABASE_URL": database_url()}
    command = [
        sys.executable,
        "-m",
        "rebook",
        "serve",
        "--port",
        "0",
        "--processes",
        str(os.cpu_count() or 1),
    ]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        said = server.stdout.readline()
        port = re.search(r":(\d+)", said)
        if port is None:
            raise ServerDidNotStart(said.strip() or "it said nothing")
        address = f"http://127.0.0.1:{port.group(1)}"
        _warm_up(address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=60)


def _warm_up(address: str) -> None:
    """A process imports its pages with the first request; that is not what is measured."""
    unknown = f"{address}/p/{'x' * 22}"
    with ThreadPoolExecutor(32) as threads:
        for _ in range(3):
            list(threads.map(lambda _: urllib3.request("GET", unknown, timeout=300), range(64)))


class ServerDidNotStart(Exception):
    """`rebook serve` ended before it answered; what it said stands on the terminal."""

    permanent = True


def database_url() -> str:
    """The database of this process as another one finds it."""
    at = connections["default"].settings_dict
    options = {key: str(value) for key, value in at["OPTIONS"].items() if isinstance(value, str | int)}
    user = quote(at["USER"], safe="") + (f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else "")
    places = {key: value for key, value in {"host": at["HOST"], "port": str(at["PORT"])}.items() if value}
    options.pop("application_name", None)
    return f"postgresql://{user}@/{quote(at['NAME'], safe='')}?{urlencode({**places, **options})}"

"""Bench ``pages``: what staff open all day, on a large practice beside the same pages of a tiny one."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rebook.cli.bench_send import scratch_ledger
from rebook.cli.context import answer_table, console, errors
from rebook.flow.pages_rehearsal import Rehearsed, rehearse_pages, settle_rehearsal

PATIENTS = 100_000
TINY = 60
BUDGET = 3.0
# A page may take so long whatever the empty one takes: nobody notices less.
UNNOTICED_MS = 300
ROUNDS, WARM_UPS = 20, 2
# A page that is slow is asked less often: what it takes is known soon.
SECONDS_A_PAGE = 10.0
# Pages of DESIGN §7, for which only the ratio counts.
STRICT = ("today", "inbox", "results")
PAGES = {
    "today": "/",
    "looked_after": "/patients/looked-after/",
    "looked_after_list": "/patients/looked-after/?state=waiting",
    "inbox": "/inbox/",
    "inbox_handled": "/inbox/?show=handled",
    "patients": "/patients/",
    "search": "/patients/?q=Person",
    "patient": "/patients/{patient}/",
    "guard": "/patients/{patient}/guard/",
    "campaigns": "/campaigns/",
    "campaign": "/campaigns/{campaign}/",
    "cases": "/campaigns/{campaign}/cases/?stage=open",
    "texts": "/campaigns/{campaign}/texts/",
    "tests": "/campaigns/{campaign}/tests/",
    "calendar": "/calendar/",
    "to_approve": "/setup/approvals/",
    "campaign_approval": "/campaigns/{campaign}/approval/",
    "sequences": "/sequences/",
    "results": "/results/",
    "ways": "/results/ways/",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One page of one practice: milliseconds, queries."""

    p50: float
    p95: float
    queries: int


def run(*, size: int = PATIENTS) -> dict[str, Any]:
    """Every page of ``PAGES`` with ``size`` patients, and with ``TINY``, one process and one after the other.

    ``pages``: of each its p50 and p95 in milliseconds, both practices' queries, and the ratio of the p95s.
    ``ours`` and ``reference`` are the p95 of the page with the worst ratio among ``STRICT``. Interrupted, it
    leaves nothing behind.
    """
    with _told() as tell, scratch_ledger(), _any_host():
        now = datetime.now(UTC)
        tiny = rehearse_pages(slug="tiny", patients=TINY, now=now)
        large = rehearse_pages(
            slug="large", patients=size, now=now, tell=lambda what, rows: tell(f"{rows:,} {what}")
        )
        settle_rehearsal()
        pages = {}
        for name, address in PAGES.items():
            tell(f"page {name}")
            pages[name] = _judged(name, _seen(address, large), _seen(address, tiny))
    worst = pages[max(STRICT, key=lambda name: pages[name]["ratio"])]
    return {
        "name": "pages",
        "ours": worst["p95"],
        "reference": worst["empty_p95"],
        "unit": "milliseconds",
        "ratio": worst["ratio"],
        "budget": BUDGET,
        "ok": all(one["ok"] for one in pages.values()),
        "patients": size,
        "rows": large.rows,
        "tiny": TINY,
        "unnoticed_ms": UNNOTICED_MS,
        "pages": pages,
    }


def _judged(name: str, large: Seen, tiny: Seen) -> dict[str, Any]:
    ratio = large.p95 / tiny.p95
    is_fast = ratio <= BUDGET or (name not in STRICT and large.p95 <= UNNOTICED_MS)
    return {
        "p50": round(large.p50, 1),
        "p95": round(large.p95, 1),
        "empty_p50": round(tiny.p50, 1),
        "empty_p95": round(tiny.p95, 1),
        "ratio": round(ratio, 2),
        "queries": large.queries,
        "empty_queries": tiny.queries,
        "ok": is_fast and large.queries <= tiny.queries,
    }


def _seen(address: str, practice: Rehearsed) -> Seen:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=practice.user_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    where = address.format(patient=practice.patient_id, campaign=practice.campaign_id)

    def ask() -> float:
        start = time.perf_counter()
        answer = client.get(where)
        took = time.perf_counter() - start
        if answer.status_code != 200:
            raise PageFailed(f"{address} answered {answer.status_code}")
        return took * 1000

    for _ in range(WARM_UPS):
        ask()
    with CaptureQueriesContext(connection) as queries:
        first = ask()
    # Now: the next request empties the list.
    asked = len(queries)
    rounds = max(5, min(ROUNDS, int(SECONDS_A_PAGE * 1000 / first)))
    took = [ask() for _ in range(rounds)]
    return Seen(statistics.median(took), statistics.quantiles(took, n=20, method="inclusive")[-1], asked)


class PageFailed(Exception):
    """A page did not answer; nothing is measured of a page that is broken."""

    permanent = True


@contextmanager
def _any_host() -> Iterator[None]:
    """The test client asks in the name of a host that no installation lists."""
    from django.test.utils import override_settings

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@contextmanager
def _told() -> Iterator[Callable[[str], None]]:
    """What goes on, on standard error."""
    with errors.status("filling the ledger") as status:
        yield lambda text: status.update(text)


def show(result: dict[str, Any]) -> None:
    """One line a page."""
    rows = [
        [
            name,
            one["p50"],
            one["p95"],
            one["empty_p95"],
            one["ratio"],
            f"{one['queries']}/{one['empty_queries']}",
            "ok" if one["ok"] else "over",
        ]
        for name, one in result["pages"].items()
    ]
    heading = f"{result['patients']:,} patients, {result['rows']:,} rows"
    answer_table(heading, ["page", "p50 ms", "p95 ms", "empty p95", "ratio", "queries", ""], rows)
    console.print("Within budget." if result["ok"] else "Over budget.")

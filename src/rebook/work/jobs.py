"""Background jobs: the nightly pass, the all-day sending, and the care of jobs whose worker died.

Jobs are coarse; single attempts are claimed from the ledger itself (ADR on background work).
"""

import os
import socket
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from rebook.accounts import read as accounts
from rebook.work.schedule import run_continuous, run_day

# The hour of the practice's own clock at which its day is prepared.
NIGHTLY_HOUR = 4
STALLED_AFTER_SECONDS = 120


def worker_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="continuous", pass_context=False)
def defer_sending(timestamp: int) -> None:
    """One sending job per practice; a practice whose last one still waits is left alone."""
    for one in accounts.organisations():
        _defer_once("rebook.work.jobs.keep_sending", lock=f"send-{one.id}", organisation_id=one.id)


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="nightly", pass_context=False)
def defer_nightly(timestamp: int) -> None:
    """The nightly pass of every practice whose clock stands at the nightly hour."""
    now = datetime.fromtimestamp(timestamp, tz=UTC)
    for one in accounts.organisations():
        if now.astimezone(ZoneInfo(one.time_zone)).hour == NIGHTLY_HOUR:
            _defer_once("rebook.work.jobs.nightly_pass", lock=f"day-{one.id}", organisation_id=one.id)


@app.task(retry=RetryStrategy(max_attempts=3, wait=60))
def keep_sending(organisation_id: int) -> None:
    run_continuous(organisation_id=organisation_id, now=datetime.now(UTC), worker=worker_name())


@app.task(retry=RetryStrategy(max_attempts=3, wait=300))
def nightly_pass(organisation_id: int) -> None:
    """Safe to run again: every stage leaves alone what it has already done that day."""
    now = datetime.now(UTC)
    zone = ZoneInfo(accounts.organisation(organisation_id=organisation_id).time_zone)
    run_day(organisation_id=organisation_id, as_of=now.astimezone(zone).date(), now=now, worker=worker_name())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="reap", pass_context=True)
async def reap_stalled(context: object, timestamp: int) -> None:
    """Jobs of workers that died are put back in the queue; the stages they run are safe to repeat."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    for job in stalled:
        await app.job_manager.retry_job(job)


def _defer_once(task: str, *, lock: str, organisation_id: int) -> None:
    try:
        app.configure_task(task, lock=lock, queueing_lock=lock).defer(organisation_id=organisation_id)
    except AlreadyEnqueued:
        return

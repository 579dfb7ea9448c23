"""Background jobs: the nightly pass, the all-day sending, and the care of jobs whose worker died.

Jobs are coarse; single attempts are claimed from the ledger itself (ADR on background work).
"""

import contextlib
import logging
import os
import socket
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from rebook.accounts import read as accounts
from rebook.accounts.scope import organisation_scope
from rebook.records.read.passes import had_pass
from rebook.work.backtests import complete_backtest
from rebook.work.schedule import run_continuous, run_day

# From this hour of the practice's own clock on, its day is prepared.
NIGHTLY_HOUR = 4
# A worker that has not been heard of for so long is taken for dead; it says it lives every ten seconds.
STALLED_AFTER_SECONDS = 120.0
KEEP_JOBS_HOURS = 72

logger = logging.getLogger(__name__)


def worker_name() -> str:
    """Where a claim or a job is held: host and process."""
    return f"{socket.gethostname()}-{os.getpid()}"


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="continuous")
def defer_sending(timestamp: int) -> None:
    """One sending job per practice; a practice whose last one still waits is left alone."""
    for one in accounts.organisations():
        _defer_once("rebook.work.jobs.keep_sending", lock=f"send-{one.id}", organisation_id=one.id)


@app.periodic(cron="7,22,37,52 * * * *")
@app.task(queueing_lock="nightly")
def defer_nightly(timestamp: int) -> None:
    """The pass of every practice whose day has begun without one, also when nothing ran at night."""
    now = datetime.fromtimestamp(timestamp, tz=UTC)
    for one in accounts.organisations():
        local = now.astimezone(ZoneInfo(one.time_zone))
        if local.hour >= NIGHTLY_HOUR and not had_pass(organisation_id=one.id, on=local.date()):
            _defer_once("rebook.work.jobs.nightly_pass", lock=f"day-{one.id}", organisation_id=one.id)


@app.task(retry=RetryStrategy(max_attempts=3, wait=60))
def keep_sending(organisation_id: int) -> None:
    """Plan, send and settle what fell due since the last time."""
    run_continuous(organisation_id=organisation_id, now=datetime.now(UTC), worker=worker_name())


@app.task(retry=RetryStrategy(max_attempts=5, wait=60))
def nightly_pass(organisation_id: int) -> None:
    """Safe to run again: every stage leaves alone what it has already done that day."""
    now = datetime.now(UTC)
    zone = ZoneInfo(accounts.organisation(organisation_id=organisation_id).time_zone)
    run_day(organisation_id=organisation_id, as_of=now.astimezone(zone).date(), now=now, worker=worker_name())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="reap", pass_context=True)
async def reap_stalled(context: JobContext, timestamp: int) -> None:
    """Jobs of workers that died are put back in the queue; the stages they run are safe to repeat."""
    seconds = context.additional_context.get("stalled_after_seconds", STALLED_AFTER_SECONDS)
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        try:
            await app.job_manager.retry_job(job)
        except ConnectorException:
            # It ended, or another worker was quicker to put it back.
            continue
        logger.warning("job %s (%s) is taken over from a worker that died", job.id, job.task_name)


@app.periodic(cron="30 3 * * *")
@app.task(queueing_lock="tidy")
async def forget_old_jobs(timestamp: int) -> None:
    """Jobs that went well are of no use after a few days; failed ones stay for a person to look at."""
    await app.job_manager.delete_old_jobs(nb_hours=KEEP_JOBS_HOURS)


@app.task(retry=RetryStrategy(max_attempts=2, wait=30, retry_exceptions={OSError, DatabaseError}))
def run_backtest(organisation_id: int, number: int) -> None:
    """A backtest that somebody asked for on the page; its row tells how far it is."""
    with organisation_scope(organisation_id):
        complete_backtest(organisation_id=organisation_id, number=number, now=datetime.now(UTC))


def defer_backtest(*, organisation_id: int, number: int) -> None:
    """Have a worker run it. One at a time for each practice, in the order in which they were asked for."""
    task = app.configure_task(
        "rebook.work.jobs.run_backtest",
        lock=f"backtest-{organisation_id}",
        queueing_lock=f"backtest-{organisation_id}-{number}",
    )
    with contextlib.suppress(AlreadyEnqueued):
        task.defer(organisation_id=organisation_id, number=number)


def _defer_once(task: str, *, lock: str, organisation_id: int) -> None:
    try:
        app.configure_task(task, lock=lock, queueing_lock=lock).defer(organisation_id=organisation_id)
    except AlreadyEnqueued:
        return

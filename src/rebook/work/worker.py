"""A worker process: does jobs until it is told to stop, and outlives a database that goes away."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, cast

from asgiref.sync import sync_to_async
from procrastinate.contrib.django import app

from rebook.work.jobs import STALLED_AFTER_SECONDS, worker_name

HEARTBEAT_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0

logger = logging.getLogger(__name__)


def run_worker(
    *,
    concurrency: int,
    once: bool = False,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
    stalled_after_seconds: float = STALLED_AFTER_SECONDS,
) -> None:
    """Do jobs until SIGTERM or Ctrl-C, finishing those in hand; with ``once``, until none waits.

    A worker that was not heard of for ``stalled_after_seconds`` is taken for dead, and its jobs are done
    again by others. Raises what the database raises only with ``once``.
    """

    async def work() -> None:
        await app.run_worker_async(
            name=worker_name(),
            concurrency=concurrency,
            wait=not once,
            # Signals are ours: after a failure inside, procrastinate returns as if it had been told to stop.
            install_signal_handlers=False,
            update_heartbeat_interval=heartbeat_seconds,
            stalled_worker_timeout=stalled_after_seconds,
            additional_context={"stalled_after_seconds": stalled_after_seconds},
        )

    asyncio.run(_connected(work) if once else _until_told(work))


async def _connected(work: Callable[[], Awaitable[None]]) -> None:
    # Asked for anew each time: this is what starts an embedded PostgreSQL that has died.
    ours = cast(Any, app.connector)
    connector = await sync_to_async(ours.get_worker_connector)()
    with app.replace_connector(connector):
        async with app.open_async():
            await work()


async def _until_told(work: Callable[[], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    with _stopped_by_signals(stop):
        pause = 1.0
        while not stop.is_set():
            began = asyncio.get_running_loop().time()
            working = asyncio.create_task(_connected(work))
            waiting = asyncio.create_task(stop.wait())
            await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                # Cancelling is how procrastinate is asked to finish what it has in hand.
                working.cancel()
            (outcome,) = await asyncio.gather(working, return_exceptions=True)
            waiting.cancel()
            if stop.is_set():
                return
            if asyncio.get_running_loop().time() - began > LONGEST_PAUSE_SECONDS:
                pause = 1.0
            logger.warning(
                "the worker lost the database (%s); again in %.0f s", type(outcome).__name__, pause
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


@contextlib.contextmanager
def _stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def told() -> None:
        stop.set()
        # A second Ctrl-C ends at once.
        for one in signals:
            loop.remove_signal_handler(one)

    for one in signals:
        loop.add_signal_handler(one, told)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)

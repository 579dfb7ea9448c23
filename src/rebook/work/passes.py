"""One pass of the day at a time for each organisation, whoever starts it."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection


class PassIsRunning(Exception):
    """Another process is in the middle of the pass; trying again later helps."""

    permanent = False
    is_for_people = True

    def __init__(self) -> None:
        super().__init__("the pass of the day is already running for this practice; nothing was done")


@contextmanager
def only_pass(*, organisation_id: int) -> Iterator[None]:
    """Hold the organisation's pass until the end. Raises ``PassIsRunning``.

    The lock belongs to the connection, so a process that dies gives it back.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('pass'), %s::int)", [organisation_id])
        is_ours = cursor.fetchone()[0]
    if not is_ours:
        raise PassIsRunning
    try:
        yield
    finally:
        # A connection that broke meanwhile has lost its lock, and the failure to report is another one.
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('pass'), %s::int)", [organisation_id])

"""The scope of one organisation, kept by the database: rows of others are not there (promise 9)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SET = "SELECT set_config('rebook.organisation', %s, false)"


@contextmanager
def organisation_scope(organisation_id: int) -> Iterator[None]:
    """Everything read and written on this thread's connection inside belongs to one organisation.

    Scopes do not nest: work for another organisation starts after this one has ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(SET, [str(organisation_id)])
    try:
        yield
    finally:
        # A connection that broke inside takes its setting with it.
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(SET, [""])

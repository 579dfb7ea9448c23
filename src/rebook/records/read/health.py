"""Whether the ledger answers."""

from django.db import DatabaseError, connection


def answers() -> bool:
    """True when the database can be asked something."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True

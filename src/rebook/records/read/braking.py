"""What stands still by now: stops in force and campaigns that do not run, asked often and cheaply."""

from django.db import connection

BRAKED = """
SELECT scope, key FROM records_stop WHERE organisation_id = %(org)s AND ended_at IS NULL
UNION ALL
SELECT 'campaign', id::text FROM records_campaign WHERE organisation_id = %(org)s AND state <> 'active'
"""


def braked(*, organisation_id: int) -> frozenset[tuple[str, str]]:
    """(scope, key) of everything that must not send: ("organisation", ""), ("campaign", "7") ..."""
    with connection.cursor() as cursor:
        cursor.execute(BRAKED, {"org": organisation_id})
        return frozenset(cursor.fetchall())

"""The first contact that those drawn for a test really got."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from rebook.core.outreach.experiment_received import FirstContact

from .experiment_counts import FIRST_OF_UNIT
from .experiments import WordingTestView

_RECEIVED = f"""
SELECT d.variant, got.sent_at, coalesce(got.channel, ''), coalesce(got.template_hash, ''),
       coalesce(nullif(p.time_zone, ''), nullif(l.time_zone, ''), o.time_zone), d.due_at
FROM ({FIRST_OF_UNIT}) d
JOIN records_case c ON c.id = d.case_id
JOIN records_gap g ON g.id = c.gap_id
JOIN records_patient p ON p.id = c.patient_id
JOIN accounts_organisation o ON o.id = c.organisation_id
LEFT JOIN accounts_location l ON l.id = coalesce(p.home_location_id, g.location_id)
LEFT JOIN LATERAL (
    SELECT a.sent_at, a.channel, a.template_hash FROM records_attempt a
    WHERE a.case_id = d.case_id AND a.origin = 'campaign' AND a.sent_at IS NOT NULL
      AND CASE WHEN d.step_index IS NULL THEN a.template_key = %(key)s AND a.channel = %(channel)s
            AND a.sent_at >= d.assigned_at ELSE a.step_index = d.step_index END
    ORDER BY a.sent_at LIMIT 1) got ON true
"""


def first_contacts(*, organisation_id: int, test: WordingTestView) -> Iterator[FirstContact]:
    """Of everybody drawn, the first contact by what is tested that went out."""
    given: dict[str, Any] = {
        "org": organisation_id,
        "test": test.id,
        "key": test.template_key,
        "channel": test.channel,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, given)
        for row in cursor.fetchall():
            yield FirstContact(*row)

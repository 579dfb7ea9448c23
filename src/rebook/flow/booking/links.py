"""Links that a person gives out; messages get theirs where they are planned."""

from datetime import datetime, timedelta

from django.db import transaction

from rebook.records.write import links

# Ending messages must work for 60 days (R-B14), so the page lives as long.
LINK_LIVES = timedelta(days=60)


def create_link(
    *, organisation_id: int, patient_id: int, case_id: int | None, attempt_id: int | None, now: datetime
) -> str:
    """The token of a new link; it is stored nowhere."""
    with transaction.atomic(durable=True):
        return links.add_link(
            organisation_id=organisation_id,
            patient_id=patient_id,
            case_id=case_id,
            attempt_id=attempt_id,
            now=now,
            expires_at=now + LINK_LIVES,
        )

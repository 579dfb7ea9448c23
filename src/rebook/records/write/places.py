"""Keeps reviews of the rules of places."""

from datetime import date, datetime

from rebook.records.models import PlaceRuleReview


def add_review(
    *,
    organisation_id: int,
    row_key: str,
    row_version: str,
    reviewed_on: date,
    reviewed_by: str,
    note: str,
    now: datetime,
) -> bool:
    """Keep a review; False when this wording was reviewed that day already."""
    _, is_new = PlaceRuleReview.objects.get_or_create(
        organisation_id=organisation_id,
        row_key=row_key,
        row_version=row_version,
        reviewed_on=reviewed_on,
        defaults={"reviewed_by": reviewed_by, "note": note, "recorded_at": now},
    )
    return is_new

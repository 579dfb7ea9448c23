"""Saved segments: a new one, a new version, put away."""

from datetime import datetime

from django.db.models import Max

from rebook.core.segment import Segment
from rebook.records.models import SavedSegment, SegmentVersion


def add_segment(*, organisation_id: int, name: str) -> int | None:
    """The id of a new segment without a version; None when the name is taken."""
    row, is_new = SavedSegment.objects.get_or_create(organisation_id=organisation_id, name=name)
    return row.pk if is_new else None


def add_version(
    *, organisation_id: int, segment_id: int, segment: Segment, note: str, actor: str, now: datetime
) -> int:
    """The number of the version; the newest one's when it says the same. Waits for others who save it."""
    SavedSegment.objects.select_for_update().get(organisation_id=organisation_id, pk=segment_id)
    versions = SegmentVersion.objects.filter(organisation_id=organisation_id, segment_id=segment_id)
    newest = versions.order_by("-number").first()
    if newest is not None and newest.content == segment.as_json():
        return newest.number
    number = (versions.aggregate(most=Max("number"))["most"] or 0) + 1
    SegmentVersion.objects.create(
        organisation_id=organisation_id,
        segment_id=segment_id,
        number=number,
        content=segment.as_json(),
        note=note,
        created_by=actor,
        created_at=now,
    )
    return number


def rename(*, organisation_id: int, segment_id: int, name: str) -> bool:
    """False when another segment has the name."""
    others = SavedSegment.objects.filter(organisation_id=organisation_id, name=name).exclude(pk=segment_id)
    if others.exists():
        return False
    SavedSegment.objects.filter(organisation_id=organisation_id, pk=segment_id).update(name=name)
    return True


def set_archived(*, organisation_id: int, segment_id: int, at: datetime | None) -> bool:
    """Put it away, or back with ``at`` None. False when there is no such segment."""
    rows = SavedSegment.objects.filter(organisation_id=organisation_id, pk=segment_id)
    return rows.update(archived_at=at) == 1

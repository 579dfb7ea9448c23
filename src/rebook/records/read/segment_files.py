"""Saved segments with their versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from rebook.core.segment import Segment
from rebook.records.models import SavedSegment, SegmentVersion


@dataclass(frozen=True, slots=True)
class VersionLine:
    number: int
    segment: Segment
    created_at: datetime
    created_by: str
    note: str


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A saved segment; ``versions`` newest first, the first one counts."""

    id: int
    name: str
    archived_at: datetime | None
    versions: tuple[VersionLine, ...]
    campaigns: int

    @property
    def newest(self) -> VersionLine:
        return self.versions[0]


def saved(*, organisation_id: int, with_archived: bool = False) -> tuple[SegmentFile, ...]:
    """The saved segments by name."""
    rows = SavedSegment.objects.filter(organisation_id=organisation_id).order_by("name", "pk")
    if not with_archived:
        rows = rows.filter(archived_at__isnull=True)
    return _files(list(rows))


def segment_file(*, organisation_id: int, segment_id: int) -> SegmentFile | None:
    rows = SavedSegment.objects.filter(organisation_id=organisation_id, pk=segment_id)
    return next(iter(_files(list(rows))), None)


def _files(rows: list[SavedSegment]) -> tuple[SegmentFile, ...]:
    versions: dict[int, list[VersionLine]] = {row.pk: [] for row in rows}
    for one in SegmentVersion.objects.filter(segment__in=rows).order_by("-number"):
        line = VersionLine(
            one.number, Segment.from_json(one.content), one.created_at, one.created_by, one.note
        )
        versions[one.segment_id].append(line)
    used = _campaigns([row.pk for row in rows])
    return tuple(
        SegmentFile(row.pk, row.name, row.archived_at, tuple(versions[row.pk]), used.get(row.pk, 0))
        for row in rows
    )


def _campaigns(segment_ids: Sequence[int]) -> dict[int, int]:
    """How many campaigns that are not over were made from each segment."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (segment->'saved'->>'id')::bigint, count(*) FROM records_campaign
            WHERE (segment->'saved'->>'id')::bigint = ANY(%s) AND state <> 'archived' GROUP BY 1
            """,
            [list(segment_ids)],
        )
        return {int(key): int(number) for key, number in cursor.fetchall()}

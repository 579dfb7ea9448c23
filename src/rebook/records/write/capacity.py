"""Keep what was counted and found; a second look on one day takes the first one's place."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rebook.records.models import CapacityDay, RoomCount


def keep_room(
    *,
    organisation_id: int,
    days: Iterable[tuple[int, str, date, int]],
    types: Mapping[str, Any],
    now: datetime,
) -> None:
    """The newest count of free times, by site, kind of visit and day."""
    RoomCount.objects.update_or_create(
        organisation_id=organisation_id,
        defaults={
            "counted_at": now,
            "days": [[place, key, on.isoformat(), free] for place, key, on, free in days],
            "types": dict(types),
        },
    )


def keep_capacity(
    *,
    organisation_id: int,
    campaign_id: int,
    as_of: date,
    state: str,
    left: int | None,
    reasons: Sequence[dict[str, str]],
    now: datetime,
) -> None:
    """What one campaign may take in on ``as_of``."""
    CapacityDay.objects.update_or_create(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        as_of=as_of,
        defaults={"state": state, "left": left, "reasons": list(reasons), "found_at": now},
    )

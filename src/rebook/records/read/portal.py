"""Portal messages that nobody has opened yet, as far as is known."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from rebook.records.models import Attempt, AttemptEvent

# A fact that Rebook adds itself: so long after sending nobody had read it.
UNREAD = "unread"


class Unread(NamedTuple):
    """``is_given_up``: its case went on without it."""

    attempt_id: int
    case_id: int | None
    step_index: int
    origin: str
    message_id: str
    sent_at: datetime
    is_given_up: bool


def unread(*, organisation_id: int, adapter: str, sent_after: datetime) -> list[Unread]:
    """Messages of this adapter that are out and not known to be read, oldest first."""
    given_up = AttemptEvent.objects.filter(attempt_id=OuterRef("pk"), state=UNREAD)
    rows = (
        Attempt.objects.filter(
            organisation_id=organisation_id,
            channel="portal",
            adapter=adapter,
            state__in=("accepted", "sent", "delivered"),
            sent_at__gte=sent_after,
        )
        .annotate(is_given_up=Exists(given_up))
        .order_by("sent_at", "pk")
    )
    return list(
        map(
            Unread._make,
            rows.values_list(
                "pk", "case_id", "step_index", "origin", "provider_message_id", "sent_at", "is_given_up"
            ),
        )
    )

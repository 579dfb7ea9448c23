"""How many patients each rule finds today, and how many of those it found have booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from rebook.records.models import Gap

BOOKED_DAYS = 365


@dataclass(frozen=True, slots=True)
class RuleCount:
    """``open``: patients found today. ``booked``: gaps that an appointment closed in the last year."""

    open: int = 0
    booked: int = 0


def rule_counts(*, organisation_id: int, today: date) -> Mapping[str, RuleCount]:
    """By definition key, in one query; rules that find nobody are left out."""
    since = today - timedelta(days=BOOKED_DAYS)
    is_open = Q(closed_on__isnull=True)
    is_booked = Q(close_reason="appointment_booked", closed_on__gt=since)
    rows = Gap.objects.filter(is_open | is_booked, organisation_id=organisation_id, kind="interval")
    counted = rows.values_list("definition_key").annotate(
        open=Count("pk", filter=is_open), booked=Count("pk", filter=is_booked)
    )
    return {key: RuleCount(found, booked) for key, found, booked in counted.order_by("definition_key")}

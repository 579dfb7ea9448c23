"""On which weekdays each site sees patients, by the hours of its practitioners."""

from collections import defaultdict
from datetime import date

from django.db.models import Q

from rebook.records.models import PractitionerHours


def weekdays_by_site(*, organisation_id: int, on: date) -> dict[int, frozenset[int]]:
    """Location id -> weekdays (Monday is 0) with hours that have not ended before ``on``; none: not known."""
    rows = PractitionerHours.objects.filter(organisation_id=organisation_id)
    found: dict[int, set[int]] = defaultdict(set)
    for site, weekday in rows.filter(Q(until_on=None) | Q(until_on__gte=on)).values_list(
        "location_id", "weekday"
    ):
        found[site].add(weekday)
    return {site: frozenset(days) for site, days in found.items()}

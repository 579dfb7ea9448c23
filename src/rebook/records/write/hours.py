"""Practitioners' weekly hours and the organisation's kinds of visit."""

from collections.abc import Sequence

from rebook.core.booking import WorkingHours
from rebook.records.models import PractitionerHours, VisitType


def replace_hours(*, organisation_id: int, practitioner_id: int, hours: Sequence[WorkingHours]) -> None:
    PractitionerHours.objects.filter(
        organisation_id=organisation_id, practitioner_id=practitioner_id
    ).delete()
    PractitionerHours.objects.bulk_create(
        PractitionerHours(
            organisation_id=organisation_id,
            practitioner_id=practitioner_id,
            location_id=one.location_id,
            weekday=one.weekday,
            starts=one.starts,
            ends=one.ends,
            capacity=one.capacity,
            visit_type_keys=list(one.visit_types),
            from_on=one.from_on,
            until_on=one.until_on,
        )
        for one in hours
    )


def add_visit_type(*, organisation_id: int, key: str, label: str, minutes: int) -> bool:
    """Add a kind of visit that is not there yet; whether it was added. One that is there stays as it is."""
    _, is_new = VisitType.objects.get_or_create(
        organisation_id=organisation_id, key=key, defaults={"label": label, "minutes": minutes}
    )
    return is_new


def put_visit_type(
    *, organisation_id: int, key: str, label: str, minutes: int, is_self_bookable: bool
) -> None:
    VisitType.objects.update_or_create(
        organisation_id=organisation_id,
        key=key,
        defaults={"label": label, "minutes": minutes, "is_self_bookable": is_self_bookable},
    )

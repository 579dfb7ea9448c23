"""The visit a page is about, as it is shown behind the identity check."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.booking import Slot
from rebook.records.read import booking as read
from rebook.web.patient import say
from rebook.web.patient.page import PatientPage


@dataclass(frozen=True, slots=True)
class ShownVisit:
    """A held or booked time in words."""

    what: str
    practitioner: str
    when: str
    address_lines: tuple[str, ...]
    phone: str
    zone: ZoneInfo


def booked_visit(page: PatientPage) -> read.BookingView | None:
    """The booking of this link that lies ahead."""
    kind = page.link.visit_type
    return read.live_booking(
        organisation_id=page.link.organisation_id,
        patient_id=page.link.patient_id,
        case_id=page.link.case_id,
        visit_type=kind.key if kind else "",
        now=page.now,
    )


def details(page: PatientPage, what: read.HoldView | read.BookingView) -> ShownVisit:
    organisation_id = page.link.organisation_id
    location = location_of(page, what.location_id)
    names = read.practitioner_names(organisation_id=organisation_id, ids={what.practitioner_id})
    kinds = {one.key: one for one in read.visit_types(organisation_id=organisation_id)}
    kind = kinds.get(what.visit_type)
    town = f"{location.city}, {location.state} {location.postal_code}".strip(" ,")
    zone = ZoneInfo(location.time_zone)
    return ShownVisit(
        what=say.visit(kind, page.language) if kind else "",
        practitioner=names.get(what.practitioner_id, ""),
        when=say.instant(what.starts_at.astimezone(zone), page.language),
        address_lines=tuple(line for line in (location.name, location.address_line, town) if line),
        phone=location.phone or page.organisation.phone,
        zone=zone,
    )


def places(page: PatientPage, slots: Sequence[Slot]) -> dict[int, str]:
    """Names of the locations where there is more than one to choose between, else nothing."""
    ids = {slot.location_id for slot in slots}
    if len(ids) < 2:
        return {}
    known = accounts.locations(organisation_id=page.link.organisation_id)
    return {one.id: one.name for one in known if one.id in ids}


def location_of(page: PatientPage, location_id: int) -> accounts.LocationView:
    places = accounts.locations(organisation_id=page.link.organisation_id)
    return next(one for one in places if one.id == location_id)

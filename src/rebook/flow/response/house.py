"""What is the same for every reply of one practice: its clock, its hours, its name."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.contacts import read_email, read_phone, region_of
from rebook.core.response.business_hours import BusinessHours, business_hours, due_after

# When a sequence goes on, or a snooze ends: in the morning of its day at the practice.
MORNING = time(9)


@dataclass(frozen=True)
class House:
    """One practice. Not slotted: the hours are worked out once, when asked for."""

    organisation: accounts.OrganisationView

    @cached_property
    def hours(self) -> BusinessHours:
        closed = [_day(text) for text in self.organisation.settings.get("closed_on") or ()]
        return business_hours(
            time_zone=self.organisation.time_zone,
            settings=self.organisation.settings,
            closed_on=[day for day in closed if day is not None],
        )

    def due(self, *, minutes: int, now: datetime) -> datetime:
        return due_after(start=now, minutes=minutes, hours=self.hours)

    def today(self, *, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.organisation.time_zone)).date()

    def morning(self, on: date) -> datetime:
        zone = ZoneInfo(self.organisation.time_zone)
        return datetime.combine(on, MORNING, tzinfo=zone).astimezone(UTC)

    def contact_value(self, value: str) -> str:
        """A number or address as the ledger writes it; as given when it is none."""
        if "@" in value:
            return read_email(value).value
        return read_phone(value, region=region_of(self.organisation.jurisdiction)).value


def house_of(*, organisation_id: int) -> House:
    return House(accounts.organisation(organisation_id=organisation_id))


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None

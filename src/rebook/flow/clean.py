"""Clean: find what makes records unsafe to contact, and say so. Nothing is merged without a person."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts.read import organisation
from rebook.records.write import cleaning

# R-A152: 18 where no jurisdiction says otherwise.
ADULT_YEARS = 18


@dataclass(frozen=True, slots=True)
class CleanSummary:
    """How many rows changed, by reason. A second run over the same records changes none.

    ``possible_duplicates_marked`` patients carry an exclusion and a task until a person has closed it;
    ``minors_without_adult`` are only counted: the guard keeps from contacting them (R-A150).
    """

    households_changed: int
    possible_duplicates_marked: int
    possible_duplicates_cleared: int
    duplicate_tasks_opened: int
    duplicate_tasks_settled: int
    deceased_seen_later: int
    contact_points_junk: int
    minors_without_adult: int

    @property
    def changed(self) -> int:
        """Rows changed in all."""
        return sum(getattr(self, name) for name in self.__slots__) - self.minors_without_adult


def clean_records(*, organisation_id: int, now: datetime) -> CleanSummary:
    """Households, possible duplicates, deaths that cannot be, junk contact points; in one transaction."""
    practice = organisation(organisation_id=organisation_id)
    today = now.astimezone(ZoneInfo(practice.time_zone)).date()
    with transaction.atomic(durable=True):
        counts = cleaning.clean(
            organisation_id=organisation_id, now=now, adult_since=_years_before(today, ADULT_YEARS)
        )
    return CleanSummary(**counts)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        # Born on 29 February: of age on 1 March.
        return day.replace(year=day.year - years, day=28)

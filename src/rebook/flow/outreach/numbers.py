"""Numbers at a glance: how they came, what checks said, and what the practice asks of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rebook.accounts import read as accounts
from rebook.records.read import number_checks, number_sources
from rebook.records.read.number_checks import KnownNumber
from rebook.records.read.number_sources import CheckCounts, SourceCount

from .guard_settings import NumberRules, number_rules


@dataclass(frozen=True, slots=True)
class Numbers:
    rules: NumberRules
    sources: tuple[SourceCount, ...]
    checks: CheckCounts
    # When an answer of the database was last kept; None when never.
    checked_at: datetime | None

    @property
    def unknown(self) -> int:
        """Numbers and addresses of which nobody wrote down how they came."""
        return sum(one.points for one in self.sources if not one.number_source)


def look(*, organisation_id: int, now: datetime) -> Numbers:
    """Counts of what is in use now. Two queries."""
    rules = number_rules(accounts.organisation(organisation_id=organisation_id))
    numbers = number_checks.numbers(organisation_id=organisation_id, now=now)
    waiting = sum(_waits(one, rules.check_after_days, now) for one in numbers)
    return Numbers(
        rules=rules,
        sources=number_sources.source_counts(organisation_id=organisation_id),
        checks=number_sources.counted(numbers, waiting=waiting),
        checked_at=max((one.checked_at for one in numbers if one.checked_at), default=None),
    )


def _waits(one: KnownNumber, days: int, now: datetime) -> bool:
    """As ``guard_number.quarantined`` decides, by the least sign of all who share the number."""
    checked_at = one.checked_at if one.check in ("same", "reassigned") else None
    if one.check == "reassigned" and not (one.good_at and checked_at and one.good_at > checked_at):
        return True
    signs = [at for at in (one.good_at, checked_at) if at]
    return bool(days) and (not signs or max(signs) <= now - timedelta(days=days))

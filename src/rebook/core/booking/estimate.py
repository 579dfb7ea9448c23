"""When a self-paying patient who books must have an estimate of the cost (R-A180)."""

from datetime import datetime, timedelta

# Payer classes without insurance to bill.
ESTIMATE_PAYERS = frozenset({"self_pay", "uninsured"})


def estimate_due_at(*, booked_at: datetime, visit_at: datetime) -> datetime | None:
    """One business day after booking for a visit at least three business days off, three for ten; else None.

    Business days are Monday to Friday. Both instants on the practice's clock.
    """
    ahead = _business_days(booked_at, visit_at)
    if ahead < 3:
        return None
    return _after_business_days(booked_at, 3 if ahead >= 10 else 1)


def _business_days(start: datetime, end: datetime) -> int:
    days = (end.date() - start.date()).days
    return sum((start.date() + timedelta(days=n)).weekday() < 5 for n in range(1, days + 1))


def _after_business_days(start: datetime, count: int) -> datetime:
    at = start
    while count:
        at += timedelta(days=1)
        count -= at.weekday() < 5
    return at

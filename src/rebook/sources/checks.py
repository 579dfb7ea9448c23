"""What no fact may claim, whatever source it comes from."""

from datetime import date
from typing import NamedTuple

from rebook.core.facts import (
    AppointmentFact,
    ConditionFact,
    Fact,
    FollowUpFact,
    MedicationFact,
    PatientFact,
    PendingItemFact,
)

MOST_UNITS = 10_000


class Inconsistency(NamedTuple):
    field: str
    reason: str


def inconsistency(fact: Fact, *, has_time: bool = True) -> Inconsistency | None:
    """The first thing in ``fact`` that cannot be true; None when all is well.

    Without ``has_time`` an appointment has only a date, and being booked later on that day is fine.
    """
    if isinstance(fact, AppointmentFact):
        return _appointment(fact, has_time)
    if isinstance(fact, PatientFact):
        if fact.birth_on and fact.deceased_on and fact.deceased_on < fact.birth_on:
            return Inconsistency("deceased_on", "the death is before the birth")
        if fact.birth_on and fact.birth_on < date(1880, 1, 1):
            return Inconsistency("birth_on", "the birth date is before 1880")
    if isinstance(fact, FollowUpFact) and fact.due_on < fact.recommended_on:
        return Inconsistency("due_on", "the return is due before it was recommended")
    if (
        isinstance(fact, ConditionFact)
        and fact.onset_on
        and fact.abated_on
        and fact.abated_on < fact.onset_on
    ):
        return Inconsistency("abated_on", "the condition ended before it began")
    if (
        isinstance(fact, MedicationFact)
        and fact.started_on
        and fact.ended_on
        and fact.ended_on < fact.started_on
    ):
        return Inconsistency("ended_on", "the medication ended before it began")
    if isinstance(fact, PendingItemFact):
        return _pending(fact)
    return None


def _pending(fact: PendingItemFact) -> Inconsistency | None:
    if fact.due_on and fact.due_on < fact.opened_on:
        return Inconsistency("due_on", "it was due before it was opened")
    if fact.closed_on and fact.closed_on < fact.opened_on:
        return Inconsistency("closed_on", "it was closed before it was opened")
    for name in ("units_left", "units_threshold", "visits_per_week"):
        if not 0 <= (getattr(fact, name) or 0) <= MOST_UNITS:
            return Inconsistency(name, f"not a number from 0 to {MOST_UNITS:,}")
    return None


def _appointment(fact: AppointmentFact, has_time: bool) -> Inconsistency | None:
    if fact.ends_at and fact.ends_at < fact.starts_at:
        return Inconsistency("ends_at", "the appointment ends before it starts")
    if fact.booked_at and fact.booked_at > fact.starts_at:
        # Noon stands for a mere date: less than half a day later is the same day.
        same_day = (fact.booked_at - fact.starts_at).total_seconds() < 12 * 3600
        if has_time or not same_day:
            return Inconsistency("starts_at", "the appointment is before its booking")
    return None

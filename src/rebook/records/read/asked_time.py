"""The part of the day in which a patient asked to be called, on the patient's clock."""

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, DateTimeField, F, Func, Q, TimeField, Value, When
from django.db.models.functions import Coalesce, NullIf

from rebook.core.outreach.day_part import WISHED
from rebook.core.outreach.sequence_effort import SAME_DAY_CLASS

# Work that is a call to the patient.
CALLS = ("call", "call_back", "book")


class _ClockAt(Func):
    """(instant, zone): the time on the clock of the zone."""

    template = "((%(expressions)s)::time)"
    arg_joiner = " AT TIME ZONE "
    output_field = TimeField()


def clock_of_patient(now: datetime) -> Func:
    """What the patient's clock says at ``now``: their own place's, else their site's, else the practice's."""
    zone = Coalesce(
        NullIf(F("patient__time_zone"), Value("")),
        NullIf(F("patient__home_location__time_zone"), Value("")),
        F("organisation__time_zone"),
    )
    return _ClockAt(Value(now, output_field=DateTimeField()), zone)


def is_at_another_time() -> Case:
    """For tasks annotated with ``clock``: a call whose patient asked for another part of the day than it is.

    Danger waits for no wish, and neither does class 4, which is called the same day (R-C5).
    """
    another: Any = Q(pk=None)
    for part, (begins, ends) in WISHED.items():
        another |= Q(patient__preferred_day_part=part) & ~Q(clock__gte=begins, clock__lt=ends)
    may_wait = Q(kind__in=CALLS, urgency__gt=0) & ~Q(case__gap__risk_class__gte=SAME_DAY_CLASS)
    return Case(When(may_wait & another, then=Value(True)), default=Value(False), output_field=BooleanField())

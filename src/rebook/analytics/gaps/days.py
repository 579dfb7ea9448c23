"""Calendar arithmetic as expressions; what it means is said in ``core.gaps.dates``."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

NO_DAY = ibis.null("date")


def later(day: ir.DateValue, months: int = 0, days: int = 0) -> ir.DateValue:
    """First the months (the 31st becomes the last day of a shorter month), then the days."""
    if months:
        day = (day + ibis.interval(months=months)).cast("date")
    if days:
        day = (day + ibis.interval(days=days)).cast("date")
    return day


def later_by(day: ir.DateValue, months: ir.IntegerValue, days: ir.IntegerValue) -> ir.DateValue:
    """As ``later``, by lengths that differ from row to row."""
    day = (day + months.as_interval("M")).cast("date")
    return (day + days.as_interval("D")).cast("date")


def latest(days: Sequence[ir.DateValue]) -> ir.DateValue:
    """The latest of the known days; NULL when none is known."""
    return ibis.greatest(*days) if len(days) > 1 else days[0]


def any_of(tests: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(or_, tests)

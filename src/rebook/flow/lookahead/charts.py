"""Pictures of a look ahead; every figure in them stands in the tables beside."""

from collections.abc import Sequence

from rebook.analytics.backtest_charts import Line, lines_svg

from .calendar import CalendarDay
from .comparing import DayCompared
from .simulating import LookAhead

CALENDAR_LINES = (
    ("contacts", ("sms", "email", "letter", "portal")),
    ("calls", ("phone",)),
    ("bookings", ("bookings",)),
)


def calendar_chart(lines: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> str:
    """Contacts, calls and bookings expected of each day: [(name, [(day, figure)])]."""
    return lines_svg(
        [Line(name, list(points)) for name, points in lines],
        x_title="",
        y_title="expected a day",
        names_above=True,
    )


def expected_of(day: CalendarDay, measures: Sequence[str]) -> float:
    """The sum of some measures of a day."""
    return round(sum(day.total[name].expected for name in measures if name in day.total), 2)


def plans_chart(plans: Sequence[LookAhead], *, measure: str, title: str) -> str:
    """One measure of each plan, added up day by day."""
    lines = []
    for plan in plans:
        so_far, points = 0.0, []
        for day in plan.result.days:
            so_far += day.all.figures[measure].expected
            points.append((day.on.isoformat(), round(so_far, 2)))
        lines.append(Line(plan.result.name[:24], points))
    return lines_svg(lines, x_title="", y_title=title, names_above=True)


def compared_chart(days: Sequence[DayCompared], *, title: str) -> str:
    """What was said for each day with its range, and what it was."""
    return lines_svg(
        [
            Line("expected", [(one.on.isoformat(), round(one.said.expected, 2)) for one in days]),
            Line("happened", [(one.on.isoformat(), one.actual) for one in days]),
            Line("low", [(one.on.isoformat(), one.said.low) for one in days]),
            Line("high", [(one.on.isoformat(), one.said.high) for one in days]),
        ],
        x_title="",
        y_title=title,
        names_above=True,
    )

"""A patient's own rhythm: how long there usually was between visits, and is it longer now (R-C141, R-C142).

Counted per visit type, and over all visits where no type has enough. Days are counted once however many
visits they hold. Visits less than ``rhythm_series_days`` apart are one series: physiotherapy twice a week
for five weeks and again a year later has one interval, of a year; that a series broke off is for the rules
of treatment plans. The usual interval is the median, its spread the median distance from it (MAD), both in
whole days; later than usual begins when the time since the last visit exceeds the median by the largest of
``rhythm_late_days``, a quarter of it, three times the spread, and how much longer the upper quartile is.

It only speaks where nothing more specific does: risk class 0, listed after every other reason.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from rebook.core.chart import Chart

from .chart_as_of import ATTENDED, ChartAsOf
from .dates import add_days
from .finding import GapFinding, Step
from .settings import GapSettings

KIND = "later_than_usual"
RHYTHM_CLASS = 0
SPREADS, PART_OF_MEDIAN = 3, 4
Sureness = Literal["sure", "fairly sure", "not very sure"]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``intervals`` of ``median_days`` each, give or take ``spread_days``, up to the visit of ``last_on``.

    ``upper_days``: the upper quartile; a quarter of the intervals are longer.
    """

    visit_type: str
    intervals: int
    median_days: int
    spread_days: int
    upper_days: int
    last_on: date

    @property
    def how_sure(self) -> Sureness:
        off = max(self.spread_days, self.upper_days - self.median_days)
        if self.intervals >= 5 and off * 4 <= self.median_days:
            return "sure"
        if self.intervals >= 4 and off * 2 <= self.median_days:
            return "fairly sure"
        return "not very sure"

    def late_days(self, settings: GapSettings) -> int:
        """How many days over the median are still usual."""
        own = max(self.median_days // PART_OF_MEDIAN, SPREADS * self.spread_days)
        return max(own, self.upper_days - self.median_days, settings.rhythm_late_days)


def rhythm_of(
    days: Iterable[date], *, visit_type: str = "", series_days: int = 14, least: int = 3
) -> Rhythm | None:
    """The rhythm of visits on ``days`` (any order, repeats allowed); None below ``least`` intervals.

    Of an even number of intervals the median is the mean of the middle two, rounded down.
    """
    ordered = sorted(set(days))
    apart = [(after - before).days for before, after in pairwise(ordered)]
    intervals = sorted(one for one in apart if one >= max(series_days, 1))
    if not ordered or len(intervals) < max(least, 1):
        return None
    median = _median(intervals)
    spread = _median(sorted(abs(one - median) for one in intervals))
    upper = intervals[3 * (len(intervals) - 1) // 4]
    return Rhythm(visit_type, len(intervals), median, spread, upper, ordered[-1])


def rhythms(chart: Chart, settings: GapSettings, *, as_of: date) -> tuple[Rhythm, ...]:
    """The patient's rhythms as of a day, by visit type; over all visits where no type has one."""
    if not settings.rhythm_intervals:
        return ()
    days: dict[str, set[date]] = defaultdict(set)
    for visit in chart.visits:
        if visit.visited_on <= as_of:
            days[visit.visit_type].add(visit.visited_on)
    for one in chart.appointments:
        if one.status in ATTENDED and one.starts_on <= as_of:
            days[one.visit_type].add(one.starts_on)
    typed = [(kind, on) for kind, on in sorted(days.items()) if kind]
    overall = ("", set().union(*days.values()))
    for groups in (typed, [overall]):
        each = (_rhythm(kind, on, settings) for kind, on in groups)
        found = tuple(one for one in each if one is not None)
        if found:
            return found
    return ()


def _rhythm(visit_type: str, days: set[date], settings: GapSettings) -> Rhythm | None:
    return rhythm_of(
        days,
        visit_type=visit_type,
        series_days=settings.rhythm_series_days,
        least=settings.rhythm_intervals,
    )


def judge_rhythm(
    chart: Chart, seen: ChartAsOf, tier: str, settings: GapSettings, as_of: date, has_open: bool
) -> list[GapFinding]:
    """At most one finding: the rhythm that has been exceeded for longest, else the one due first."""
    found = [(_finding(one, chart, tier, settings), one) for one in rhythms(chart, settings, as_of=as_of)]
    if not found:
        return []
    finding, rhythm = min(found, key=lambda pair: (pair[0].overdue_on, pair[0].visit_type))
    usual = Step("rhythm", None, in_words(rhythm, as_of=as_of))
    if finding.overdue_on is not None and as_of < finding.overdue_on:
        step = Step("grace", False, f"not yet later than usual: that begins on {finding.overdue_on}")
        return [replace(finding, verdict="not_due", steps=(usual, step))]
    if has_open:
        step = Step("closed_by", False, "another reason is open")
        return [replace(finding, verdict="covered", steps=(usual, step))]
    if seen.coming:
        step = Step("coming_appointment", False, f"not due: booked for {seen.coming[0].starts_on}")
        return [replace(finding, verdict="booked", steps=(usual, step))]
    late = Step("due", True, f"later than usual since {finding.overdue_on}; nothing booked")
    return [replace(finding, steps=(usual, late))]


def in_words(rhythm: Rhythm, *, as_of: date) -> str:
    """ "usually every 3 months (5 visits, sure), now 5 months": what a person says of it."""
    now = (as_of - rhythm.last_on).days
    visits = f"{rhythm.intervals + 1} visits or series, {rhythm.how_sure}"
    return f"usually every {span(rhythm.median_days)} ({visits}), now {span(now)} since {rhythm.last_on}"


def span(days: int) -> str:
    """A length of time as people say it: 9 days, 5 weeks, 3 months, 2 years."""
    if days < 21:
        return f"{days} day{'s' * (days != 1)}"
    if days < 60:
        return f"{round(days / 7)} weeks"
    months = round(days / 30.4)
    if months < 24:
        return f"{months} months"
    return f"{months // 12} years" if months % 12 < 6 else f"{months // 12} and a half years"


def _finding(rhythm: Rhythm, chart: Chart, tier: str, settings: GapSettings) -> GapFinding:
    due_on = add_days(rhythm.last_on, rhythm.median_days)
    return GapFinding(
        patient_id=chart.patient.id,
        definition_key=KIND,
        kind=KIND,
        verdict="open",
        tier=tier,
        risk_class=RHYTHM_CLASS,
        visit_type=rhythm.visit_type,
        anchor_on=rhythm.last_on,
        due_on=due_on,
        overdue_on=add_days(due_on, rhythm.late_days(settings)),
        interval_days=rhythm.median_days,
        location_id=chart.patient.home_location_id,
    )


def _median(ordered: list[int]) -> int:
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (low + high) // 2

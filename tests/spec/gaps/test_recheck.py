"""Until the day on which the engine wants to look again, nothing changes by itself, whatever the rules."""

from datetime import timedelta

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from populations import ENGINE, as_tables
from spec_tables import comparable
from test_engines_agree import AS_OF, DEFINITIONS, POPULATIONS, SETTINGS

from rebook.analytics.gaps import compile_plan, from_arrow, judge_population
from rebook.analytics.gaps.recheck import recheck_days
from rebook.analytics.gaps.wide import AS_OF as DAY
from rebook.core.gaps import judge

LISTED = ("open", "booked")

AHEAD = 400


def _days_to_look_again(population, chosen):
    plan = compile_plan(DEFINITIONS, chosen, with_recheck=True)
    judge_population(from_arrow(ENGINE, as_tables(population)), plan, as_of=AS_OF)
    return dict(ENGINE.execute("SELECT patient_id, recheck_on FROM findings_recheck").fetchall())


def _judged(chart, chosen, day):
    found = judge(chart, DEFINITIONS, as_of=day, settings=chosen)
    tier = found[0].tier
    return tier, [comparable(one) | {"key": one.definition_key} for one in found if one.verdict in LISTED]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(population=POPULATIONS, chosen=st.sampled_from(SETTINGS))
def test_nothing_changes_before_the_day_to_look_again(population, chosen):
    again = _days_to_look_again(population, chosen)
    for chart in population:
        today = _judged(chart, chosen, AS_OF)
        wanted = again.get(chart.patient.id) or AS_OF + timedelta(days=AHEAD)
        for ahead in range(1, min((wanted - AS_OF).days, AHEAD)):
            assert _judged(chart, chosen, AS_OF + timedelta(days=ahead)) == today, ahead


PEOPLE = ibis.table({"patient_id": "int64", "last_on": "date"}, name="people")
LAST = (AS_OF - timedelta(days=100)).isoformat()
ROW = f"(SELECT 1::BIGINT AS patient_id, DATE '{LAST}' AS last_on)"


def _months(day, count):
    return day + ibis.interval(months=count)


@pytest.mark.parametrize(
    ("rule", "after_last"),
    [
        (lambda one: one.last_on + ibis.interval(days=130) <= DAY, 130),
        (lambda one: one.last_on + ibis.interval(days=130) < DAY, 131),
        (lambda one: one.last_on == DAY - ibis.interval(days=120), 120),
        (lambda one: (DAY - ibis.interval(days=365)).between(one.last_on, one.last_on), 365),
        (lambda one: one.last_on < (DAY - ibis.interval(days=120)).cast("date"), 121),
        (lambda one: one.last_on + ibis.interval(days=90) <= DAY, None),
        # A season is followed for a month: November has 30 days.
        (lambda one: DAY.month() == 11, 110),
        (lambda one: (DAY.month() == 12) & (one.last_on < DAY), 110),
        (lambda one: DAY.month() == 3, 129),
        (lambda one: ibis.date("2025-11-30") < DAY, 110),
        # What is no comparison with a date is looked at again on the next day.
        (lambda one: DAY.delta(one.last_on, unit="day") > 200, 101),
    ],
)
def test_the_day_is_read_off_the_comparison(rule, after_last):
    rows = PEOPLE.filter(rule(PEOPLE))
    assert _first_day(rows) == (None if after_last is None else AS_OF + timedelta(days=after_last - 100))


def test_a_comparison_in_months_is_looked_at_a_few_days_early():
    rows = PEOPLE.filter(_months(PEOPLE.last_on, 0) < _months(DAY, -6))
    early = _first_day(rows)
    assert timedelta(days=0) <= AS_OF + timedelta(days=82) - early <= timedelta(days=8)


def test_a_comparison_of_whole_months_that_is_near_is_looked_at_every_day():
    rows = PEOPLE.filter(PEOPLE.last_on < (_months(DAY, -3) - ibis.interval(days=8)))
    assert _first_day(rows) == AS_OF + timedelta(days=1)


def _first_day(rows):
    ENGINE.execute(f"CREATE OR REPLACE TEMP VIEW people AS FROM {ROW}")
    ENGINE.execute(f"SET VARIABLE as_of = DATE '{AS_OF}'")
    days = [
        ENGINE.execute(
            f"SELECT min(recheck_on)::DATE FROM ({ibis.to_sql(one, dialect='duckdb')})"
        ).fetchall()[0][0]
        for one in recheck_days(PEOPLE, PEOPLE, [rows])
    ]
    ENGINE.execute("DROP VIEW people")
    return min((day for day in days if day), default=None)

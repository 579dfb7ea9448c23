"""Who passes into which tier in which week: counted by hand, and against judging every day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from populations import ENGINE, as_tables
from spec_tables import patient_record

from rebook.analytics.gaps import from_arrow
from rebook.analytics.gaps.inflow import standing, weekly_inflow
from rebook.core.chart import Chart, VisitRecord
from rebook.core.gaps import GapSettings, judge
from rebook.core.gaps.tiers import TierMonths, is_new_again, programme_of, tier_of

FROM, TO = date(2025, 1, 1), date(2025, 12, 31)
BRIEF = TierMonths(1, 2, 4, 6)


def patient(number, days, **pairs):
    return Chart(
        patient=patient_record(number, pairs),
        time_zone="UTC",
        visits=tuple(
            VisitRecord(
                number * 100 + n,
                "hygiene",
                datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
                on,
                None,
                None,
            )
            for n, on in enumerate(days)
        ),
    )


def entered(charts, months=TierMonths(), from_on=FROM, to_on=TO):
    source = from_arrow(ENGINE, as_tables(charts))
    return {
        week: found
        for week, found in weekly_inflow(source, months, from_on=from_on, to_on=to_on).items()
        if found
    }


def test_each_tier_is_entered_once_on_its_day():
    assert entered([patient(1, [date(2025, 1, 6)])], BRIEF) == {
        date(2025, 2, 3): {"slipping": 1},
        date(2025, 3, 3): {"dormant": 1},
        date(2025, 5, 5): {"long_lapsed": 1},
        date(2025, 7, 7): {"lost": 1},
    }


def test_a_visit_on_the_very_day_keeps_the_patient_active():
    in_time = [date(2025, 1, 6), date(2025, 2, 6), date(2025, 12, 20)]
    assert date(2025, 2, 3) not in entered([patient(1, in_time)], BRIEF)


def test_who_comes_after_slipping_came_back():
    found = entered([patient(1, [date(2025, 1, 6), date(2025, 2, 20)])], BRIEF, to_on=date(2025, 2, 28))
    assert found == {date(2025, 2, 3): {"slipping": 1}, date(2025, 2, 17): {"returned": 1}}


def test_the_dead_and_those_who_left_pass_no_further():
    dead = patient(1, [date(2025, 1, 6)], deceased="2025-02-20")
    gone = patient(2, [date(2025, 1, 6)], left="2025-02-20")
    merged = patient(3, [date(2025, 1, 6)], merged="1")
    assert entered([dead, gone, merged], BRIEF) == {date(2025, 2, 3): {"slipping": 2}}


def test_every_week_of_the_period_is_there():
    weeks = weekly_inflow(from_arrow(ENGINE, as_tables([])), BRIEF, from_on=FROM, to_on=date(2025, 1, 20))
    assert list(weeks) == [date(2024, 12, 30), date(2025, 1, 6), date(2025, 1, 13), date(2025, 1, 20)]


def test_the_months_of_recall_and_reactivation_and_of_a_new_patient():
    assert [programme_of(tier) for tier in ("active", "slipping", "never", "dormant", "lost")] == [
        *["recall"] * 3,
        *["reactivation"] * 2,
    ]
    assert not is_new_again(date(2022, 11, 21), as_of=date(2025, 11, 21))
    assert is_new_again(date(2022, 11, 20), as_of=date(2025, 11, 21))
    assert not is_new_again(None, as_of=TO)


@pytest.mark.parametrize(
    ("last_on", "programme", "is_new"),
    [
        ("2024-06-01", "reactivation", False),
        ("2022-11-20", "reactivation", True),
        ("2022-11-21", "reactivation", False),
    ],
)
def test_an_open_reason_says_its_programme_and_who_counts_as_new_again(last_on, programme, is_new):
    chart = patient(1, [date.fromisoformat(last_on)])
    (found,) = [
        one for one in judge(chart, (), as_of=date(2025, 11, 21), settings=GapSettings()) if one.is_open
    ]
    assert found.programme == programme
    assert ("new_patient" in {step.rule for step in found.steps}) is is_new


DAYS = st.lists(st.dates(date(2024, 3, 1), date(2025, 12, 31)), max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(visits=st.lists(DAYS, min_size=1, max_size=4), as_of=st.sampled_from([TO, date(2025, 2, 28)]))
def test_the_same_as_judging_every_day(visits, as_of):
    charts = [patient(number, days) for number, days in enumerate(visits, start=1)]
    expected: dict[date, dict[str, int]] = {}
    for days in visits:
        before = None
        for offset in range((as_of - FROM).days + 2):
            on = FROM - timedelta(days=1) + timedelta(days=offset)
            seen = [one for one in days if one <= on]
            tier = tier_of(max(seen, default=None), as_of=on, months=BRIEF)
            if before is not None and tier != before and before != "never":
                word = "returned" if tier == "active" else tier
                week = expected.setdefault(on - timedelta(days=on.weekday()), {})
                week[word] = week.get(word, 0) + 1
            before = tier
    assert entered(charts, BRIEF, to_on=as_of) == expected
    counted: dict[str, int] = {}
    for days in visits:
        tier = tier_of(max((one for one in days if one <= as_of), default=None), as_of=as_of, months=BRIEF)
        counted[tier] = counted.get(tier, 0) + 1
    assert standing(from_arrow(ENGINE, as_tables(charts)), BRIEF, as_of=as_of) == counted

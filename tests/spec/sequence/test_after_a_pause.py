"""After a pause: nothing early, nothing lost, never more on a day than a day takes."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.campaign_resume import DAY_BEGINS, DAY_ENDS, Standing, spread

ZONE = ZoneInfo("America/New_York")
# A Wednesday, noon in New York.
PAUSED = dt.datetime(2026, 11, 18, 17, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def at(days, hour=12):
    """Noon in New York, or another hour, so many days after the pause began."""
    return dt.datetime.combine(
        PAUSED.astimezone(ZONE).date() + dt.timedelta(days=days), dt.time(hour), tzinfo=ZONE
    ).astimezone(dt.UTC)


ROWS = [
    # story, [(days after the pause began, rank)], days of the pause, a day takes, [days after it began]
    ("what lay ahead keeps its distance", [(2, 1), (3, 2)], 10, 5, [12, 13]),
    ("what had come due goes at once", [(-1, 1), (0, 2)], 10, 5, [10, 10]),
    ("a day's worth at a time, most needed first", [(-3, 9), (-1, 1), (-2, 5)], 10, 1, [12, 10, 11]),
    ("without a rank comes last", [(-3, None), (-1, 7)], 10, 1, [11, 10]),
    ("what is pushed on makes room for nobody else's day", [(0, 1), (0, 2), (1, 3)], 10, 1, [10, 11, 12]),
    ("no pause at all changes nothing", [(0, 1), (4, 2)], 0, 5, [0, 4]),
]


@pytest.mark.parametrize(("story", "cases", "length", "per_day", "expected"), ROWS, ids=[r[0] for r in ROWS])
def test_where_every_case_goes_on(story, cases, length, per_day, expected):
    standing = [Standing(number, at(days), rank) for number, (days, rank) in enumerate(cases)]
    found = spread(standing, paused_at=at(0), resumed_at=at(length), per_day=per_day, zone=ZONE)
    assert [found[number] for number in range(len(cases))] == [at(days) for days in expected], story


def test_resumed_at_night_the_next_morning_counts():
    standing = [Standing(number, at(-1), number) for number in range(4)]
    found = spread(standing, paused_at=at(0), resumed_at=at(3, hour=22), per_day=2, zone=ZONE)
    assert sorted(found.values()) == [at(4, 10), at(4, 10), at(5, 10), at(5, 10)]
    early = spread(standing, paused_at=at(0), resumed_at=at(3, hour=5), per_day=4, zone=ZONE)
    assert set(early.values()) == {at(3, 10)}


@pytest.mark.parametrize(("per_day", "length"), [(0, 1), (-1, 1), (1, -1)])
def test_what_makes_no_sense_is_refused(per_day, length):
    with pytest.raises(ValueError, match="a day takes at least one"):
        spread([], paused_at=at(0), resumed_at=at(length), per_day=per_day, zone=ZONE)


instants = st.integers(-40 * 24 * 60, 40 * 24 * 60).map(
    lambda minutes: PAUSED + dt.timedelta(minutes=minutes)
)


@given(
    st.lists(st.tuples(instants, st.none() | st.integers(1, 50)), max_size=60),
    st.integers(0, 60 * 24 * 60),
    st.integers(1, 7),
)
def test_nobody_is_lost_hurried_or_heaped(cases, pause_minutes, per_day):
    standing = [Standing(number, due, rank) for number, (due, rank) in enumerate(cases)]
    resumed = PAUSED + dt.timedelta(minutes=pause_minutes)
    found = spread(standing, paused_at=PAUSED, resumed_at=resumed, per_day=per_day, zone=ZONE)
    assert set(found) == set(range(len(cases)))
    on = Counter()
    for number, (due, _) in enumerate(cases):
        # Never before the end of the pause, never sooner after it than it lay after its beginning.
        assert found[number] >= resumed
        assert found[number] - resumed >= due - PAUSED
        local = found[number].astimezone(ZONE)
        assert DAY_BEGINS <= local.time() < DAY_ENDS
        on[local.date()] += 1
    assert max(on.values(), default=0) <= per_day
    # And not put off for nothing: every day between the one it would have had and its own is full.
    for number, (due, _) in enumerate(cases):
        wanted = (resumed + max(due - PAUSED, dt.timedelta())).astimezone(ZONE)
        day = wanted.date() + (DAY if wanted.time() >= DAY_ENDS else dt.timedelta())
        while day < found[number].astimezone(ZONE).date():
            assert on[day] == per_day
            day += DAY

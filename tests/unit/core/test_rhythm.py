"""A patient's own rhythm as a value: the interval, how sure, and how it is said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.gaps import GapSettings
from rebook.core.gaps.rhythm import in_words, rhythm_of, span

START = date(2024, 1, 1)


def days(*gaps):
    found = [START]
    for gap in gaps:
        found.append(found[-1] + timedelta(days=gap))
    return found


def test_the_interval_is_the_median_and_one_long_holiday_changes_little():
    rhythm = rhythm_of(days(90, 91, 89, 400))
    assert (rhythm.median_days, rhythm.spread_days, rhythm.upper_days) == (90, 1, 91)
    assert rhythm.intervals == 4


def test_too_few_intervals_are_none():
    assert rhythm_of(days(90, 90)) is None
    assert rhythm_of([]) is None


@given(st.lists(st.integers(1, 13), min_size=1, max_size=10))
def test_visits_close_together_are_one_series(gaps):
    assert rhythm_of(days(*gaps)) is None


@given(st.lists(st.integers(14, 400), min_size=3, max_size=9), st.randoms())
def test_order_and_repeats_change_nothing(gaps, chance):
    seen = days(*gaps)
    mixed = seen + chance.sample(seen, 2)
    chance.shuffle(mixed)
    assert rhythm_of(mixed) == rhythm_of(seen)


@pytest.mark.parametrize(
    ("gaps", "sure"),
    [
        ((90, 91, 89, 90, 92), "sure"),
        ((90, 60, 120, 80), "fairly sure"),
        ((30, 200, 20, 300, 25), "not very sure"),
        ((90, 90, 90), "not very sure"),
    ],
)
def test_how_sure(gaps, sure):
    assert rhythm_of(days(*gaps)).how_sure == sure


def test_more_time_is_given_to_the_irregular():
    settings = GapSettings()
    regular, irregular = rhythm_of(days(90, 90, 90, 90)), rhythm_of(days(90, 60, 120, 90))
    assert regular.late_days(settings) == 22
    assert irregular.late_days(settings) == 45
    assert rhythm_of(days(20, 20, 20)).late_days(settings) == 14


def test_it_is_said_as_people_say_it():
    rhythm = rhythm_of(days(90, 91, 89, 90))
    words = in_words(rhythm, as_of=rhythm.last_on + timedelta(days=152))
    assert (
        words
        == f"usually every 3 months (5 visits or series, fairly sure), now 5 months since {rhythm.last_on}"
    )


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (1, "1 day"),
        (9, "9 days"),
        (35, "5 weeks"),
        (91, "3 months"),
        (730, "2 years"),
        (900, "2 and a half years"),
    ],
)
def test_spans(length, said):
    assert span(length) == said

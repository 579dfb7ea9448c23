"""Adding spans of time to days, as the specification's own examples do it (CDSi table 3-6)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.immunisation.periods import PeriodInvalid, after, day_after, read_period

# The first nine are printed in the specification.
SUMS = [
    ("2000-01-01", "3 years", "2003-01-01"),
    ("2000-01-01", "6 months", "2000-07-01"),
    ("2000-11-01", "6 months", "2001-05-01"),
    ("2000-01-01", "3 days", "2000-01-04"),
    ("2000-01-01", "3 weeks", "2000-01-22"),
    ("2000-02-01", "5 weeks", "2000-03-07"),
    ("2001-02-01", "5 weeks", "2001-03-08"),
    ("2000-03-31", "6 months", "2000-10-01"),
    ("2000-01-31", "6 months - 4 days", "2000-07-27"),
    ("2000-08-31", "6 months", "2001-03-01"),
    ("2000-01-15", "0 days", "2000-01-15"),
    ("2020-02-29", "1 year", "2021-03-01"),
    ("2020-02-29", "4 years", "2024-02-29"),
    ("2020-01-01", "12 months - 4 days", "2020-12-28"),
    ("2020-01-01", "16 years - 4 months", "2035-09-01"),
    ("2020-01-01", "8 months + 1 day", "2020-09-02"),
    ("2020-01-01", "19 months + 4 weeks", "2021-08-29"),
    ("2020-12-15", "1 month", "2021-01-15"),
    ("2020-12-31", "2 months", "2021-03-01"),
]


@pytest.mark.parametrize(("start", "words", "end"), SUMS)
def test_sums(start, words, end):
    assert after(date.fromisoformat(start), read_period(words)) == date.fromisoformat(end)


@pytest.mark.parametrize("words", ["", "   "])
def test_nothing_is_no_period(words):
    assert read_period(words) is None
    assert day_after(date(2020, 1, 1), None) is None
    assert day_after(None, read_period("1 day")) is None


@pytest.mark.parametrize(
    "words",
    [
        "soon",
        "4",
        "4 fortnights",
        "4 days 2 weeks",
        "4 days and",
        "- days",
        "1.5 years",
        "4 days -",
        "4days x",
    ],
)
def test_other_words_are_refused(words):
    with pytest.raises(PeriodInvalid, match="no span"):
        read_period(words)


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("1 years - 4 days", "12 months - 4 days"),
        ("52 WEEKS", "364 days"),
        ("4 years+4 weeks", "48 months + 28 days"),
    ],
)
def test_spellings_of_the_same_span(words, same):
    first, second = read_period(words), read_period(same)
    assert (first.months, first.days) == (second.months, second.days)
    assert str(first) == words


days = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1))
counts = st.integers(min_value=0, max_value=600)


@given(days, counts, counts)
def test_more_days_are_never_earlier(start, fewer, more):
    low, high = sorted((fewer, more))
    assert after(start, read_period(f"{low} days")) <= after(start, read_period(f"{high} days"))
    assert after(start, read_period(f"{low} months")) <= after(start, read_period(f"{high} months"))


@given(days, counts)
def test_days_are_exact_and_months_keep_the_day_or_go_to_the_next_first(start, number):
    assert after(start, read_period(f"{number} days")) == start + timedelta(days=number)
    moved = after(start, read_period(f"{number} months"))
    assert moved.day in (start.day, 1)
    whole = (moved.year - start.year) * 12 + moved.month - start.month
    assert whole == number + (moved.day != start.day)


@given(days, days, counts)
def test_who_was_born_later_is_never_of_age_earlier(one, other, number):
    first, second = sorted((one, other))
    for unit in ("years", "months", "weeks"):
        period = read_period(f"{number % 120} {unit} - 4 days")
        assert after(first, period) <= after(second, period)

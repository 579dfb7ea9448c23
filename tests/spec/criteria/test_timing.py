"""How one time stands to another: a table, both engines, and what stays open when a time is not exact."""

from datetime import UTC, date, datetime

import duckdb
import ibis
import pytest

from rebook.analytics.criteria import event_arrow, event_tables, show
from rebook.analytics.criteria.sets import Sets
from rebook.core.criteria import (
    MAX,
    MIN,
    Criteria,
    Event,
    EventSet,
    History,
    Inquiry,
    Point,
    Span,
    Window,
    day_span,
)
from rebook.core.criteria.moments import age_on, all_of, any_of, months_later, negated, shifted
from rebook.core.criteria.phrases import PhraseInvalid, point, timing

PERIOD = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, 999000, tzinfo=UTC))
WINDOWS = {
    "first_half": Window(point("start of period"), point("start of period + 6 months"), is_open=True),
    "first_year": Window(Point("birth"), point("birth + 1 year")),
}
BORN = date(2025, 6, 15)


def instant(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def exact(start, end=None):
    """A span of exact instants; end None: at once."""
    first, last = instant(start), instant(end or start)
    return Span(first, first, last, last)


OPEN = Span(instant("2025-06-01"), instant("2025-06-01"), MAX, MAX)
UNKNOWN_END = Span(instant("2025-06-01"), instant("2025-06-01"), instant("2025-06-01"), MAX)
NO_BEGIN = Span(MIN, instant("2026-02-01"), instant("2026-02-01"), instant("2026-02-01"))

TABLE = [
    # phrase, span, what it says
    ("during period", exact("2026-01-01", "2026-12-31T23:59:59.999"), True),
    ("during period", exact("2025-12-31T23:59:59.999", "2026-02-01"), False),
    ("during period", OPEN, False),
    ("during period", day_span(date(2026, 12, 31), date(2026, 12, 31)), True),
    ("during period", NO_BEGIN, None),
    ("during day of period", exact("2026-12-31T08:00", "2026-12-31T23:00"), True),
    ("ends during day of period", exact("2020-01-01", "2026-12-31T23:00"), True),
    ("ends during day of period", UNKNOWN_END, None),
    ("overlaps period", OPEN, True),
    ("overlaps period", UNKNOWN_END, None),
    ("overlaps period", exact("2025-01-01", "2026-01-01"), True),
    ("overlaps period", exact("2025-01-01", "2025-12-31T23:59:59.999"), False),
    # The day is known, the hour is not.
    ("overlaps first_half", day_span(date(2026, 6, 30)), True),
    ("overlaps first_half", exact("2026-07-01"), False),
    ("starts on or before end of period", day_span(date(2026, 12, 31)), True),
    ("starts before end of period", day_span(date(2026, 12, 31)), None),
    ("starts before end of period", exact("2026-12-31T23:59:59.998"), True),
    ("starts before end of period", exact("2026-12-31T23:59:59.999"), False),
    ("starts before day of start of period", day_span(date(2025, 12, 31)), True),
    ("starts before day of start of period", day_span(date(2026, 1, 1)), False),
    ("starts before start of period", NO_BEGIN, None),
    ("ends after end of period", OPEN, True),
    ("ends after end of period", exact("2026-01-01", "2027-01-01"), True),
    ("starts on or after day of start of period - 7 days", day_span(date(2025, 12, 25)), True),
    ("starts on or after day of start of period - 7 days", day_span(date(2025, 12, 24)), False),
    ("starts within 14 days on or before day of start of period", day_span(date(2025, 12, 18)), True),
    ("starts within 14 days on or before day of start of period", day_span(date(2025, 12, 17)), False),
    ("starts within 14 days on or before day of start of period", day_span(date(2026, 1, 2)), False),
    ("starts within 2 days on or after day of end of period", day_span(date(2027, 1, 2)), True),
    ("starts within 2 days on or after day of end of period", day_span(date(2027, 1, 3)), False),
    ("overlaps after day of first_half", exact("2026-06-30T10:00", "2026-07-01"), True),
    ("overlaps after day of first_half", exact("2026-06-01", "2026-06-30T10:00"), False),
    ("overlaps after day of first_half", exact("2026-07-01", "2026-07-02"), False),
    ("starts same day of start of period", exact("2026-01-01T10:00"), True),
    ("starts same day of start of period", exact("2026-01-02T10:00"), False),
    # What is not over is dated by its begin, what has no begin by its end.
    ("latest during day of period", OPEN, False),
    ("latest during day of period", exact("2025-01-01", "2026-01-01"), True),
    ("earliest during day of period", NO_BEGIN, True),
    ("during day of first_year", day_span(BORN, BORN), True),
    ("during day of first_year", day_span(date(2026, 6, 15), date(2026, 6, 15)), True),
    ("during day of first_year", day_span(date(2026, 6, 16), date(2026, 6, 16)), False),
    ("during period", None, None),
]


def criteria(phrase):
    return Criteria(
        sets={
            "found": EventSet("found", kind="task", test=timing(phrase)),
        },
        windows=WINDOWS,
    )


@pytest.mark.parametrize(("phrase", "span", "answer"), TABLE)
def test_one_event(phrase, span, answer):
    """The one-patient engine's answer, with None where the bounds leave it open."""
    event = Event(1, "task", span=span)
    inquiry = Inquiry(criteria(phrase), History(BORN, "", (event,)), {}, PERIOD)
    assert inquiry.passes(event, timing(phrase)) is answer


def test_all_events_of_a_table():
    """The population engine's answers to the same table."""
    histories = {n: History(BORN, "", (Event(1, "task", span=span),)) for n, (_, span, _) in enumerate(TABLE)}
    engine = ibis.duckdb.from_connection(duckdb.connect())
    show(engine.con, event_arrow(histories, {}))
    for phrase in dict.fromkeys(phrase for phrase, _, _ in TABLE):
        sets = Sets(event_tables(), criteria(phrase), PERIOD)
        people = event_tables().people.select("patient_id", "birth_on")
        rows = event_tables().events.inner_join(people, "patient_id")
        rows = rows.select("patient_id", answer=sets.passes(rows, timing(phrase)))
        found = {row["patient_id"]: row["answer"] for row in engine.to_pyarrow(rows).to_pylist()}
        for number, (asked, span, answer) in enumerate(TABLE):
            if asked == phrase:
                assert found[number] is answer, (phrase, span)


def test_three_answers_join_as_they_must():
    """Not known stays so unless the others decide."""
    assert all_of([True, None]) is None
    assert all_of([None, False]) is False
    assert any_of([False, None]) is None
    assert any_of([None, True]) is True
    assert negated(None) is None
    assert all_of([]) is True
    assert any_of([]) is False


def test_months_end_where_the_month_ends():
    """The 31st a month later is the month's last day; "not over" does not move."""
    assert months_later(instant("2026-01-31"), 1) == instant("2026-02-28")
    assert months_later(instant("2024-02-29"), 12) == instant("2025-02-28")
    assert months_later(instant("2026-03-15"), -14) == instant("2025-01-15")
    assert shifted((MIN, MAX), ((5, "years"),)) == (MIN, MAX)


def test_who_was_born_on_29_february_is_older_from_1_march():
    """In years without that day."""
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
    assert age_on(None, date(2026, 3, 1)) is None


@pytest.mark.parametrize("text", ["", "period", "start period", "start of period + 3 weeks", "end of"])
def test_no_moment(text):
    """A phrase that names none is refused."""
    with pytest.raises(PhraseInvalid):
        point(text)


@pytest.mark.parametrize("text", ["", "during", "often during period", "during day period", "ends in period"])
def test_no_timing(text):
    """A phrase that says none is refused."""
    with pytest.raises(PhraseInvalid):
        timing(text)

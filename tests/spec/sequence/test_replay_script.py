"""What is imagined to happen, as people write it (when, a colon, what)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.replay_script import EVENTS, MOST_EVENTS, BadScript, read_script

# A Wednesday, noon in New York.
START = datetime(2026, 11, 18, 17, tzinfo=UTC)
ZONE = "America/New_York"


def read(*lines):
    return [(one.at, one.word, one.argument) for one in read_script(lines, starts_at=START, zone=ZONE)]


def utc(*when):
    return datetime(*when, tzinfo=UTC)


LINES = [
    ("day 3: books", (utc(2026, 11, 21, 17), "books", "")),
    ("Day 3 20:00: Books", (utc(2026, 11, 22, 1), "books", "")),
    ("day 0 9:30: clicks", (START, "clicks", "")),
    ("sunday 20:00: reply call me", (utc(2026, 11, 23, 1), "reply", "call me")),
    ("wednesday 13:00: reads", (utc(2026, 11, 18, 18), "reads", "")),
    ("wednesday 9:00: reads", (utc(2026, 11, 25, 14), "reads", "")),
    ("day 2: reply  How much: does it cost? ", (utc(2026, 11, 20, 17), "reply", "How much: does it cost?")),
    ("day 1: barrier cost", (utc(2026, 11, 19, 17), "barrier", "cost")),
    ("day 1: nothing arrives", (utc(2026, 11, 19, 17), "nothing arrives", "")),
    ("day 1: goes  on", (utc(2026, 11, 19, 17), "goes on", "")),
    # over the change of the clock the wall time stays
    ("day 120: comes", (utc(2027, 3, 18, 16), "comes", "")),
]


@pytest.mark.parametrize(("line", "event"), LINES)
def test_a_line_is_one_event(line, event):
    assert read(line) == [event]


def test_events_come_in_order_of_time_and_empty_lines_are_nothing():
    assert [word for _, word, _ in read("day 4: dies", "", "  ", "day 1: clicks")] == ["clicks", "dies"]
    assert read() == []


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        (["books"], 1, "write when and what"),
        (["day x: books"], 1, "write when and what"),
        (["day 3: "], 1, "is none of"),
        (["", "someday: books"], 2, "no day of the week"),
        (["day 3 26:00: books"], 1, "no time 26:00"),
        (["day 3 12:75: books"], 1, "no time 12:75"),
        (["day 999: books"], 1, "at most 400 days"),
        (["day 3: sneezes"], 1, "is none of"),
        (["day 3: bookshelf"], 1, "is none of"),
        (["day 3: books twice"], 1, "takes nothing after it"),
        (["day 3: reply"], 1, "write what they answer"),
        (["day 3: barrier rain"], 1, "the reason is one of"),
        (["day 1: clicks"] * (MOST_EVENTS + 1), MOST_EVENTS + 1, "at most"),
    ],
)
def test_a_line_that_cannot_be_read_says_which_and_why(lines, line, says):
    with pytest.raises(BadScript, match=says) as caught:
        read(*lines)
    assert caught.value.line == line


@given(st.lists(st.text(max_size=60), max_size=5))
def test_anything_typed_is_read_or_refused(lines):
    try:
        found = read(*lines)
    except BadScript as bad:
        found, line = [], bad.line
    else:
        line = 1
    assert 1 <= line <= max(len(lines), 1)
    assert all(word in EVENTS and at >= START for at, word, _ in found)

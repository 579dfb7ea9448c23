"""Rows of a coordination file, one by one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.other_contacts import COLUMNS, Problem, Sent, read_row, row_key

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)
ROW = {"patient_id": "p1", "number": "", "channel": "sms", "at": "2026-11-18T10:30", "system": "reminders"}


def read(**differs):
    return read_row(ROW | differs, system="file", region="US", zone=ZoneInfo("America/New_York"), now=NOW)


def test_an_ordinary_row():
    at = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
    assert read() == Sent("p1", "", "sms", "operations", at, "reminders")


@pytest.mark.parametrize(
    ("differs", "field", "value"),
    [
        ({"channel": " Text "}, "channel", "sms"),
        ({"channel": "voicemail"}, "channel", "phone"),
        ({"channel": "Postcard"}, "channel", "letter"),
        ({"purpose": "Newsletter"}, "purpose", "marketing"),
        ({"purpose": "recall"}, "purpose", "treatment_recall"),
        ({"number": "(212) 555-0001"}, "number", "+12125550001"),
        ({"number": "Ana@Example.org"}, "number", "ana@example.org"),
        ({"system": ""}, "system", "file"),
        ({"at": "2026-11-17"}, "at", datetime(2026, 11, 17, 17, tzinfo=UTC)),
        ({"at": "2026-11-18T15:30:00Z"}, "at", datetime(2026, 11, 18, 15, 30, tzinfo=UTC)),
        ({"at": "2026-11-18 10:30:00-05:00"}, "at", datetime(2026, 11, 18, 15, 30, tzinfo=UTC)),
    ],
)
def test_words_of_other_tools_are_understood(differs, field, value):
    assert getattr(read(**differs), field) == value


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"channel": ""}, "channel"),
        ({"channel": "smoke"}, "channel"),
        ({"purpose": "fun"}, "purpose"),
        ({"patient_id": ""}, "patient_id"),
        ({"patient_id": "x" * 201}, "patient_id"),
        ({"number": "12"}, "number"),
        ({"number": "911"}, "number"),
        ({"number": "nobody@"}, "number"),
        ({"at": "yesterday"}, "at"),
        ({"at": ""}, "at"),
        ({"at": "2026-11-19"}, "at"),
        ({"system": "x" * 61}, "system"),
    ],
)
def test_what_is_wrong_names_its_column_and_quotes_nothing(differs, field):
    found = read(**differs)
    assert isinstance(found, Problem)
    assert found.field == field
    assert not any(value and len(value) > 3 and value in found.reason for value in differs.values())


@pytest.mark.parametrize("status", ["failed", "Undelivered", "bounced", "cancelled"])
def test_what_never_arrived_is_left_out(status):
    assert read(status=status) is None


@given(st.fixed_dictionaries({name: st.text(max_size=30) for name in COLUMNS}))
def test_no_row_breaks_the_reading(row):
    found = read_row(row, system="file", region="US", zone=ZoneInfo("America/New_York"), now=NOW)
    assert found is None or isinstance(found, Problem) or found.at <= NOW


def test_the_same_row_has_the_same_key_and_another_has_not():
    assert row_key(read()) == row_key(read())
    others = [
        read(at="2026-11-18T10:31"),
        read(system="portal"),
        read(number="2125550001"),
        read(channel="call"),
    ]
    assert len({row_key(one) for one in [read(), *others]}) == 5

"""What a cell means: text in, value out, or the reason why not."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from rebook.sources.csv.values import (
    BadValue,
    birth_from_age,
    cell_text,
    cents,
    currency_cents,
    day_of,
    identifier,
    instant_of,
    key_of,
    moment,
)
from rebook.sources.languages import language_tag

CHICAGO = ZoneInfo("America/Chicago")

DATES = [
    # text, formats of the mapping, the date
    ("2026-03-04", (), date(2026, 3, 4)),
    ("04.03.2026", ("%d.%m.%Y",), date(2026, 3, 4)),
    ("3/4/2016", ("%m/%d/%Y",), date(2016, 3, 4)),
    ("3/4/2016", ("%d/%m/%Y",), date(2016, 4, 3)),
    # ISO 8601 needs no format, whatever else the file holds
    ("2026-03-04", ("%m/%d/%Y",), date(2026, 3, 4)),
    # a spreadsheet's day number
    ("43000", (), date(2017, 9, 22)),
    ("42370", ("%m/%d/%Y",), date(2016, 1, 1)),
    # the local clock decides which day it is
    ("2026-03-04T03:00:00Z", (), date(2026, 3, 3)),
]


@pytest.mark.parametrize(("text", "formats", "expected"), DATES)
def test_dates(text, formats, expected):
    assert day_of(moment(text, formats), CHICAGO) == expected


@pytest.mark.parametrize(
    "text", ["3/4/2016", "25/12/2016", "March 4", "2016", "4300", "2026-02-30", "-43000"]
)
def test_a_date_that_could_be_read_two_ways_or_none_is_never_guessed(text):
    with pytest.raises(BadValue, match="not a date"):
        moment(text, ())


INSTANTS = [
    ("2026-01-05T09:00:00-06:00", (), datetime(2026, 1, 5, 15, tzinfo=UTC)),
    ("2026-01-05 09:00", (), datetime(2026, 1, 5, 15, tzinfo=UTC)),
    ("2026-07-05 09:00", (), datetime(2026, 7, 5, 14, tzinfo=UTC)),
    ("07/05/2026 9:30 PM", ("%m/%d/%Y %I:%M %p",), datetime(2026, 7, 6, 2, 30, tzinfo=UTC)),
    # a letter of the format is no zone: the clock is the practice's
    ("2026-01-05T09:00:00Z", ("%Y-%m-%dT%H:%M:%SZ",), datetime(2026, 1, 5, 15, tzinfo=UTC)),
    # a mere date is noon
    ("2026-01-05", (), datetime(2026, 1, 5, 18, tzinfo=UTC)),
    # a spreadsheet's day number with its fraction
    ("43000,375", (), datetime(2017, 9, 22, 14, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "formats", "expected"), INSTANTS)
def test_instants(text, formats, expected):
    assert instant_of(moment(text, formats), CHICAGO) == expected


@pytest.mark.parametrize("text", ["558997776694438", "A-17", "29-X", "7.0", "3921784439", "1E"])
def test_ids_are_kept_as_they_are(text):
    assert identifier(text) == text


@pytest.mark.parametrize("text", ["5,58998E+14", "5.58998E+14", "3921784439E-5", "1e15"])
def test_an_id_that_a_spreadsheet_rounded_is_no_id(text):
    with pytest.raises(BadValue, match="damaged by a spreadsheet"):
        identifier(text)


AGES = [("0", date(2025, 11, 24)), ("40", date(1985, 11, 24)), ("40.9", date(1985, 11, 24))]


@pytest.mark.parametrize(("text", "expected"), AGES)
def test_an_age_gives_the_middle_of_the_year_of_birth(text, expected):
    assert birth_from_age(text, date(2026, 5, 25)) == expected


@pytest.mark.parametrize(("text", "reason"), [("-1", "below zero"), ("131", "above"), ("x", "not an age")])
def test_an_age_nobody_has(text, reason):
    with pytest.raises(BadValue, match=reason):
        birth_from_age(text, date(2026, 5, 25))


MONEY = [("1,234.50", 123450), ("1.234,50", 123450), ("$80", 8000), ("(80)", -8000), ("0", 0), ("12,5", 1250)]


@pytest.mark.parametrize(("text", "expected"), MONEY)
def test_money(text, expected):
    assert currency_cents(text) == expected


def test_cents_are_whole():
    assert cents("12500") == 12500
    with pytest.raises(BadValue, match="whole number of cents"):
        cents("125.50")


@pytest.mark.parametrize(
    ("cell", "expected"), [("  x ", "x"), ('="00123"', "00123"), ("a\0b", "ab"), ('="', '="')]
)
def test_what_spreadsheets_put_around_a_cell_is_taken_off(cell, expected):
    assert cell_text(cell) == expected


def test_a_word_of_the_source_becomes_a_key():
    assert key_of("Check-up (adult)") == "check_up_adult"


LANGUAGES = [
    ("es", "es"), ("spa", "es"), ("es_MX", "es-MX"), ("Spanish", "es"), ("español", "es"), ("EN-us", "en-US"),
    ("Haitian Creole", "ht"), ("Tagalog", "tl"), ("Declined", ""), ("xx", ""), ("", ""), ("und", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LANGUAGES)
def test_languages(text, expected):
    assert language_tag(text) == expected

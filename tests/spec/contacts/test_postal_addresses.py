"""Addresses as they stand in the window of an envelope, and why some cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.postal import LONGEST, LONGEST_LINE, MOST_LINES, read_postal

ANA = {"name": "Ana Lopez", "address_line": "12 Main Street", "city": "Cambridge", "state": "MA",
       "postal_code": "02139"}  # fmt: skip


@pytest.mark.parametrize(
    ("country", "change", "lines"),
    [
        ("us", {}, ("Ana Lopez", "12 Main Street", "Cambridge, MA 02139")),
        ("us", {"postal_code": "02139-4307"}, ("Ana Lopez", "12 Main Street", "Cambridge, MA 02139-4307")),
        ("us", {"state": ""}, ("Ana Lopez", "12 Main Street", "Cambridge 02139")),
        (
            "us",
            {"address_line": "12 Main Street;Apt 4"},
            ("Ana Lopez", "12 Main Street", "Apt 4", "Cambridge, MA 02139"),
        ),
        (
            "us",
            {"address_line": " 12  Main\tStreet \n Apt 4 \n"},
            ("Ana Lopez", "12 Main Street", "Apt 4", "Cambridge, MA 02139"),
        ),
        (
            "uk",
            {"city": "London", "postal_code": "NW1 6XE"},
            ("Ana Lopez", "12 Main Street", "London", "NW1 6XE"),
        ),
        ("de", {"city": "Berlin", "postal_code": "10115"}, ("Ana Lopez", "12 Main Street", "10115 Berlin")),
        (
            "ca",
            {"city": "Toronto", "state": "ON", "postal_code": "M5V 2T6"},
            ("Ana Lopez", "12 Main Street", "Toronto, ON M5V 2T6"),
        ),
    ],
)
def test_an_address_is_written_as_its_country_has_it(country, change, lines):
    found = read_postal(**{**ANA, **change}, country=country)
    assert (found.lines, found.problem) == (lines, "")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": " "}, "no name"),
        ({"address_line": ""}, "no street"),
        ({"address_line": ";"}, "no street"),
        ({"city": ""}, "no town"),
        ({"postal_code": ""}, "no postal code"),
        ({"postal_code": "2139"}, "the postal code is no ZIP code"),
        ({"address_line": "a;b;c;d"}, "more than 5 lines"),
        ({"address_line": "x" * 43}, "a line is longer than 42 letters"),
    ],
)
def test_what_does_not_fit_or_is_missing_is_said(change, problem):
    found = read_postal(**{**ANA, **change})
    assert (found.value, found.problem, found.lines) == ("", problem, ())


@given(st.fixed_dictionaries({key: st.text(max_size=60) for key in ANA}), st.sampled_from(["us", "uk", "de"]))
def test_whatever_is_given_fits_the_window_or_is_refused(fields, country):
    found = read_postal(**fields, country=country)
    assert bool(found.value) != bool(found.problem)
    assert len(found.value) <= LONGEST
    assert len(found.lines) <= MOST_LINES
    for line in found.lines:
        assert 0 < len(line) <= LONGEST_LINE
        assert line.isprintable()

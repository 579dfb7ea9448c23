"""Addresses as they stand in the window of an envelope, and why some cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.postal import LONGEST, LONGEST_LINE, MOST_LINES, postal_order, read_postal

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


@pytest.mark.parametrize(
    ("country", "sorted_so"),
    [
        (
            "us",
            [
                "Z\n9 Oak\nBoston, MA 02108",
                "A\n1 Elm\nNew York, NY 10001",
                "A\n1 Elm\nNew York, NY 10001-0042",
            ],
        ),
        (
            "ca",
            ["Z\n9 Oak\nOttawa, ON K1A 0B1", "A\n1 Elm\nOttawa, ON K1A 0B2", "A\n1 Elm\nToronto, ON M4B 1B3"],
        ),
        ("au", ["A\n1 Elm\nSydney NSW 2000", "A\n1 Elm\nMelbourne VIC 3000"]),
        ("gb", ["Z\n9 Oak\nBath\nBA1 1AA", "A\n1 Elm\nLondon\nEC1A 1BB", "A\n1 Elm\nLondon\nSW1A 1AA"]),
        ("de", ["Z\nAn der Oos 1\n10115 Berlin", "A\nHauptstr. 2\n50667 Köln", "A\nRing 1\n80331 München"]),
        ("us", ["B\n1 Elm\nBoston, MA 02108", "A\n2 Elm\nBoston, MA 02108"]),
    ],
)
def test_letters_lie_as_the_post_takes_them(country, sorted_so):
    mixed = sorted_so[1:] + sorted_so[:1]
    assert sorted(mixed, key=lambda value: postal_order(value, country=country)) == sorted_so


@given(st.text(max_size=60))
def test_whatever_stands_there_can_be_sorted(value):
    for country in ("us", "ca", "gb", "de"):
        assert all(isinstance(part, str) for part in postal_order(value, country=country))

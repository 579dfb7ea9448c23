"""Numbers and addresses: as given, as the ledger writes them, and what is wrong with a bad one."""

import pytest

from rebook.core.contacts import read_email, read_phone, region_of

GOOD_PHONES = [
    ("(312) 555-0123", "US", "+13125550123"),
    ("312.555.0123 x4", "US", "+13125550123"),
    ("+1 312 555 0123", "GB", "+13125550123"),
    ("020 7946 0018", "GB", "+442079460018"),
    ("(27) 99999-8888", "BR", "+5527999998888"),
]
BAD_PHONES = [
    ("911", "emergency or service number"),
    ("988", "emergency or service number"),
    ("000-000-0000", "one digit repeated"),
    ("none", "not a number"),
    ("", "not a number"),
    ("555-0123", "no such number"),
    ("555-876-3430", "no such number"),
    ("312555", "wrong number of digits"),
]


@pytest.mark.parametrize(("given", "region", "value"), GOOD_PHONES)
def test_a_phone_number_is_written_in_one_way(given, region, value):
    read = read_phone(given, region=region)
    assert (read.value, read.problem) == (value, "")
    assert read.line_type


@pytest.mark.parametrize(("given", "problem"), BAD_PHONES)
def test_a_bad_phone_number_stays_as_given(given, problem):
    read = read_phone(given, region="US")
    assert read.value == given
    assert problem in read.problem


def test_writing_it_again_changes_nothing():
    once = read_phone("312-555-0123", region="US")
    assert read_phone(once.value, region="BR") == once


@pytest.mark.parametrize(("given", "value"), [(" Rosa.D@Example.ORG ", "rosa.d@example.org")])
def test_an_address_is_in_small_letters(given, value):
    assert read_email(given).value == value


@pytest.mark.parametrize("given", ["rosa", "rosa@", "@example.org", "a b@example.org", "rosa@localhost", ""])
def test_a_bad_address(given):
    assert read_email(given).problem == "not an e-mail address"


@pytest.mark.parametrize(
    ("jurisdiction", "region"), [("us", "US"), ("us-ma", "US"), ("uk", "GB"), ("ca_on", "CA"), ("", "US")]
)
def test_the_country_of_a_jurisdiction(jurisdiction, region):
    assert region_of(jurisdiction) == region

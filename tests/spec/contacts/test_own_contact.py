"""A member's own contact: which codes confirm it, for how long, and whose it is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.own_contact import (
    CODE_DIGITS,
    CODE_LASTS,
    CODE_TRIES,
    MAY_TEST,
    TESTABLE,
    OwnContact,
    SentCode,
    code_problem,
    hash_of_code,
    still_theirs,
)

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)
SECRET = "the installation's secret"
RIGHT = "012345"


def sent(code=RIGHT, *, contact_id=7, ago=timedelta(minutes=1), wrong_tries=0):
    return SentCode(hash_of_code(code, contact_id=contact_id, secret=SECRET), NOW - ago, wrong_tries)


CASES = [
    # typed, code that was sent, the rule that refuses
    ("012345", sent(), None),
    (" 012 345 ", sent(), None),
    ("12345", sent(), "code_wrong"),
    ("", sent(), "code_wrong"),
    ("012346", sent(), "code_wrong"),
    ("０１２３４５", sent(), "code_wrong"),
    ("012345", None, "no_code"),
    ("012345", sent(ago=CODE_LASTS - timedelta(seconds=1)), None),
    ("012345", sent(ago=CODE_LASTS), "code_expired"),
    ("012345", sent(ago=timedelta(seconds=-1)), "code_expired"),
    ("012345", sent(wrong_tries=CODE_TRIES - 1), None),
    ("012345", sent(wrong_tries=CODE_TRIES), "code_tried_out"),
    # Somebody else's code, of the same digits.
    ("012345", sent(contact_id=8), "code_wrong"),
]


@pytest.mark.parametrize(("typed", "code", "rule"), CASES)
def test_which_codes_confirm(typed, code, rule):
    problem = code_problem(typed, code, contact_id=7, secret=SECRET, now=NOW)
    assert (problem.rule if problem else None) == rule


@given(typed=st.text(max_size=12), digits=st.integers(0, 999_999))
def test_nothing_but_the_code_confirms(typed, digits):
    code = f"{digits:06}"
    problem = code_problem(typed, sent(code), contact_id=7, secret=SECRET, now=NOW)
    assert (problem is None) == ("".join(typed.split()) == code)


def test_the_hash_says_nothing_without_the_secret():
    hashed = hash_of_code(RIGHT, contact_id=7, secret=SECRET)
    assert RIGHT not in hashed
    assert hashed != hash_of_code(RIGHT, contact_id=7, secret="another's")


@pytest.mark.parametrize(
    ("channel", "value", "shown"),
    [("sms", "+12125550177", "*** 77"), ("email", "mo@elm.example", "m***@elm.example")],
)
def test_it_is_shown_masked(channel, value, shown):
    assert OwnContact(1, 2, channel, value).masked == shown


@pytest.mark.parametrize(
    ("contact", "email", "is_theirs"),
    [
        (OwnContact(1, 2, "email", "mo@elm.example"), "mo@elm.example", True),
        (OwnContact(1, 2, "email", "mo@elm.example"), "Mo@Elm.example", True),
        (OwnContact(1, 2, "email", "mo@elm.example"), "new@elm.example", False),
        (OwnContact(1, 2, "email", "mo@elm.example"), "", False),
        (OwnContact(1, 2, "sms", "+12125550177"), "new@elm.example", True),
    ],
)
def test_an_e_mail_is_the_one_they_sign_in_with(contact, email, is_theirs):
    assert still_theirs(contact, email=email) is is_theirs


@pytest.mark.parametrize(
    ("ago", "is_confirmed"),
    [
        (None, False),
        (timedelta(seconds=-1), False),
        (timedelta(), True),
        (timedelta(days=365) - timedelta(seconds=1), True),
        (timedelta(days=365), False),
    ],
)
def test_a_confirmation_holds_for_a_year(ago, is_confirmed):
    at = None if ago is None else NOW - ago
    assert OwnContact(1, 2, "sms", "+12125550177", confirmed_at=at).is_confirmed(now=NOW) is is_confirmed


@pytest.mark.parametrize(("wrong", "left"), [(0, 4), (1, 3), (4, 0)])
def test_the_tries_that_are_left_are_told(wrong, left):
    problem = code_problem("999999", sent(wrong_tries=wrong), contact_id=7, secret=SECRET, now=NOW)
    assert problem.detail.endswith(f"; {left} more tries")


def test_a_code_confirms_in_the_instant_it_was_sent():
    assert code_problem(RIGHT, sent(ago=timedelta()), contact_id=7, secret=SECRET, now=NOW) is None


def test_who_may_try_and_on_what_is_the_stated_rule():
    assert TESTABLE == ("sms", "email")
    assert {"writer", "manager", "coordinator", "clinician", "compliance"} == MAY_TEST
    assert (6, 5, timedelta(minutes=10)) == (CODE_DIGITS, CODE_TRIES, CODE_LASTS)

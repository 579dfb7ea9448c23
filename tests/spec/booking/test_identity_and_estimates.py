"""Who passes the identity check, what settings may say, when an estimate is due."""

import datetime as dt

import pytest

from rebook.core.booking import (
    BookingPolicy,
    GivenIdentity,
    IdentityOnFile,
    booking_policy,
    estimate_due_at,
    hash_token,
    matches,
    new_token,
    visit_type_for,
)
from rebook.core.booking.policy import BookingSettingsInvalid

BORN = dt.date(1980, 5, 17)


@pytest.mark.parametrize(
    ("on_file", "given", "passes"),
    [
        ((BORN, "60601"), (BORN, "60601"), True),
        ((BORN, "60601"), (BORN, " 60601-1234"), True),
        ((BORN, "60601-1234"), (BORN, "60601"), True),
        ((BORN, "60601"), (BORN, "60602"), False),
        ((BORN, "60601"), (BORN, ""), False),
        ((BORN, "60601"), (dt.date(1980, 5, 18), "60601"), False),
        ((BORN, "60601"), (None, "60601"), False),
        ((BORN, "K1A 0B1"), (BORN, "k1a0b1"), True),
        # Without a postal code on file the date of birth and the link are enough.
        ((BORN, ""), (BORN, ""), True),
        ((BORN, ""), (BORN, "99999"), True),
        # Without a date of birth nothing is.
        ((None, "60601"), (None, "60601"), False),
        ((None, ""), (None, ""), False),
    ],
)
def test_who_passes(on_file, given, passes):
    assert matches(GivenIdentity(*given), IdentityOnFile(*on_file)) is passes


def test_tokens_are_short_safe_and_kept_as_a_hash_only():
    token, kept = new_token(bytes(range(240, 256)))
    assert len(token) == 22
    assert token.replace("-", "").replace("_", "").isalnum()
    assert kept == hash_token(token)
    assert token not in kept
    with pytest.raises(ValueError, match="16 random bytes"):
        new_token(b"short")


class Gap:
    def __init__(self, visit_type):
        self.visit_type = visit_type


@pytest.mark.parametrize(
    ("gap", "offered", "answer"),
    [
        (Gap("mammogram"), ["annual_visit"], "mammogram"),
        (Gap(""), ["follow_up", "annual_visit"], "annual_visit"),
        (Gap(""), ["hygiene"], "hygiene"),
        (None, ["hygiene"], "hygiene"),
        (Gap(""), ["mammogram"], ""),
        (None, [], ""),
    ],
)
def test_which_visit_a_gap_asks_for(gap, offered, answer):
    assert visit_type_for(gap, offered=offered) == answer


def test_booking_settings_fill_the_house_defaults():
    assert booking_policy({}) == BookingPolicy()
    policy = booking_policy({"booking": {"hold_minutes": 5, "horizon_days": 30}})
    assert (policy.hold_for, policy.horizon) == (dt.timedelta(minutes=5), dt.timedelta(days=30))
    assert policy.minimum_notice == BookingPolicy().minimum_notice


@pytest.mark.parametrize(
    "given",
    [{"hold_minutes": 0}, {"hold_minutes": "5"}, {"horizon_days": True}, {"hold": 5}, {"hold_minutes": 1.5}],
)
def test_booking_settings_that_make_no_sense_are_refused(given):
    with pytest.raises(BookingSettingsInvalid):
        booking_policy({"booking": given})


@pytest.mark.parametrize(
    ("visit_on", "due_on"),
    [
        # Booked on Monday the 16th.
        ("2026-03-18", None),
        ("2026-03-19", "2026-03-17"),
        ("2026-03-27", "2026-03-17"),
        ("2026-03-30", "2026-03-19"),
    ],
)
def test_when_an_estimate_is_due(visit_on, due_on):
    booked_at = dt.datetime(2026, 3, 16, 10)
    visit_at = dt.datetime.fromisoformat(f"{visit_on}T09:00")
    due_at = estimate_due_at(booked_at=booked_at, visit_at=visit_at)
    assert (due_at.date().isoformat() if due_at else None) == due_on


def test_an_estimate_is_not_due_on_a_weekend():
    due_at = estimate_due_at(booked_at=dt.datetime(2026, 3, 20, 10), visit_at=dt.datetime(2026, 3, 27, 9))
    assert due_at == dt.datetime(2026, 3, 23, 10)

"""Which free times each patient sees: soon, apart, and each time offered to few."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.booking import Slot, next_times
from rebook.core.capacity_offers import groups_needed, times_for_place

MONDAY = dt.datetime(2026, 3, 16, 14, tzinfo=dt.UTC)


def times(count, *, a_day=10, minutes=30):
    """Half hours from nine in Chicago, so many on each day."""
    return [
        Slot(
            practitioner_id=1, location_id=1, visit_type="hygiene", seat=0, time_zone="America/Chicago",
            starts_at=(at := MONDAY + dt.timedelta(days=n // a_day, minutes=minutes * (n % a_day))),
            ends_at=at + dt.timedelta(minutes=minutes),
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("invited", "per_slot", "groups"), [(0, 5, 1), (5, 5, 1), (6, 5, 2), (200, 5, 40), (3, 0, 3)]
)
def test_how_many_groups(invited, per_slot, groups):
    assert groups_needed(invited=invited, patients_per_slot=per_slot) == groups


def test_few_patients_are_offered_what_anybody_would_be():
    slots = times(40)
    assert times_for_place(slots, place=7, groups=1) == next_times(slots)
    assert times_for_place(slots[:5], place=7, groups=9) == next_times(slots[:5])
    assert times_for_place([], place=3, groups=9) == ()


@given(groups=st.integers(2, 60), count=st.integers(6, 240), a_day=st.integers(1, 24))
def test_no_time_is_offered_to_two_groups(groups, count, a_day):
    slots = times(count, a_day=a_day)
    used = min(groups, count // 3)
    offered = Counter(
        slot.choice for place in range(used) for slot in times_for_place(slots, place=place, groups=groups)
    )
    assert max(offered.values()) == 1
    assert sum(offered.values()) == 3 * used


@given(invited=st.integers(1, 300), per_slot=st.integers(1, 10), first=st.integers(0, 10**6))
def test_each_time_is_offered_to_as_few_as_asked_while_there_are_enough(invited, per_slot, first):
    groups = groups_needed(invited=invited, patients_per_slot=per_slot)
    slots = times(3 * groups)
    offered = Counter(
        slot.choice
        for link in range(first, first + invited)
        for slot in times_for_place(slots, place=link, groups=groups)
    )
    # One group is offered the same three, as before.
    assert max(offered.values()) <= max(per_slot, 1 if groups > 1 else invited)


def test_the_three_are_apart_and_on_two_days():
    slots = times(200)
    for place in range(12):
        first, second, third = times_for_place(slots, place=place, groups=12)
        assert second.starts_at - first.starts_at >= dt.timedelta(hours=2)
        assert third.starts_at.date() != second.starts_at.date()
        assert first.starts_at < MONDAY + dt.timedelta(days=2)

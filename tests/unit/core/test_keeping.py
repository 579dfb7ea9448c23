"""Which snapshots are kept: tables in, numbers out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.keeping import KEEP_DAYS, Dated, to_prune

TODAY = date(2026, 3, 20)


def ago(days):
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("snapshots", "gone"),
    [
        ([], set()),
        # The newest stays, however old it is.
        ([Dated(1, date(2020, 1, 5))], set()),
        ([Dated(1, ago(35)), Dated(2, ago(34))], set()),
        # 12 and 11 February: the month's last one stays.
        ([Dated(1, ago(37)), Dated(2, ago(36)), Dated(3, TODAY)], {1}),
        ([Dated(1, date(2026, 1, 31)), Dated(2, date(2026, 1, 30)), Dated(3, TODAY)], {2}),
        # Of one day the later one is the day's.
        ([Dated(1, date(2026, 1, 31)), Dated(2, date(2026, 1, 31)), Dated(3, TODAY)], {1}),
        (
            [Dated(1, date(2026, 1, 1), None, True), Dated(2, date(2026, 1, 2)), Dated(3, date(2026, 1, 3))],
            {2},
        ),
        # What a kept one builds on stays with it.
        ([Dated(1, date(2026, 1, 1)), Dated(2, date(2026, 1, 31), 1), Dated(3, TODAY)], set()),
        ([Dated(1, date(2026, 1, 1)), Dated(2, date(2026, 1, 2), 1), Dated(3, date(2026, 1, 31))], {1, 2}),
    ],
)
def test_what_goes(snapshots, gone):
    assert to_prune(snapshots, today=TODAY) == gone


DAYS = st.lists(st.integers(0, 400), max_size=40)


@given(days=DAYS, bases=st.data())
def test_nothing_that_is_needed_goes(days, bases):
    snapshots = []
    for number, back in enumerate(sorted(days, reverse=True), start=1):
        full = [one.number for one in snapshots if one.base_number is None]
        base = bases.draw(st.sampled_from([None, *full]))
        snapshots.append(Dated(number, ago(back), base, bases.draw(st.booleans())))
    gone = to_prune(snapshots, today=TODAY)
    kept = [one for one in snapshots if one.number not in gone]
    assert all(one.base_number not in gone for one in kept)
    assert not [one for one in snapshots if one.number in gone and (TODAY - one.as_of).days <= KEEP_DAYS]
    months = {(one.as_of.year, one.as_of.month) for one in snapshots}
    assert {(one.as_of.year, one.as_of.month) for one in kept} == months
    # Pruning again takes nothing more.
    assert to_prune(kept, today=TODAY) == frozenset()

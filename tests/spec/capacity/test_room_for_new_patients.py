"""Capacity as tables: room, replies, minutes and needs in; who may come in, and why not more, out."""

from collections import namedtuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.capacity import (
    Capacity,
    Demand,
    House,
    Measured,
    Replies,
    Room,
    even_shares,
    expected_minutes,
    of_the_day,
    plan,
    room_left,
)
from rebook.core.capacity_policy import LIMITS, CapacityPolicy, CapacitySettingsInvalid, capacity_policy
from rebook.core.capacity_shares import granted
from rebook.core.reasons import Reason

POLICY = CapacityPolicy()
Row = namedtuple("Row", "visit_type risk_class name")


def rate(value):
    return Measured(value, "prior", "stated")


# (free times, invited already, share that books, how many more)
ROOMS = [
    (None, 50, 0.1, None),
    (0, 0, 0.1, 0),
    (10, 0, 0.1, 80),
    (10, 30, 0.1, 50),
    (10, 80, 0.1, 0),
    (10, 200, 0.1, 0),
    (10, 0, 0.12, 66),
    (1, 0, 1.0, 0),
    (5, 0, 1.0, 4),
    (3, 0, 0.0, None),
    (0, 0, 0.0, 0),
]


@pytest.mark.parametrize(("free", "invited", "share", "left"), ROOMS)
def test_expected_bookings_stay_within_the_free_times(free, invited, share, left):
    assert room_left(Room("hygiene", free, invited, rate(share)), POLICY) == left


@given(
    free=st.integers(0, 500), invited=st.integers(0, 500), share=st.floats(0.01, 1.0),
    percent=st.integers(1, 200),
)  # fmt: skip
def test_never_more_than_the_rule_allows_and_never_fewer_for_more_room(free, invited, share, percent):
    policy = CapacityPolicy(slot_percent=percent)
    left = room_left(Room("x", free, invited, rate(share)), policy)
    if left:
        assert (invited + left) * share <= free * percent / 100 + 1e-6
    assert room_left(Room("x", free + 1, invited, rate(share)), policy) >= left
    assert room_left(Room("x", free, invited + 1, rate(share)), policy) <= left


@pytest.mark.parametrize(
    ("total", "wants", "shares"),
    [
        (10, [5, 5], [5, 5]), (10, [20, 20], [5, 5]), (10, [2, 20], [2, 8]), (11, [20, 20], [6, 5]),
        (0, [3, 4], [0, 0]), (5, [], []), (2, [9, 9, 9], [1, 1, 0]), (100, [1, 2, 3], [1, 2, 3]),
    ],
)  # fmt: skip
def test_what_is_scarce_is_shared_evenly(total, wants, shares):
    assert even_shares(total, wants) == shares


@given(total=st.integers(0, 300), wants=st.lists(st.integers(0, 100), max_size=8))
def test_shares_add_up_and_nobody_gets_more_than_asked(total, wants):
    shares = even_shares(total, wants)
    assert sum(shares) == min(total, sum(wants))
    assert all(0 <= got <= want for got, want in zip(shares, wants, strict=True))
    # Whoever was left short has as much as anybody, give or take one.
    short = [got for got, want in zip(shares, wants, strict=True) if got < want]
    assert not short or min(short) >= max(shares, default=0) - 1


def capacity(free, demands, **house):
    rooms = {"hygiene": Room("hygiene", free, 0, rate(0.1))}
    return plan(
        House(rooms=rooms, **house), demands, POLICY, campaigns=sorted({d.campaign_id for d in demands})
    )


def test_the_graver_need_comes_first_and_equals_share():
    demands = [Demand(1, "hygiene", 1, 10), Demand(2, "hygiene", 2, 5), Demand(3, "hygiene", 1, 10)]
    found = capacity(1, demands)  # Room for eight.
    assert [found[one].left for one in (1, 2, 3)] == [2, None, 1]
    assert found[1].reasons[0].rule == "few_times"
    assert found[1].state == "slowed"


def test_the_urgent_get_all_and_take_it_from_the_rest():
    found = capacity(1, [Demand(1, "hygiene", 4, 6), Demand(2, "hygiene", 1, 10)])
    assert (found[1].left, found[2].left) == (None, 2)
    assert capacity(0, [Demand(1, "hygiene", 3, 6)])[1].left is None


# (replies, the rule that pauses)
WAITING = [
    (Replies(), None),
    (Replies(20, 2), None),
    (Replies(20, 3), "replies_wait"),
    (Replies(30, 3), None),
    (Replies(31, 4), "replies_wait"),
    (Replies(1, 1, 1), "level_1_waits"),
]


@pytest.mark.parametrize(("replies", "rule"), WAITING)
def test_unanswered_replies_pause_everything(replies, rule):
    found = capacity(50, [Demand(1, "hygiene", 1, 5)], replies=replies)[1]
    assert (found.reasons[0].rule if found.reasons else None) == rule
    assert found.state == ("paused" if rule else "open")


def test_minutes_bind_where_times_do_not_and_the_reason_says_which():
    demands = [Demand(1, "hygiene", 1, 50, 5.0), Demand(2, "hygiene", 1, 50, 5.0)]
    found = capacity(100, demands, minutes=100, minutes_owed=20)
    assert (found[1].left, found[2].left) == (8, 8)
    assert found[1].reasons == (
        Reason(
            "staff_minutes", "staff have 100 minutes a day for this, 20 of them owed to what is past its time"
        ),
    )
    assert capacity(100, demands, minutes=10, minutes_owed=20)[1].state == "paused"
    assert capacity(100, demands, minutes=1000)[1].state == "open"


@given(st.data())
def test_never_more_invitations_than_room_minutes_and_wishes(data):
    kinds = ("a", "b", "c")
    demands = [
        Demand(number % 3, data.draw(st.sampled_from(kinds)), data.draw(st.integers(0, 5)),
               data.draw(st.integers(0, 40)), data.draw(st.sampled_from((0.0, 2.0, 5.5))))
        for number in range(data.draw(st.integers(0, 8)))
    ]  # fmt: skip
    rooms = {key: data.draw(st.integers(0, 60)) for key in kinds[:2]}
    minutes = data.draw(st.one_of(st.none(), st.integers(0, 200)))
    found = granted(demands, rooms=rooms, minutes=minutes)
    assert sorted(map(repr, demands)) == sorted(repr(one) for one, _ in found)
    assert all(0 <= got <= one.wanted for one, got in found)
    assert all(got == one.wanted for one, got in found if one.risk_class >= 3)
    plain = [(one, got) for one, got in found if one.risk_class < 3]
    urgent = [(one, got) for one, got in found if one.risk_class >= 3]
    for key, room in rooms.items():
        left = max(0, room - sum(got for one, got in urgent if one.visit_type == key))
        assert sum(got for one, got in plain if one.visit_type == key) <= left
    if minutes is not None:
        spare = max(0.0, minutes - sum(got * one.minutes_each for one, got in urgent))
        assert sum(got * one.minutes_each for one, got in plain) <= spare + 1e-6


def test_who_comes_in_is_chosen_by_rank_within_the_room():
    rows = [
        Row("hygiene", 1, "a"), Row("exam", 1, "b"), Row("hygiene", 1, "c"), Row("hygiene", 3, "urgent"),
        Row("", 1, "general"), Row("exam", 1, "d"),
    ]  # fmt: skip

    def names(found, most=99):
        return "".join(row.name[0] for row in found.choose(rows, most=most))

    assert names(Capacity(None)) == "abcugd"
    assert names(Capacity(None), most=2) == "ab"
    assert names(Capacity(None), most=0) == ""
    assert names(Capacity(3, by_type={"hygiene": 1})) == "abug"
    assert names(Capacity(0)) == "u"
    assert names(Capacity(9, by_type={"exam": 0}, general="exam")) == "acu"


def test_a_second_look_at_a_day_only_grows_tighter():
    morning = Capacity(10, (Reason("few_times", "few"),), {}, "slowed")
    assert of_the_day(Capacity(None), kept=None, opened=0) == Capacity(None)
    assert of_the_day(Capacity(None), kept=Capacity(None), opened=9) == Capacity(None)
    assert of_the_day(Capacity(None), kept=morning, opened=4).left == 6
    assert of_the_day(Capacity(20), kept=morning, opened=10).left == 0
    assert of_the_day(Capacity(2), kept=morning, opened=4).left == 2
    assert of_the_day(Capacity(None), kept=morning, opened=4).reasons == morning.reasons


def test_minutes_of_a_sequence_grow_with_its_calls():
    assert expected_minutes([], POLICY) == 0
    assert expected_minutes(["phone"], POLICY) == 6
    assert expected_minutes(["sms", "sms"], POLICY) == pytest.approx(0.8 + 0.85 * 0.8)
    assert expected_minutes(["sms", "phone"], POLICY) == pytest.approx(0.8 + 0.85 * 6)


@pytest.mark.parametrize("key", sorted(LIMITS))
def test_settings_are_checked(key):
    least, most = LIMITS[key]
    for fine in (least, most):
        assert getattr(capacity_policy({"capacity": {key: fine}}), key) == fine
    for wrong in (least - 1, most + 1, "5", 1.5, True, [1]):
        with pytest.raises(CapacitySettingsInvalid, match=key):
            capacity_policy({"capacity": {key: wrong}})


def test_unknown_settings_are_named_and_none_are_the_defaults():
    assert capacity_policy({}) == CapacityPolicy()
    assert capacity_policy({"capacity": {"minutes_a_day": None}}).minutes_a_day is None
    for wrong in ({"nonsense": 1}, [1]):
        with pytest.raises(CapacitySettingsInvalid):
            capacity_policy({"capacity": wrong})

"""Room at its edges: the last place, the last minute, the first reply too late, and the words for it."""

import datetime as dt

import pytest

from rebook.core.capacity import Capacity, Demand, House, Measured, Replies, Room, of_the_day, plan
from rebook.core.capacity_budget import LOOKS_BACK, Batch, judge_batch
from rebook.core.capacity_offers import times_for_place
from rebook.core.capacity_policy import LIMITS, CapacityPolicy, CapacitySettingsInvalid, capacity_policy
from rebook.core.capacity_shares import even_shares, granted
from rebook.core.reasons import Reason

from .test_offers import times

RATE = Measured(0.1, "prior", "stated")
POLICY = CapacityPolicy()


def rooms(**free):
    """Room for eight patients for each free time: 80 % of them, and one in ten books."""
    return {key: Room(key, count, 0, RATE) for key, count in free.items()}


def planned(demands, policy=POLICY, *, general="", **house):
    found = plan(House(general=general, **house), demands, policy, campaigns=[1, 2])
    return found[1]


def rules(found):
    return [reason.rule for reason in found.reasons]


class TestUrgentBesideOthers:
    def test_what_is_left_counts_those_who_can_wait(self):
        found = planned([Demand(1, "a", 4, 3), Demand(1, "a", 1, 10)], rooms=rooms(a=1))
        assert (found.left, dict(found.by_type)) == (5, {"a": 5})

    def test_class_three_is_urgent_and_class_two_is_not(self):
        three = planned([Demand(1, "a", 3, 9), Demand(1, "a", 1, 1)], rooms=rooms(a=1))
        two = planned([Demand(1, "a", 2, 9)], rooms=rooms(a=1))
        assert (three.left, three.state) == (0, "paused")
        assert (two.left, two.state) == (8, "slowed")

    def test_more_urgent_than_places_leaves_none_and_says_that_times_are_short(self):
        found = planned([Demand(1, "a", 3, 20), Demand(1, "a", 1, 5)], rooms=rooms(a=1))
        assert (found.left, rules(found)) == (0, ["few_times"])

    def test_an_urgent_patient_with_no_place_is_no_reason_to_slow_down(self):
        found = planned([Demand(1, "a", 3, 2), Demand(1, "b", 1, 2)], rooms=rooms(a=0, b=9))
        assert (found.left, found.state, rules(found)) == (None, "open", [])


class TestSeveralKinds:
    def test_only_the_kind_that_is_short_is_named_and_counted(self):
        demands = [Demand(1, "a", 1, 20), Demand(1, "b", 1, 8), Demand(1, "c", 1, 30)]
        found = planned(demands, rooms=rooms(a=1, b=1, c=2))
        assert dict(found.by_type) == {"a": 8, "c": 16}
        assert rules(found) == ["few_times", "few_times"]
        assert found.left == 8 + 8 + 16

    def test_a_kind_nobody_limits_stays_free_while_another_is_short(self):
        shares = granted([Demand(1, "a", 1, 5), Demand(1, "b", 1, 5)], rooms={"a": 2}, minutes=None)
        assert [got for _, got in shares] == [2, 5]

    @pytest.mark.parametrize("replies", [Replies(), Replies(level_1_late=1)])
    def test_the_general_kind_is_told_in_every_answer(self, replies):
        house = {"rooms": rooms(a=1), "general": "a", "replies": replies}
        for wanted in (1, 99):
            assert planned([Demand(1, "a", 1, wanted)], **house).general == "a"


class TestMinutes:
    def test_what_the_graver_class_leaves_goes_to_the_next(self):
        demands = [Demand(1, "", 2, 5, 10.0), Demand(1, "", 1, 20, 10.0)]
        shares = granted(demands, rooms={}, minutes=100)
        assert [got for _, got in shares] == [5, 5]

    @pytest.mark.parametrize(
        ("minutes_each", "minutes", "got"),
        [(1.0, 4, 4), (0.5, 4, 8), (0.0, 4, 9), (0.0, 0, 9), (200.0, 199, 0), (200.0, 200, 1), (5.0, 45, 9)],
    )
    def test_nobody_is_taken_in_whom_no_minute_is_left_for(self, minutes_each, minutes, got):
        ((_, count),) = granted([Demand(1, "", 1, 9, minutes_each)], rooms={}, minutes=minutes)
        assert count == got

    def test_more_owed_than_there_is_leaves_nothing(self):
        found = planned([Demand(1, "a", 1, 9, 0.5)], rooms={}, minutes=10, minutes_owed=20)
        assert (found.left, found.state, dict(found.by_type)) == (0, "paused", {})

    def test_nothing_owed_is_not_spoken_of(self):
        found = planned([Demand(1, "a", 1, 9, 5.0)], rooms={}, minutes=10)
        assert found.reasons == (Reason("staff_minutes", "staff have 10 minutes a day for this"),)

    def test_less_than_nothing_to_share_is_nothing(self):
        assert even_shares(-3, [2, 1]) == [0, 0]


# (replies, pauses): three late ones at least, and more than a tenth of all that wait
LATE = [
    (Replies(10, 2), False),
    (Replies(2, 2), False),
    (Replies(10, 3), True),
    (Replies(30, 3), False),
    (Replies(309, 31), True),
    (Replies(310, 31), False),
]


@pytest.mark.parametrize(("replies", "pauses"), LATE)
def test_replies_past_their_time_pause_beyond_a_tenth_and_not_for_two(replies, pauses):
    found = planned([Demand(1, "a", 1, 5)], rooms={}, replies=replies)
    assert (found.state, found.left) == (("paused", 0) if pauses else ("open", None))


@pytest.mark.parametrize(
    ("free", "invited", "days", "rule", "detail"),
    [
        (5, 20, 14, "few_times", "5 free times for new patient in 14 days, 20 invited of whom 2 may be "
         "expected to book: room for 20 more"),
        (0, 30, 14, "no_times", "0 free times for new patient in 14 days, 30 invited of whom 3 may be "
         "expected to book: room for 0 more"),
        (1, 0, 1, "few_times", "1 free times for new patient in 1 day, 0 invited of whom 0 may be "
         "expected to book: room for 8 more"),
    ],
)  # fmt: skip
def test_the_reason_says_what_is_free_and_who_was_invited(free, invited, days, rule, detail):
    room = {"new_patient": Room("new_patient", free, invited, RATE)}
    found = planned([Demand(1, "new_patient", 1, 99)], CapacityPolicy(window_days=days), rooms=room)
    assert found.reasons == (Reason(rule, detail),)


class TestSecondLook:
    MORNING = Capacity(10, (Reason("few_times", "few"),), {"a": 1}, "slowed", "a")

    def test_more_than_allowed_came_in(self):
        assert of_the_day(Capacity(None), kept=self.MORNING, opened=11).left == 0

    def test_what_is_short_now_is_told_with_its_own_reason(self):
        now = Capacity(6, (Reason("staff_minutes", "staff"),), {}, "slowed")
        assert of_the_day(now, kept=self.MORNING, opened=4) == now

    def test_kinds_and_the_general_one_are_those_of_now(self):
        found = of_the_day(Capacity(None, by_type={"b": 2}, general="b"), kept=self.MORNING, opened=0)
        assert (found.left, dict(found.by_type), found.general, found.state) == (10, {"b": 2}, "b", "slowed")


class TestOfferedTimes:
    # Half hours from nine, twelve a day.
    SLOTS = times(36, a_day=12)

    @pytest.mark.parametrize(("place", "chosen"), [(0, (0, 5, 12)), (1, (1, 6, 13)), (2, (0, 5, 12))])
    def test_early_two_hours_on_and_another_day(self, place, chosen):
        found = times_for_place(self.SLOTS, place=place, groups=2)
        assert found == tuple(self.SLOTS[one] for one in chosen)

    def test_one_group_is_offered_three_days_where_there_are_three(self):
        nine, half, tomorrow, later = (self.SLOTS[one] for one in (0, 1, 12, 24))
        assert times_for_place([nine, half, tomorrow, later], place=0, groups=1) == (nine, tomorrow, later)

    def test_two_hours_to_the_minute_are_far_enough(self):
        first, second, _ = times_for_place(self.SLOTS, place=1, groups=2)
        assert second.starts_at - first.starts_at == dt.timedelta(hours=2, minutes=30)
        (_, last, _) = times_for_place(times(12, a_day=12, minutes=60), place=1, groups=2)
        assert last.starts_at == self.SLOTS[0].starts_at + dt.timedelta(hours=4)


class TestBudgetEdges:
    def test_it_looks_back_four_weeks(self):
        assert dt.timedelta(weeks=4) == LOOKS_BACK

    @pytest.mark.parametrize(
        ("batch", "verdict"),
        [
            ({"delivered": 99, "complained": 9}, "fine"),
            ({"delivered": 100, "complained": 1}, "stop"),
            ({"delivered": 99, "wrong_number": 50}, "fine"),
            ({"delivered": 100, "wrong_number": 50}, "stop"),
        ],
    )
    def test_shares_of_fewer_than_a_hundred_say_nothing(self, batch, verdict):
        assert judge_batch(Batch(**batch)).verdict == verdict

    def test_shares_are_told_of_a_hundred(self):
        (reason,) = judge_batch(Batch(delivered=100, wrong_number=40)).reasons
        assert reason.detail == "40 of 100 contacts met the wrong person (40.0 %; the limit is 5 %)"


# What docs and pages promise a practice that has said nothing (R-A193, R-E39, R-F27, R-F57).
SAID_NOTHING = {
    "window_days": 14, "slot_percent": 80, "patients_per_slot": 5, "minutes_a_day": None,
    "minutes_per_person": 120, "minutes_per_call": 6, "minutes_per_reply": 4, "minutes_per_letter": 2,
    "late_reply_percent": 10, "cents_per_staff_hour": 3000,
}  # fmt: skip
MAY_SAY = {
    "window_days": (1, 90), "slot_percent": (1, 200), "patients_per_slot": (1, 100),
    "minutes_a_day": (0, 100_000), "minutes_per_call": (1, 120), "minutes_per_reply": (1, 120),
    "minutes_per_letter": (0, 120), "minutes_per_person": (0, 480), "late_reply_percent": (1, 100),
    "cents_per_staff_hour": (0, 1_000_000),
}  # fmt: skip


def test_who_says_nothing_has_the_stated_drafts():
    policy = capacity_policy({})
    assert {key: getattr(policy, key) for key in SAID_NOTHING} == SAID_NOTHING
    assert dict(LIMITS) == MAY_SAY
    assert [policy.minutes_of(one) for one in ("phone", "letter", "sms", "email")] == [6, 2, 0, 0]


@pytest.mark.parametrize("key", sorted(set(MAY_SAY) - {"minutes_a_day"}))
def test_only_the_minutes_of_a_day_may_be_left_unsaid(key):
    with pytest.raises(CapacitySettingsInvalid, match=key) as raised:
        capacity_policy({"capacity": {key: None}})
    assert raised.value.permanent
    assert raised.value.is_for_people

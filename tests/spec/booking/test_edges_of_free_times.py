"""Free times at their edges, what a practice may set, and the three that are offered."""

import datetime as dt

import pytest

from rebook.core.booking import Diary, SlotChoice, next_times, seat_for
from rebook.core.booking.estimate import ESTIMATE_PAYERS
from rebook.core.booking.identity import LOCK_FOR, WRONG_TRIES_ALLOWED
from rebook.core.booking.policy import BookingPolicy, BookingSettingsInvalid, booking_policy
from rebook.core.booking.slots import free_slots, working_spans
from rebook.core.booking.values import Slot
from rebook.core.booking.visit_types import GENERAL_VISITS, visit_type_for

from .test_free_times import MONDAY, at, hours, offered, taken


def spans(row, starts, ends):
    return list(working_spans(row, from_at=at(starts), until_at=at(ends)))


class TestHours:
    def test_hours_that_end_as_they_begin_are_none(self):
        assert spans(hours("09:00", "09:00"), "00:00", "23:00") == []

    @pytest.mark.parametrize(
        ("starts", "ends", "count"),
        [("11:00", "12:00", 0), ("10:59", "12:00", 1), ("07:00", "09:00", 0), ("07:00", "09:01", 1)],
    )
    def test_only_a_stretch_that_is_touched_counts(self, starts, ends, count):
        assert len(spans(hours("09:00", "11:00"), starts, ends)) == count

    def test_the_same_hours_come_every_week(self):
        found = list(
            working_spans(hours(), from_at=at("00:00"), until_at=at("00:00") + dt.timedelta(days=15))
        )
        assert [start for start, _ in found] == [
            at("09:00", MONDAY + dt.timedelta(days=n)) for n in (0, 7, 14)
        ]

    def test_asked_on_a_tuesday_monday_is_the_next_one(self):
        tuesday = MONDAY + dt.timedelta(days=1)
        asked = {"from_at": at("00:00", tuesday), "until_at": at("00:00", tuesday) + dt.timedelta(days=9)}
        found = list(working_spans(hours(), **asked))
        assert [start for start, _ in found] == [at("09:00", MONDAY + dt.timedelta(days=7))]

    def test_with_two_seats_a_visit_begins_as_soon_as_one_is_free(self):
        busy = [taken("09:00", "09:10"), taken("09:00", "09:40")]
        assert offered(hours("09:00", "10:00", capacity=2), occupied=busy, minutes=20)[0] == "09:10"

    def test_a_slot_says_when_it_ends_and_where(self):
        (slot, *_) = free_slots(
            Diary((hours(),), ()), visit_type="hygiene", minutes=45, from_at=at("00:00"), until_at=at("23:00")
        )
        assert (slot.starts_at, slot.ends_at) == (at("09:00"), at("09:45"))
        assert (slot.visit_type, slot.seat, slot.time_zone) == ("hygiene", 0, "America/Chicago")

    def test_a_kind_of_visit_is_found_in_the_hours_that_are_kept_for_it(self):
        choice = SlotChoice(1, 1, at("09:00"))
        diary = Diary((hours(visit_types=("hygiene",)),), ())
        assert seat_for(diary, choice, visit_type="hygiene", minutes=30) is not None
        assert seat_for(diary, choice, visit_type="exam", minutes=30) is None


def slot(clock, day=0, practitioner=1):
    start = at(clock, MONDAY + dt.timedelta(days=day))
    return Slot(practitioner, 1, "x", start, start + dt.timedelta(minutes=30), 0, "America/Chicago")


@pytest.mark.parametrize(
    ("free", "chosen"),
    [
        # Far enough from each of those chosen, not only from one of them.
        (
            [("09:00", 0), ("09:30", 0), ("11:00", 0), ("09:00", 1)],
            [("09:00", 0), ("11:00", 0), ("09:00", 1)],
        ),
        (
            [("09:00", 0), ("09:00", 1), ("12:00", 1), ("12:00", 2)],
            [("09:00", 0), ("09:00", 1), ("12:00", 2)],
        ),
        ([("09:00", 0), ("09:30", 0)], [("09:00", 0), ("09:30", 0)]),
        ([("09:00", 0)], [("09:00", 0)]),
        ([], []),
    ],
)
def test_three_times_soon_apart_and_on_another_day(free, chosen):
    assert next_times([slot(*one) for one in free]) == tuple(slot(*one) for one in chosen)


def test_two_at_one_instant_only_where_nothing_else_is_left():
    both = [slot("09:00"), slot("09:00", practitioner=2)]
    assert next_times(both) == tuple(both)
    three = [*both, slot("09:00", practitioner=3)]
    assert next_times(three) == tuple(three)


MAY_SET = {"minimum_notice_minutes": (0, 43_200), "hold_minutes": (1, 1_440), "horizon_days": (1, 366)}


@pytest.mark.parametrize("key", sorted(MAY_SET))
def test_settings_reach_from_the_least_to_the_most(key):
    least, most = MAY_SET[key]
    for value in (least, most):
        policy = booking_policy({"booking": {key: value}})
        assert policy == BookingPolicy(
            **{
                "minimum_notice_minutes": {"minimum_notice": dt.timedelta(minutes=value)},
                "hold_minutes": {"hold_for": dt.timedelta(minutes=value)},
                "horizon_days": {"horizon": dt.timedelta(days=value)},
            }[key]
        )
    for wrong in (least - 1, most + 1, True, "5", 2.0, None):
        with pytest.raises(
            BookingSettingsInvalid, match=f"'{key}' wants a whole number from {least} to {most}"
        ):
            booking_policy({"booking": {key: wrong}})


def test_who_sets_nothing_has_the_stated_limits():
    four, sixty, ten = dt.timedelta(hours=4), dt.timedelta(days=60), dt.timedelta(minutes=10)
    assert booking_policy({}) == BookingPolicy(four, sixty, ten)
    with pytest.raises(BookingSettingsInvalid, match="know no 'colour'") as raised:
        booking_policy({"booking": {"colour": 1}})
    assert raised.value.permanent


def test_rules_of_the_law_and_the_house_are_the_stated_ones():
    # R-A107: five wrong tries lock for half an hour. R-A180: who pays alone gets an estimate.
    assert (5, dt.timedelta(minutes=30)) == (WRONG_TRIES_ALLOWED, LOCK_FOR)
    assert {"self_pay", "uninsured"} == ESTIMATE_PAYERS


@pytest.mark.parametrize("only", GENERAL_VISITS)
def test_a_reason_that_names_no_visit_takes_the_general_one_that_is_offered(only):
    assert visit_type_for(None, offered=("x", only)) == only
    assert GENERAL_VISITS == ("annual_visit", "hygiene", "dental_exam", "follow_up")
    assert visit_type_for(None, offered=tuple(reversed(GENERAL_VISITS))) == "annual_visit"

"""Free times: hours on the location's clock, minus what is taken. Tables in, answers out."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rebook.core.booking import Diary, Occupied, SlotChoice, WorkingHours, free_slots, next_times, seat_for

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = dt.date(2026, 3, 16)


def at(clock: str, day: dt.date = MONDAY, fold: int = 0) -> dt.datetime:
    local = dt.datetime.combine(day, dt.time.fromisoformat(clock), tzinfo=CHICAGO).replace(fold=fold)
    return local.astimezone(dt.UTC)


def hours(starts="09:00", ends="11:00", **values):
    defaults = {"practitioner_id": 1, "location_id": 1, "time_zone": "America/Chicago", "weekday": 0}
    return WorkingHours(
        **{**defaults, **values}, starts=dt.time.fromisoformat(starts), ends=dt.time.fromisoformat(ends)
    )


def taken(starts, ends, seat=None, practitioner=1):
    return Occupied(practitioner, at(starts), at(ends), seat)


def offered(*rows, occupied=(), minutes=30, day=MONDAY, visit_type="hygiene", days=1):
    midnight = at("00:00", day)
    slots = free_slots(
        Diary(rows, tuple(occupied)),
        visit_type=visit_type,
        minutes=minutes,
        from_at=midnight,
        until_at=midnight + dt.timedelta(days=days),
    )
    return [slot.starts_at.astimezone(CHICAGO).strftime("%H:%M") for slot in slots]


@pytest.mark.parametrize(
    ("case", "occupied", "answer"),
    [
        ("an empty morning", [], ["09:00", "09:30", "10:00", "10:30"]),
        ("one appointment", [taken("09:30", "10:00")], ["09:00", "10:00", "10:30"]),
        ("one that ends at an odd minute", [taken("09:00", "09:33")], ["09:35", "10:05"]),
        ("one that reaches in from before", [taken("08:00", "09:15")], ["09:15", "09:45", "10:15"]),
        ("back to back does not touch", [taken("08:00", "09:00"), taken("11:00", "12:00")],
         ["09:00", "09:30", "10:00", "10:30"]),
        ("somebody else's appointment", [taken("09:00", "11:00", practitioner=2)],
         ["09:00", "09:30", "10:00", "10:30"]),
        ("a full morning", [taken("09:00", "11:00", seat=0)], []),
        ("nothing fits between", [taken("09:20", "10:40")], []),
    ],
)  # fmt: skip
def test_what_is_taken_is_not_free(case, occupied, answer):
    assert offered(hours(), occupied=occupied) == answer


@pytest.mark.parametrize(
    ("case", "occupied", "answer"),
    [
        ("one of two seats claimed", [taken("09:00", "10:00", seat=0)], ["09:00"]),
        ("the other seat claimed", [taken("09:00", "10:00", seat=1)], ["09:00"]),
        ("both claimed", [taken("09:00", "10:00", seat=0), taken("09:00", "10:00", seat=1)], []),
        ("one claimed, one from elsewhere", [taken("09:00", "10:00", seat=1), taken("09:00", "10:00")], []),
        ("one seat, twice in a row", [taken("09:00", "09:30", seat=0), taken("09:30", "10:00", seat=0)],
         ["09:00"]),
        ("two from elsewhere in a row need one seat", [taken("09:00", "09:30"), taken("09:30", "10:00")],
         ["09:00"]),
        ("two from elsewhere at once need both", [taken("09:00", "10:00"), taken("09:30", "10:00")], []),
    ],
)  # fmt: skip
def test_two_seats(case, occupied, answer):
    assert offered(hours(ends="10:00", capacity=2), occupied=occupied, minutes=60) == answer


def test_everybody_gets_the_lowest_free_seat():
    choice = SlotChoice(1, 1, at("09:00"))
    diary = Diary((hours(capacity=3),), (taken("09:00", "09:30", seat=0), taken("09:00", "09:30", seat=2)))
    assert seat_for(diary, choice, visit_type="hygiene", minutes=30).seat == 1


@pytest.mark.parametrize(
    ("clock", "is_free"),
    [("09:00", True), ("09:05", True), ("10:30", True), ("10:31", False), ("08:59", False), ("13:00", False)],
)
def test_an_asked_time_must_lie_within_the_hours(clock, is_free):
    found = seat_for(Diary((hours(),)), SlotChoice(1, 1, at(clock)), visit_type="hygiene", minutes=30)
    assert (found is not None) == is_free


@pytest.mark.parametrize(
    "choice",
    [SlotChoice(2, 1, at("09:00")), SlotChoice(1, 2, at("09:00"))],
    ids=["another practitioner", "another location"],
)
def test_an_asked_time_must_be_that_practitioners_there(choice):
    assert seat_for(Diary((hours(),)), choice, visit_type="hygiene", minutes=30) is None


def test_hours_for_some_kinds_of_visit_are_not_for_others():
    only = hours(visit_types=("hygiene",))
    assert offered(only, visit_type="restorative") == []
    choice = SlotChoice(1, 1, at("09:00"))
    assert seat_for(Diary((only,)), choice, visit_type="restorative", minutes=30) is None
    assert offered(only) != []


@pytest.mark.parametrize(
    ("limits", "weeks"),
    [
        ({}, 3),
        ({"from_on": dt.date(2026, 3, 17)}, 2),
        ({"until_on": dt.date(2026, 3, 23)}, 2),
        ({"from_on": dt.date(2026, 3, 23), "until_on": dt.date(2026, 3, 23)}, 1),
        ({"until_on": dt.date(2026, 3, 15)}, 0),
    ],
)
def test_hours_that_begin_or_end_on_a_date(limits, weeks):
    assert offered(hours(ends="09:30", **limits), days=21) == ["09:00"] * weeks


def test_overlapping_hours_offer_a_time_once():
    assert offered(hours(ends="10:00"), hours(ends="10:00")) == ["09:00", "09:30"]


# In 2026 Chicago's clock goes forward on March 8 at two, and back on November 1 at two.
SPRING, AUTUMN = dt.date(2026, 3, 8), dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("day", "starts", "ends", "answer"),
    [
        (SPRING, "00:00", "04:00", ["00:00", "01:00", "03:00"]),
        (SPRING, "01:00", "02:00", ["01:00"]),
        # An hour that the clock skips has no times.
        (SPRING, "02:00", "03:00", []),
        (SPRING, "09:00", "11:00", ["09:00", "10:00"]),
        # The hour from one to two comes twice.
        (AUTUMN, "00:00", "03:00", ["00:00", "01:00", "01:00", "02:00"]),
        (AUTUMN, "09:00", "11:00", ["09:00", "10:00"]),
    ],
)
def test_days_of_23_and_25_hours(day, starts, ends, answer):
    assert offered(hours(starts, ends, weekday=6), day=day, minutes=60, days=2) == answer


def test_the_hour_that_comes_twice_is_two_different_times():
    slots = free_slots(
        Diary((hours("01:00", "02:30", weekday=6),)),
        visit_type="hygiene",
        minutes=60,
        from_at=at("00:00", AUTUMN),
        until_at=at("12:00", AUTUMN),
    )
    assert [slot.starts_at for slot in slots] == [at("01:00", AUTUMN), at("01:00", AUTUMN, fold=1)]


def test_the_edges_of_the_time_asked_about():
    diary = Diary((hours(),))
    ask = {"visit_type": "hygiene", "minutes": 30}
    found = free_slots(diary, from_at=at("09:30"), until_at=at("10:00"), **ask)
    assert [slot.starts_at for slot in found] == [at("09:30")]
    assert free_slots(diary, from_at=at("09:31"), until_at=at("10:00"), **ask) == ()


@pytest.mark.parametrize(
    ("case", "free", "answer"),
    [
        ("nothing", [], []),
        ("fewer than three", ["16 09:00", "16 09:30"], ["16 09:00", "16 09:30"]),
        ("not three of one hour", ["16 09:00", "16 09:15", "16 09:30", "16 11:00", "17 09:00"],
         ["16 09:00", "16 11:00", "17 09:00"]),
        ("soonest first, then apart, then another day",
         ["16 09:00", "16 10:30", "16 11:30", "16 14:00", "17 10:00", "18 10:00"],
         ["16 09:00", "16 11:30", "17 10:00"]),
        ("one day only", ["16 09:00", "16 09:30", "16 11:00", "16 12:00"],
         ["16 09:00", "16 09:30", "16 11:00"]),
        ("one hour only", ["16 09:00", "16 09:15", "16 09:30", "16 09:45"],
         ["16 09:00", "16 09:15", "16 09:30"]),
        ("two practitioners at the same instant count as one time",
         ["16 09:00", "16 09:00", "16 09:30", "16 10:00"], ["16 09:00", "16 09:30", "16 10:00"]),
    ],
)  # fmt: skip
def test_three_times_worth_offering(case, free, answer):
    starts = [at(one[3:], MONDAY.replace(day=int(one[:2]))) for one in free]
    diary = Diary(
        tuple(
            WorkingHours(
                practitioner_id=number,
                location_id=1,
                time_zone="America/Chicago",
                weekday=start.astimezone(CHICAGO).weekday(),
                starts=start.astimezone(CHICAGO).time(),
                ends=(start.astimezone(CHICAGO) + dt.timedelta(minutes=15)).time(),
            )
            for number, start in enumerate(starts)
        )
    )
    slots = free_slots(
        diary, visit_type="x", minutes=15, from_at=at("00:00"), until_at=at("00:00") + dt.timedelta(days=5)
    )
    chosen = [slot.starts_at.astimezone(CHICAGO).strftime("%d %H:%M") for slot in next_times(slots)]
    assert chosen == answer

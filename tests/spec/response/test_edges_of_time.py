"""Opening hours to the minute, and every word for a later day: "in two weeks", "en otoño", "next year"."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rebook.core.response.business_hours import DAYS, business_hours, due_after
from rebook.core.response.values import LEVEL_1_INTENTS, Classification, Match
from rebook.core.response.when import DEFAULT_SNOOZE_DAYS, LONGEST_SNOOZE_DAYS, snooze_until

CHICAGO = ZoneInfo("America/Chicago")
# A Monday.
MONDAY = dt.date(2026, 11, 16)


def at(hour, minute=0, day=MONDAY):
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=CHICAGO)


def hours(closed_on=(), **days):
    settings = {"business_hours": days} if days else None
    return business_hours(time_zone="America/Chicago", settings=settings, closed_on=closed_on)


class TestOpen:
    @pytest.mark.parametrize(
        ("when", "is_open"),
        [
            (at(7, 59), False),
            (at(8), True),
            (at(12), True),
            (at(16, 59), True),
            (at(17), False),
            (at(12, day=MONDAY + dt.timedelta(days=4)), True),
            (at(12, day=MONDAY + dt.timedelta(days=5)), False),
            # Still Monday evening in Chicago.
            (dt.datetime(2026, 11, 17, 0, 30, tzinfo=dt.UTC), False),
            (dt.datetime(2026, 11, 16, 22, 30, tzinfo=dt.UTC), True),
        ],
    )
    def test_monday_to_friday_eight_to_five_where_nobody_says(self, when, is_open):
        assert hours().is_open(at=when) is is_open

    def test_a_closed_day_is_closed(self):
        assert hours(closed_on=[MONDAY]).is_open(at=at(12)) is False

    @pytest.mark.parametrize(("place", "key"), list(enumerate(DAYS)))
    def test_every_day_has_its_own_hours(self, place, key):
        day = MONDAY + dt.timedelta(days=place)
        own = hours(**{key: ["20:00", "21:00"]})
        assert own.is_open(at=at(20, day=day))
        assert not own.is_open(at=at(12, day=day))

    def test_hours_that_end_as_they_begin_are_not_understood(self):
        assert hours(mon=["09:00", "09:00"]).is_open(at=at(8))
        assert hours(mon=["09:00", "08:00"]).is_open(at=at(8))
        assert not hours(mon=None).is_open(at=at(8))

    def test_who_is_never_open_is_taken_to_keep_usual_hours(self):
        never = hours(**dict.fromkeys(DAYS))
        assert never.is_open(at=at(8))
        assert not never.is_open(at=at(8, day=MONDAY + dt.timedelta(days=6)))

    def test_settings_that_are_no_table_are_left_alone(self):
        assert business_hours(time_zone="UTC", settings={"business_hours": ["mon"]}).days == hours().days


class TestDue:
    @pytest.mark.parametrize(
        ("minutes", "due"), [(0, at(20)), (-5, at(20)), (1, at(8, 1, MONDAY + dt.timedelta(1)))]
    )
    def test_at_once_is_at_once_and_a_minute_is_of_opening_time(self, minutes, due):
        assert due_after(start=at(20), minutes=minutes, hours=hours()) == due

    @pytest.mark.parametrize(("closed", "opens"), [(59, True), (60, False)])
    def test_after_two_months_without_an_open_day_the_search_ends(self, closed, opens):
        every_day = {key: ["08:00", "17:00"] for key in DAYS}
        days = [MONDAY + dt.timedelta(days=number) for number in range(closed)]
        due = due_after(start=at(9), minutes=30, hours=hours(closed_on=days, **every_day))
        assert due == (at(8, 30, MONDAY + dt.timedelta(days=59)) if opens else at(9, 30))


NUMBERS = {
    1: "a an one un una", 2: "two couple dos", 3: "three few tres unos unas", 4: "four cuatro",
    5: "five cinco", 6: "six seis", 8: "eight ocho", 10: "ten diez", 12: "12",
}  # fmt: skip
UNITS = {
    1: "day days dia dias", 7: "week weeks semana semanas", 30: "month months mes meses",
    365: "year years ano anos",
}  # fmt: skip
MONTHS = [
    "january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo",
    "june jun junio", "july jul julio", "august aug agosto", "september sept sep septiembre",
    "october oct octubre", "november nov noviembre", "december dec diciembre",
]  # fmt: skip
SEASONS = {3: "spring primavera", 6: "summer verano", 9: "fall autumn otono", 12: "winter invierno"}


def until(words, today=MONDAY):
    return snooze_until(f" {words} ", today=today)


def words_of(table):
    return [(value, word) for value, words in table.items() for word in words.split()]


@pytest.mark.parametrize(("count", "word"), words_of(NUMBERS))
def test_every_number_counts(count, word):
    assert until(f"in {word} days") == MONDAY + dt.timedelta(days=count)


@pytest.mark.parametrize(("days", "word"), words_of(UNITS))
def test_every_unit_counts(days, word):
    # Two of each but the year: who names no day waits thirty as well.
    count = 1 if days == 365 else 2
    assert until(f"en {count} {word}") == MONDAY + dt.timedelta(days=count * days)


@pytest.mark.parametrize(("month", "word"), words_of(dict(enumerate(MONTHS, 1))))
def test_every_month_is_the_next_of_its_name(month, word):
    year = 2026 if month > 11 else 2027
    assert until(f"in {word}") == dt.date(year, month, 1)


@pytest.mark.parametrize(("month", "word"), words_of(SEASONS))
def test_every_season_begins_with_its_month(month, word):
    assert until(f"next {word}") == dt.date(2026 if month > 11 else 2027, month, 1)


@pytest.mark.parametrize(
    ("words", "today", "expected"),
    [
        # Today's own date is a year off, and 29 February its last day in other years.
        ("until november 16", MONDAY, dt.date(2027, 11, 16)),
        ("until november 17", MONDAY, dt.date(2026, 11, 17)),
        ("until november 15", MONDAY, dt.date(2027, 11, 15)),
        ("in november 0", MONDAY, dt.date(2027, 11, 1)),
        ("en febrero 31", dt.date(2028, 1, 5), dt.date(2028, 2, 29)),
        ("next month", dt.date(2026, 1, 31), dt.date(2026, 2, 1)),
        ("next month", dt.date(2026, 12, 1), dt.date(2027, 1, 1)),
        ("next week", MONDAY, MONDAY + dt.timedelta(days=7)),
        ("next week", MONDAY + dt.timedelta(days=6), MONDAY + dt.timedelta(days=7)),
        ("el ano que viene", MONDAY, dt.date(2027, 1, 5)),
        ("despues de navidad", MONDAY, dt.date(2027, 1, 5)),
        ("in 0 days", MONDAY, MONDAY + dt.timedelta(days=1)),
        ("in 400 days", MONDAY, MONDAY + dt.timedelta(days=400)),
        ("in 401 days", MONDAY, MONDAY + dt.timedelta(days=400)),
        ("some day", MONDAY, MONDAY + dt.timedelta(days=30)),
    ],
)
def test_until_when(words, today, expected):
    assert until(words, today) == expected
    assert (DEFAULT_SNOOZE_DAYS, LONGEST_SNOOZE_DAYS) == (30, 400)


class TestClassification:
    CLINICAL = Match("clinical", "en.pain", 2, "R-E1", "en")
    COST = Match("cost", "en.cost", 3, "R-E2", "en", barrier="cost")
    READ = Classification(
        (CLINICAL, COST, Match("cost", "en.bill", 3, "R-E2", "en", barrier="insurance")), "en"
    )

    def test_what_is_told_of_it(self):
        assert (self.READ.first, self.READ.level) == ("clinical", 2)
        assert self.READ.intents == ("clinical", "cost")
        assert self.READ.rules == ("en.pain", "en.cost", "en.bill")
        assert self.READ.barrier == "cost"
        assert (self.READ.has("cost"), self.READ.has("book")) == (True, False)
        assert self.READ.of("clinical") == (self.CLINICAL,)
        assert len(self.READ.of("cost")) == 2

    def test_what_is_kept_holds_keys_and_no_words(self):
        assert self.CLINICAL.as_json() == {"intent": "clinical", "level": 2, "matched": "en.pain"}

    def test_danger_is_the_stated_three(self):
        assert {"emergency", "crisis", "abuse"} == LEVEL_1_INTENTS

"""Whether arms came out evenly, how long a test takes, the interval of a look, and what was really got."""

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from rebook.core.outreach.experiment import ALPHA, arm_of, plan_test
from rebook.core.outreach.experiment_interval import repeated_interval, wilson_at
from rebook.core.outreach.experiment_pace import HALF_A_YEAR, Pace, smallest_shown, weeks_to_answer
from rebook.core.outreach.experiment_received import (
    FirstContact,
    got_of_step,
    got_of_text,
    received_by_arm,
)
from rebook.core.outreach.experiment_split import UNEVEN, split_of
from rebook.core.outreach.experiment_steps import arms_of_step
from rebook.core.outreach.sequence import Sequence, Step


@given(st.lists(st.integers(0, 5_000), min_size=2, max_size=4).filter(any))
def test_the_split_is_judged_as_by_the_library(sizes):
    found = split_of(sizes)
    assert found.chance == pytest.approx(chisquare(sizes).pvalue, abs=1e-9)


@pytest.mark.parametrize(
    ("sizes", "uneven"),
    [
        ((500, 500), False),
        ((520, 480), False),
        ((450, 550), False),
        ((440, 560), True),
        ((1_000, 1_000, 850), True),
        ((0, 0), False),
        ((0, 10), False),
        ((0, 11), True),
    ],
)
def test_a_split_that_chance_does_not_make_is_told(sizes, uneven):
    assert split_of(sizes).is_uneven is uneven


@pytest.mark.parametrize("wrong", [(5,), (), (5, -1)])
def test_what_is_no_split_is_refused(wrong):
    with pytest.raises(ValueError, match="two arms"):
        split_of(wrong)


def test_a_sound_draw_is_called_uneven_about_once_in_a_thousand_tests():
    one = plan_test(
        element="day_part", metric="booked", variants=["evening"], baseline=0.1, effect=0.1, looks=1
    )
    called = 0
    for test in range(2_000):
        drawn = [arm_of(f"patient:{number}", plan=one, salt=f"1:{test}") for number in range(400)]
        called += split_of([drawn.count(arm) for arm in one.arms]).is_uneven
    # Two are expected; more than nine come by chance once in 20,000 runs.
    assert called / 2_000 <= 9 / 2_000
    assert UNEVEN == 0.001


def test_a_broken_draw_is_found_soon():
    """One in ten of an arm lost on the way: the fault that this is for."""
    one = plan_test(
        element="channel", metric="booked", variants=["email"], baseline=0.1, effect=0.05, looks=1
    )
    chance = random.Random(7)
    drawn = [arm_of(f"patient:{number}", plan=one, salt="1:1") for number in range(6_000)]
    kept = [arm for arm in drawn if arm == "" or chance.random() < 0.9]
    assert split_of([kept.count(arm) for arm in one.arms]).is_uneven


def plan(**changes):
    asked = {"element": "day_part", "metric": "booked", "variants": ["evening"], "looks": 3}
    return plan_test(**{"baseline": 0.1, "effect": 0.05, **asked, **changes})


@pytest.mark.parametrize(
    ("per_day", "drawn", "metric", "weeks"),
    [
        # 2 x 692 patients at 46 a day take 30 days and a half, and the last has 30 days to book.
        (46, 0, "booked", 9),
        (46, 692, "booked", 5),
        (46, 10_000, "responded", 2),
        (0, 0, "booked", None),
        (0, 10_000, "booked", 5),
    ],
)
def test_weeks_until_the_last_look(per_day, drawn, metric, weeks):
    one = plan(metric=metric)
    assert 680 < one.per_arm < 710
    assert weeks_to_answer(one, Pace(per_day, is_own=True), drawn=drawn) == weeks


@pytest.mark.parametrize(
    ("per_day", "variants"), [(1, ["evening"]), (6, ["evening"]), (6, ["midday", "evening"])]
)
def test_what_half_a_year_shows_takes_half_a_year_and_a_little_less_takes_longer(per_day, variants):
    pace = Pace(per_day, is_own=True)
    found = smallest_shown(plan(variants=variants), pace)
    assert weeks_to_answer(plan(variants=variants, effect=found), pace) <= HALF_A_YEAR
    assert weeks_to_answer(plan(variants=variants, effect=found - 0.005), pace) >= HALF_A_YEAR


def test_where_nobody_comes_by_half_a_year_shows_nothing():
    assert smallest_shown(plan(), Pace(0, is_own=True)) is None


@pytest.mark.parametrize(("days", "weeks"), [(0, 5), (9, 3), (24, 1), (29, 1), (40, 1)])
def test_once_every_arm_has_its_size_only_the_time_to_answer_is_left(days, weeks):
    full_for = dt.timedelta(days=days)
    assert weeks_to_answer(plan(), Pace(0, is_own=True), drawn=700, full_for=full_for) == weeks


@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 300), st.integers(1, 300))
def test_the_interval_at_the_plain_bound_is_newcombes(won, more, other_won, other_more):
    among, other_among = won + more, other_won + other_more
    found = repeated_interval(won, among, other_won, other_among, bound=1.959964)
    low, high = confint_proportions_2indep(
        won, among, other_won, other_among, method="newcomb", compare="diff", alpha=ALPHA
    )
    assert found == pytest.approx((won / among - other_won / other_among, low, high), abs=1e-6)
    assert wilson_at(won, among, z=1.959964) == pytest.approx(
        proportion_confint(won, among, alpha=ALPHA, method="wilson"), abs=1e-6
    )


@given(st.floats(1.96, 5.0), st.integers(1, 99))
def test_a_higher_bound_is_a_wider_interval(bound, won):
    narrow = repeated_interval(won, 100, 30, 100, bound=bound)
    wide = repeated_interval(won, 100, 30, 100, bound=bound + 0.5)
    assert wide[1] < narrow[1] < narrow[2] < wide[2]


STEPS = Sequence(
    "own.two", (Step(0, "sms", 0, fallbacks=("email",)), Step(1, "email", 4, day_part="morning"))
)
ZONE = "America/New_York"


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


GOT = [
    ("day_part", "evening", "", {"sent_at": at("2026-11-18 09:10")}, "as_drawn"),
    ("day_part", "evening", "evening", {"sent_at": at("2026-11-18 09:10")}, "otherwise"),
    ("day_part", "evening", "evening", {"sent_at": at("2026-11-18 18:10")}, "as_drawn"),
    ("day_part", "evening", "evening", {"sent_at": None}, "nothing"),
    ("channel", "phone", "phone", {"sent_at": at("2026-11-18 09:10"), "channel": "phone"}, "as_drawn"),
    ("channel", "phone", "phone", {"sent_at": at("2026-11-18 09:10"), "channel": "email"}, "otherwise"),
    (
        "delay",
        "7",
        "7",
        {"sent_at": at("2026-11-18 09:10"), "due_at": at("2026-11-18 09:00")},
        "as_drawn",
    ),
    (
        "delay",
        "7",
        "7",
        {"sent_at": at("2026-11-20 09:10"), "due_at": at("2026-11-18 09:00")},
        "otherwise",
    ),
]


@pytest.mark.parametrize(("element", "variant", "arm", "facts", "got"), GOT)
def test_what_was_got_beside_what_was_drawn(element, variant, arm, facts, got):
    arms = arms_of_step(STEPS, position=1, element=element, variants=[variant])
    assert got_of_step(FirstContact(arm, zone=ZONE, **facts), arms, element) == got


def test_of_a_text_the_words_that_were_stated_count():
    hashes = {"": {"main"}, "b": {"other"}}
    sent = at("2026-11-18 09:10")
    assert got_of_text(FirstContact("b", sent, template_hash="other"), hashes) == "as_drawn"
    assert got_of_text(FirstContact("b", sent, template_hash="main"), hashes) == "otherwise"
    assert got_of_text(FirstContact("b", None), hashes) == "nothing"


def test_an_arm_that_mostly_got_something_else_is_thin():
    got = (
        [("", "as_drawn")] * 10 + [("b", "as_drawn")] * 7 + [("b", "otherwise")] * 3 + [("b", "nothing")] * 90
    )
    main, other = received_by_arm(("", "b"), got)
    assert (main.as_drawn, main.is_thin) == (10, False)
    assert (other.as_drawn, other.otherwise, other.nothing, other.is_thin) == (7, 3, 90, True)

"""How a test stands, in plain language."""

from dataclasses import asdict

import pytest

from rebook.core.outreach.experiment import ArmCount, judge, plan_test
from rebook.core.outreach.experiment_words import arm_words, can_show, points, standing


def plan(element="day_part", variants=("evening",), **changes):
    asked = {"element": element, "metric": "booked", "variants": variants, "looks": 3}
    return plan_test(**{"baseline": 0.1, "effect": 0.05, **asked, **changes})


def look(one, number, main, other):
    size = one.look_sizes[number - 1]
    counts = [ArmCount("", size, round(size * main)), ArmCount("evening", size, round(size * other))]
    return {**asdict(judge(one, counts, look=number)), "counts": [asdict(count) for count in counts]}


@pytest.mark.parametrize(
    ("element", "variants", "names"),
    [
        ("subject", ("b", "c"), ["Main text", "Wording B", "Wording C"]),
        ("day_part", ("morning", "midday"), ["As it is now", "In the morning", "Around noon"]),
        ("delay", ("0", "1", "7"), ["As it is now", "On the same day", "After 1 day", "After 7 days"]),
        ("channel", ("phone", "email"), ["As it is now", "A call first", "An e-mail first"]),
    ],
)
def test_what_arms_are_called(element, variants, names):
    assert list(arm_words(plan(element, variants)).values()) == names


@pytest.mark.parametrize(("share", "said"), [(0.05, "5"), (0.075, "7.5"), (0.1, "10"), (0.333, "33.3")])
def test_points(share, said):
    assert points(share) == said


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (6, "can show 5 points or more after about 6 weeks"),
        (1, "can show 5 points or more after about 1 week"),
        (27, "would take about 27 weeks to show 5 points or more"),
        (None, "can show 5 points or more, but nobody comes by what is tested"),
    ],
)
def test_what_a_test_can_show(weeks, said):
    assert can_show(plan(), weeks) == said


def test_who_would_wait_longer_than_half_a_year_hears_what_that_would_show():
    assert can_show(plan(), 144, within=0.12).endswith(
        "144 weeks to show 5 points or more; half a year shows 12 points or more"
    )


def test_how_it_stands_before_and_between_looks():
    one = plan()
    assert standing(one, "running", [], 6) == (
        "Nothing to see yet; this test can show 5 points or more after about 6 weeks."
    )
    seen = [look(one, 1, 0.10, 0.12)]
    assert standing(one, "running", seen, 3) == (
        "No difference shown yet; this test can show 5 points or more after about 3 weeks."
    )
    assert standing(one, "ended", seen, None).endswith("it was ended before its last look.")
    assert standing(one, "ended", [], None) == "Ended before its first look: it says nothing."


def test_what_was_found_is_said_with_both_rates_and_the_interval():
    one = plan()
    said = standing(one, "found", [look(one, 3, 0.10, 0.18)], None)
    assert said.startswith("More patients booked with \u201cIn the evening\u201d: ")
    assert "in a hundred against 10 with \u201cAs it is now\u201d" in said
    worse = standing(one, "found", [look(one, 3, 0.18, 0.08)], None)
    assert worse.startswith("Fewer patients booked")
    assert "between -" not in worse


def test_no_difference_says_what_would_have_been_found():
    one = plan()
    said = standing(one, "found", [look(one, 3, 0.10, 0.105)], None)
    assert said.startswith("No difference was shown.")
    assert "One of 5 points" in said

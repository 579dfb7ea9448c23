"""Points of competing series, condition by condition (CDSi tables 8-7, 8-9, 8-11)."""

from datetime import date

import pytest

from rebook.core.immunisation.evaluate import evaluate
from rebook.core.immunisation.forecast import forecast
from rebook.core.immunisation.progress import Question
from rebook.core.immunisation.score import has_all_valid, is_completable, is_product, scores
from support.immunisation import ALPHA, ALPHA_OLD, age, gap, person, schedule, series, target

WAIT = [gap("4 weeks", "4 weeks")]


def judged(who, as_of, *members):
    """The series as ``scores`` gets them, by name."""
    plan = schedule(*members)
    question = Question(plan, who, date.fromisoformat(as_of))
    antigen = plan.antigens["Alpha"]
    return [forecast(evaluate(question, one), antigen) for one in antigen.series]


def points(who, as_of, *members):
    found = judged(who, as_of, *members)
    return {one.progress.series.name: score for one, score in scores(found)}


def doses(*numbers, codes=(ALPHA,), **more):
    return [target(number, codes=codes, gaps=WAIT if number > 1 else (), **more) for number in numbers]


def one(name, *targets, **more):
    return series(*targets, name=name, is_default=False, **more)


def test_complete_series_by_their_valid_doses():
    """+1 for the most alone, -1 for fewer; nothing for sharing the most."""
    who = person("2020-03-01", "2020-04-01")
    assert points(who, "2021-01-01", one("A", target(1)), one("B", *doses(1, 2))) == {"A": -1, "B": 1}
    assert points(who, "2021-01-01", one("A", *doses(1, 2)), one("B", *doses(1, 2))) == {"A": 0, "B": 0}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Alike in everything: only completable (+3) and not a product (-2) count; the rest is shared.
        ({}, {}, {"A": 1, "B": 1}),
        # A product with all valid doses: +2 instead of -2.
        ({"is_product": True}, {}, {"A": 5, "B": 1}),
    ],
)
def test_series_in_process_that_are_alike(first, second, expected):
    who = person("2020-03-01")
    found = points(who, "2020-03-01", one("A", *doses(1, 2, 3), **first), one("B", *doses(1, 2, 3), **second))
    assert found == expected


def test_fewer_doses_left_is_closest_and_can_finish_earliest():
    """A: completable +3, no product -2, most valid 0, closest +2, earliest +1; B: +3 -2 0 -2 -1."""
    short = one("A", *doses(1, 2))
    long = one("B", target(1), target(2, gaps=WAIT), target(3, gaps=[gap("", "6 months")]))
    assert points(person("2020-03-01"), "2020-03-01", short, long) == {"A": 4, "B": -2}


def test_most_valid_doses():
    """B has a second valid dose, and as many left as A."""
    who = person("2020-03-01", ("2020-05-01", ALPHA_OLD))
    first = one("A", target(1), target(2, gaps=WAIT), target(3, gaps=WAIT))
    second = one(
        "B", target(1), target(2, codes=(ALPHA_OLD,), gaps=WAIT), target(3, gaps=WAIT), target(4, gaps=WAIT)
    )
    # A: +3 -2 -2 0, and the first to finish shared; B: +3 -2 +2 0.
    assert points(who, "2020-05-01", first, second) == {"A": -1, "B": 3}


def test_a_series_that_cannot_be_finished():
    who = person("2020-03-01")
    late = one(
        "A",
        target(1),
        target(2, gaps=WAIT),
        target(3, gaps=[gap("", "6 months")], ages=[age(most="8 months")]),
    )
    fine = one("B", target(1), target(2, gaps=WAIT), target(3, gaps=[gap("", "6 months")]))
    found = {f.progress.series.name: f for f in judged(who, "2020-03-01", late, fine)}
    assert (is_completable(found["A"]), is_completable(found["B"])) == (False, True)
    assert points(who, "2020-03-01", late, fine) == {"A": -3 - 2 + 0 + 0 - 1, "B": 3 - 2 + 0 + 0 + 1}


def test_without_valid_doses_a_product_is_a_drawback():
    """Start earliest +1 alone, completable +1, product -1."""
    early = one("A", *doses(1, 2), is_product=True)
    late = one("B", target(1, ages=[age("", "6 weeks")]), target(2))
    assert points(person(), "2020-01-01", early, late) == {"A": 1 + 1 - 1, "B": -1 + 1 + 1}
    assert points(person(), "2020-01-01", one("A", *doses(1)), one("B", *doses(1))) == {"A": 2, "B": 2}


def test_nothing_can_start_when_all_have_aged_out():
    old = one("A", target(1, ages=[age(most="1 month")]))
    older = one("B", target(1, ages=[age(most="2 months")]), is_product=True)
    assert points(person(), "2021-01-01", old, older) == {"A": -1 - 1 + 1, "B": -1 - 1 - 1}


def test_all_valid_looks_only_at_doses_held_against_a_target():
    (done,) = judged(person("2020-03-01", "2020-04-01"), "2020-05-01", one("A", target(1)))
    (spoiled,) = judged(person("2020-03-01", "2020-03-02"), "2020-05-01", one("A", *doses(1, 2, 3)))
    assert (has_all_valid(done), has_all_valid(spoiled), is_product(done)) == (True, False, False)

"""Missed visits: what is looked at, what was known when, trees as numbers, and the gate."""

import json
from dataclasses import fields

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from rebook.analytics.likelihood import showing, trees
from rebook.analytics.likelihood.diary import (
    FACTS,
    NOT_USED,
    Background,
    Diary,
    DiaryInvalid,
    background,
    diary,
    facts,
)

OF = Background(0.2, {"exam": 0.1})


def appointments(*rows, is_past=None):
    """Rows of (patient, day, booked, kind, missed)."""
    names = ("patient", "day", "booked", "kind", "missed")
    return diary(**dict(zip(names, zip(*rows, strict=True), strict=True)), is_past=is_past)


def invented(count, *, seed=1, effect=0.5):
    chance = np.random.default_rng(seed)
    lead = chance.integers(0, 60, count)
    day = chance.integers(100, 800, count)
    return diary(
        patient=chance.integers(0, count // 12 + 1, count),
        day=day,
        booked=day - lead,
        kind=chance.choice(["exam", "cleaning"], count),
        missed=(chance.random(count) < 0.05 + effect * lead / 60).astype(float),
    )


def test_only_visits_that_had_passed_at_booking_count():
    rows = appointments(
        (1, 10, 5, "exam", 1.0),
        (1, 20, 12, "exam", 0.0),
        (1, 30, 15, "cleaning", 1.0),
        (2, 30, 29, "exam", 0.0),
    )
    values = facts(rows, known=rows, of=OF)
    names = list(FACTS)
    told = [dict(zip(names, line, strict=True)) for line in values.tolist()]
    assert [one["missed_before"] for one in told] == [0, 1, 1, 0]
    # The visit of day 20 was still to come when the third was booked on day 15.
    assert [one["kept_before"] for one in told] == [0, 0, 0, 0]
    assert [one["lead_days"] for one in told] == [5, 8, 15, 1]
    assert [one["visit_type"] for one in told] == [0.1, 0.1, 0.2, 0.1]
    assert told[0]["missed_share"] == pytest.approx(0.2)
    assert told[1]["missed_share"] == pytest.approx((1 + 5 * 0.2) / 6)


def test_its_own_outcome_and_what_comes_later_change_nothing():
    rows = invented(600)
    other = diary(
        patient=rows.patient, day=rows.day, booked=rows.booked, kind=rows.kind, missed=1 - rows.missed
    )
    last = rows.day.max()
    mine = facts(rows.part(rows.booked <= rows.day.min()), known=rows, of=OF)
    theirs = facts(rows.part(rows.booked <= rows.day.min()), known=other, of=OF)
    assert mine.tolist() == theirs.tolist()
    assert last > rows.day.min()


def test_a_booking_after_its_visit_counts_as_made_on_the_day():
    assert (
        facts(appointments((1, 10, 14, "exam", 0.0)), known=appointments((1, 10, 14, "exam", 0.0)), of=OF)[
            0, 0
        ]
        == 0
    )


def test_coming_visits_are_no_past():
    known = appointments((1, 10, 5, "exam", 1.0), (1, 20, 5, "exam", 1.0), is_past=[True, False])
    asked = appointments((1, 40, 30, "exam", 0.0))
    assert facts(asked, known=known, of=OF)[0, 3] == 1


def test_nothing_protected_has_a_place_to_stand():
    told = {one.name for one in fields(Diary)}
    assert told == {"patient", "day", "booked", "kind", "missed", "is_past", "row"}
    assert set(FACTS) == {
        "lead_days",
        "weekday",
        "visit_type",
        "missed_before",
        "kept_before",
        "missed_share",
    }
    assert {"sex", "language", "payer or insurance", "age"} <= set(NOT_USED)


def test_kinds_rarely_seen_are_drawn_to_the_whole():
    rows = appointments(*[(n, n, n, "exam", 0.0) for n in range(79)], (99, 5, 5, "rare", 1.0))
    of = background(rows)
    assert of.share == pytest.approx(1 / 80)
    assert of.by_kind["rare"] < 0.1
    assert of.by_kind["exam"] < of.share


@pytest.mark.parametrize("day", [[1, 2], []])
def test_columns_of_unlike_length_are_refused(day):
    with pytest.raises(DiaryInvalid):
        diary(
            patient=[1] if day else [],
            day=day,
            booked=[1] if day else [],
            kind=["x"] if day else [],
            missed=day,
        )


def test_trees_read_with_numpy_say_what_scikit_learn_says():
    rows = invented(4_000)
    values = facts(rows, known=rows, of=background(rows))
    model = trees.grow(values=values, happened=rows.missed)
    same = HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.06,
        max_leaf_nodes=8,
        min_samples_leaf=80,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    ).fit(values, rows.missed)
    theirs = same.predict_proba(values)[:, 1]
    assert trees.chances(model=model, values=values) == pytest.approx(theirs, abs=1e-9)
    again = trees.from_json(json.loads(json.dumps(model.as_json())))
    assert trees.chances(model=again, values=values) == pytest.approx(theirs, abs=1e-4)


def test_trees_that_earn_it_are_used_and_can_be_kept_as_json():
    rows = invented(9_000)
    choice = showing.choose(rows)
    assert choice.chosen == "boosting", choice.reason
    assert choice.boosting.is_calibrated
    assert choice.boosting.auc > choice.missed_before.auc
    assert choice.boosting.brier < choice.base_brier
    assert choice.judged.day.min() > np.quantile(rows.day, 0.79)
    kept = showing.from_json(json.loads(json.dumps(choice.model.as_json())))
    some = rows.part(slice(0, 50))
    mine = showing.chances(model=choice.model, rows=some, known=rows)
    assert showing.chances(model=kept, rows=some, known=rows) == pytest.approx(mine, abs=1e-4)
    assert showing.choose(invented(9_000)).model.as_json() == choice.model.as_json()


def test_trees_that_foresee_nothing_are_not_used():
    choice = showing.choose(invented(6_000, effect=0.0, seed=3))
    assert choice.chosen == "rate"
    assert "do not earn it" in choice.reason


@pytest.mark.parametrize(("count", "effect"), [(500, 0.5), (2_500, -0.05)])
def test_too_few_visits_or_misses_are_said_to_be_too_few(count, effect):
    choice = showing.choose(invented(count, effect=effect))
    assert (choice.chosen, choice.model) == ("rate", None)
    assert "are too few (at least 2000, and 200 of them missed)" in choice.reason

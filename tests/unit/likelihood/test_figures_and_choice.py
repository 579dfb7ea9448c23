"""Areas, calibration and the gate: which model may be believed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from rebook.analytics.likelihood import competing, logistic
from rebook.analytics.likelihood.bgnbd_fit import UnableToFit
from rebook.analytics.likelihood.correction import NO_CORRECTION, Correction, measured
from rebook.analytics.likelihood.figures import auc_difference, auc_of, figures
from rebook.analytics.likelihood.histories import histories
from rebook.analytics.likelihood.visitlog import panel, thinned, visit_log

OUTCOMES = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=4, max_size=60).filter(
    lambda rows: len({came for _, came in rows}) == 2
)


@given(rows=OUTCOMES)
def test_the_area_is_that_of_scikit_learn(rows):
    scores, came = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    area, error = auc_of(scores=scores, came=came)
    assert area == pytest.approx(roc_auc_score(came, scores))
    assert error >= 0


def test_the_standard_error_is_that_of_the_bootstrap():
    chance = np.random.default_rng(5)
    came = (chance.random(900) < 0.3).astype(float)
    scores = came + chance.normal(0, 1.2, 900)
    others = came + chance.normal(0, 2.0, 900)
    areas, differences = [], []
    for _ in range(500):
        some = chance.integers(0, 900, 900)
        one = roc_auc_score(came[some], scores[some])
        areas.append(one)
        differences.append(one - roc_auc_score(came[some], others[some]))
    assert auc_of(scores=scores, came=came)[1] == pytest.approx(np.std(areas), rel=0.15)
    by, error = auc_difference(scores=scores, others=others, came=came)
    assert by == pytest.approx(np.mean(differences), abs=0.01)
    assert error == pytest.approx(np.std(differences), rel=0.15)


def test_chances_that_come_true_are_calibrated_and_others_are_not():
    chance = np.random.default_rng(6)
    said = chance.uniform(0.02, 0.9, 20_000)
    came = (chance.random(20_000) < said).astype(float)
    good = figures(chances=said, came=came)
    assert good.is_calibrated
    assert (good.slope, good.intercept) == (pytest.approx(1, abs=0.05), pytest.approx(0, abs=0.05))
    assert good.brier == pytest.approx(brier_score_loss(came, said))
    assert sum(one.count for one in good.bins) == 20_000
    assert len(good.bins) == 10
    assert good.auc_interval[0] < good.auc < good.auc_interval[1]
    for bad in (said / 2, said**3, np.clip(said + 0.2, 0, 1)):
        assert not figures(chances=bad, came=came).is_calibrated


def test_figures_need_both_outcomes():
    with pytest.raises(ValueError, match="somebody who came"):
        figures(chances=np.array([0.2, 0.3]), came=np.array([1.0, 1.0]))


def test_a_correction_sets_right_and_changes_no_order():
    chance = np.random.default_rng(7)
    said = chance.uniform(0.02, 0.9, 20_000)
    came = (chance.random(20_000) < said).astype(float)
    found = measured(chances=said**3, came=came)
    right = found.applied(said**3)
    assert not figures(chances=said**3, came=came).is_calibrated
    assert figures(chances=right, came=came).slope == pytest.approx(1, abs=0.01)
    assert (np.argsort(right) == np.argsort(said**3)).all()
    assert NO_CORRECTION.applied(said) is said
    assert measured(chances=said[:60], came=came[:60]) == NO_CORRECTION
    assert measured(chances=1 - said, came=came) == NO_CORRECTION
    assert Correction(0.5, 1).applied(np.array([0.5]))[0] > 0.6


def test_the_logistic_weights_are_those_of_scikit_learn():
    chance = np.random.default_rng(8)
    values = chance.normal(3, 2, (3_000, 2)) * [1, 40]
    came = (chance.random(3_000) < 1 / (1 + np.exp(-(values[:, 0] - 3)))).astype(float)
    mine = logistic.fit(facts=("visits", "age"), values=values, came=came)
    theirs = LogisticRegression(C=1e6, max_iter=5_000).fit(values, came)
    assert mine.weights == pytest.approx(theirs.coef_[0], rel=0.01, abs=1e-4)
    again = logistic.from_json(mine.as_json())
    assert again == mine
    with pytest.raises(UnableToFit):
        logistic.fit(facts=("visits",), values=values[:, :1], came=np.ones(3_000))


def test_a_fact_that_never_moves_weighs_nothing():
    values = np.column_stack([np.arange(100.0), np.full(100, 7.0)])
    made = logistic.fit(facts=("visits", "ahead"), values=values, came=(np.arange(100) % 3 == 0) * 1.0)
    assert made.weights[1] == 0


class TestPanel:
    log = visit_log(patient_ids=[1, 1, 1, 2, 3, 3, 1], days=[0, 14, 14, 5, 20, 30, 28])

    def test_two_visits_on_a_day_are_one(self):
        assert self.log.days.tolist() == [0, 14, 28, 5, 20, 30]
        assert self.log.patients.tolist() == [1, 2, 3]

    def test_only_what_was_known_by_the_day(self):
        seen = panel(log=self.log, on=20, days=9)
        # Patient 3 came on the very day: nothing is known of them yet.
        assert seen.patients.tolist() == [1, 2]
        assert seen.rows.repeats.tolist() == [1, 0]
        assert seen.rows.last_week.tolist() == [2, 0]
        assert seen.rows.age_weeks.tolist() == [20 / 7, 15 / 7]
        assert seen.returned.tolist() == [1, 0]
        assert panel(log=self.log, on=20, days=7).returned.tolist() == [0, 0]

    def test_a_sample_is_regular(self):
        some = thinned(log=self.log, most=2)
        assert (some.patients.tolist(), some.starts.tolist()) == ([1, 3], [0, 3, 5])
        assert some.days.tolist() == [0, 14, 28, 20, 30]
        assert thinned(log=self.log, most=3) is self.log
        seen = panel(log=some, on=40, days=1)
        assert seen.rows.repeats.tolist() == [2, 1]


def visits_of(patients, *, seed, rates, years=3):
    """Ids and days of patients who come at ``rates(chance)`` a day, all their life."""
    chance = np.random.default_rng(seed)
    ids, days = [], []
    for patient in range(patients):
        rate, day = rates(chance), chance.uniform(0, 300)
        while day < 365 * years:
            ids.append(patient)
            days.append(int(day))
            day += chance.exponential(1 / rate) + 1
    return visit_log(patient_ids=ids, days=days)


def test_a_model_that_beats_recency_and_comes_true_is_used():
    log = visits_of(1_500, seed=1, rates=lambda chance: chance.gamma(0.7, 1 / 90))
    choice = competing.choose(log=log, until=365 * 3, days=120)
    used = next(one for one in choice.judged if one.name == choice.chosen)
    assert choice.chosen != "recency"
    assert used.beats_recency
    assert used.held_back.is_calibrated
    assert "is used: AUC" in choice.reason
    assert competing.choose(log=log, until=365 * 3, days=120) == choice
    model = competing.fit(name=choice.chosen, log=log, until=900, days=120)
    rows = panel(log=log, on=900, days=0).rows
    again = competing.from_json(choice.chosen, model.as_json())
    assert competing.chances(model=again, rows=rows, weeks=17).tolist() == pytest.approx(
        competing.chances(model=model, rows=rows, weeks=17).tolist()
    )


def test_a_model_that_does_not_beat_recency_is_decoration():
    # Everybody alike: who came lately says all there is to say, which is nothing.
    log = visits_of(900, seed=2, rates=lambda chance: 1 / 200)
    choice = competing.choose(log=log, until=365 * 3, days=120)
    assert choice.chosen == "recency"
    assert choice.reason.startswith("recency is used: the best model is")
    assert "does not beat recency by more than chance" in choice.reason


def test_chances_that_do_not_come_true_are_not_used(monkeypatch):
    log = visits_of(1_500, seed=1, rates=lambda chance: chance.gamma(0.7, 1 / 90))
    monkeypatch.setattr("rebook.analytics.likelihood.figures.SLOPES", (5.0, 6.0))
    choice = competing.choose(log=log, until=365 * 3, days=120)
    assert choice.chosen == "recency"
    assert "its chances do not come true" in choice.reason


def test_patients_who_never_stop_have_no_model_of_stopping():
    log = visits_of(1_200, seed=3, rates=lambda chance: chance.gamma(0.7, 1 / 90))
    with pytest.raises(UnableToFit, match="no maximum"):
        competing.fit(name="bgnbd", log=log, until=365 * 3 - 120, days=120)
    choice = competing.choose(log=log, until=365 * 3, days=120)
    told = next(one for one in choice.judged if one.name == "bgnbd")
    assert (told.held_back, told.problem) == (None, "these visits have no maximum of the BG/NBD likelihood")


def test_nothing_of_the_time_held_back_is_looked_at():
    log = visits_of(1_200, seed=3, rates=lambda chance: chance.gamma(0.7, 1 / 90))
    on = 365 * 3 - 120
    early = log.days <= on
    ids = np.repeat(log.patients, np.diff(log.starts))
    other = visit_log(
        patient_ids=np.r_[ids[early], ids[early][:400]], days=np.r_[log.days[early], np.full(400, on + 50)]
    )
    for name in ("recency", "logistic"):
        mine = competing.fit(name=name, log=log, until=on, days=120)
        assert competing.fit(name=name, log=other, until=on, days=120) == mine
    mine, theirs = (competing.choose(log=one, until=365 * 3, days=120) for one in (log, other))
    assert [one.inner_auc for one in mine.judged] == [one.inner_auc for one in theirs.judged]
    assert mine.best == theirs.best


@pytest.mark.parametrize("patients", [0, 1, 30])
def test_too_few_patients_are_said_to_be_too_few(patients):
    log = visits_of(max(patients, 1), seed=4, rates=lambda chance: 1 / 100)
    choice = competing.choose(log=log, until=365 * 3, days=120)
    assert (choice.chosen, choice.judged) == ("recency", ())
    assert "too few to compare models by (at least 300 patients" in choice.reason


def test_a_chance_looks_ahead_over_any_time():
    rows = histories(repeats=[3], last_week=[20.0], age_weeks=[30.0])
    model = logistic.Logistic(("visits", "silence", "age", "ahead"), 0.0, (1.0, -2.0, 0.0, 1.0))
    near, far = (logistic.chances(model=model, rows=rows, weeks=weeks)[0] for weeks in (2.0, 20.0))
    assert 0 < near < far < 1

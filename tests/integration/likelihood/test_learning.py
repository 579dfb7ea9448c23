"""Learning in the ledger: what is kept, what is decided, and that nothing is learned that was not there."""

import datetime as dt
import json

import pytest

from rebook.core.expected_gain import Stratum
from rebook.flow.likelihood import learn
from rebook.flow.priority import rank_gaps
from rebook.records.models import FittedModel, Gap, Visit
from rebook.records.read import likelihood as read
from support.likelihood import AS_OF, NOW
from support.practice import make_practice

pytestmark = pytest.mark.django_db


def fitted(clinic, kind):
    return read.newest(organisation_id=clinic.id, kind=kind, as_of=AS_OF)


def study(clinic, **more):
    return learn(organisation_id=clinic.id, as_of=AS_OF, now=NOW, **more)


def test_a_new_practice_learns_nothing_and_says_so(clinic):
    said = study(clinic)
    assert said.learned
    assert said.returns == "recency is used: no completed visit is on record"
    assert "no appointment with an outcome" in said.shows
    assert "a stated prior" in said.gains
    gains = read.gains(organisation_id=clinic.id, as_of=AS_OF)
    assert gains.of(Stratum("dormant", 1)).points == 5
    assert "read from recency" in gains.of(Stratum("dormant", 1)).words


def test_few_patients_are_not_enough_to_compare_models(clinic):
    clinic.visits(clinic.patients(40))
    said = study(clinic)
    assert "too few to compare models by" in said.returns
    assert fitted(clinic, "return").chosen == "recency"


def test_a_practice_with_a_past_gets_a_model_its_figures_and_the_decision(clinic):
    people = clinic.patients(900)
    clinic.visits(people)
    clinic.appointments(people, 2_600, coming=40)
    for patient in people[:30]:
        clinic.gap(patient)
    study(clinic)
    returns = fitted(clinic, "return")
    names = [one["name"] for one in returns.figures["judged"]]
    assert names == ["recency", "logistic", "bgnbd", "paretonbd"]
    held_back = {one["name"]: one["held_back"] for one in returns.figures["judged"]}
    assert held_back["bgnbd"]["auc"] > 0.55
    assert returns.chosen in names
    assert " is used: " in returns.reason
    assert returns.window_to == AS_OF
    if returns.chosen != "recency":
        assert held_back[returns.chosen]["is_calibrated"]
    shows = fitted(clinic, "show")
    assert (shows.chosen, shows.figures["boosting"]["auc"] > 0.65) == ("boosting", True)
    assert sum(one["booked"] for one in shows.figures["coming"]) == 40
    assert 0 < sum(one["may_be_missed"] for one in shows.figures["coming"]) < 40
    # Plain numbers only: what is kept survives JSON, and names nobody.
    kept = json.dumps([returns.parameters, returns.figures, shows.parameters, shows.figures])
    assert "Secret" not in kept
    natural = read.gains(organisation_id=clinic.id, as_of=AS_OF).of(Stratum("dormant", 1)).without
    assert 0 < natural < 1
    assert natural != 0.10


def test_holdouts_teach_once_they_are_enough(clinic):
    clinic.cases(contacted=120, came_with=48, left_alone=59, came_without=6)
    study(clinic)
    assert fitted(clinic, "gain").chosen == "prior"
    clinic.cases(contacted=10, came_with=2, left_alone=11, came_without=1, tier="lost")
    study(clinic, is_forced=True)
    gains = read.gains(organisation_id=clinic.id, as_of=AS_OF)
    assert gains.overall.source == "own"
    assert gains.overall.arms.left_alone == 70
    assert gains.of(Stratum("dormant", 1)).source == "pooled"
    assert gains.of(Stratum("dormant", 1)).points > 5


def test_open_windows_grave_reasons_and_campaigns_without_holdout_teach_nothing(clinic):
    clinic.cases(contacted=9, came_with=9, left_alone=9, came_without=0, days=20)
    clinic.cases(contacted=9, came_with=9, left_alone=9, came_without=0, risk_class=3)
    assert read.arms(organisation_id=clinic.id, now=NOW) == {}
    later = NOW + dt.timedelta(days=150)
    assert set(read.arms(organisation_id=clinic.id, now=later)) == {Stratum("dormant", 1)}


def test_a_fit_lasts_a_week_and_a_second_one_on_a_day_replaces_the_first(clinic):
    study(clinic)
    clinic.visits(clinic.patients(3))
    soon = learn(organisation_id=clinic.id, as_of=AS_OF + dt.timedelta(days=6), now=NOW)
    assert not soon.learned
    assert soon.returns.endswith("no completed visit is on record")
    assert learn(organisation_id=clinic.id, as_of=AS_OF + dt.timedelta(days=7), now=NOW).learned
    study(clinic, is_forced=True)
    assert FittedModel.objects.count() == 6


def test_the_same_records_teach_the_same(clinic):
    clinic.visits(clinic.patients(700))
    kept = []
    for _ in range(2):
        study(clinic, is_forced=True)
        kept.append(list(FittedModel.objects.order_by("kind").values_list("parameters", "figures", "reason")))
    assert kept[0] == kept[1]


def test_what_comes_after_the_day_teaches_nothing(clinic):
    people = clinic.patients(400)
    clinic.visits(people)
    study(clinic)
    before = fitted(clinic, "return").parameters
    late = dt.datetime.combine(AS_OF + dt.timedelta(days=3), dt.time(10), dt.UTC)
    Visit.objects.bulk_create(
        Visit(**clinic.told, external_id=f"late{n}", patient=one, started_at=late)
        for n, one in enumerate(people)
    )
    study(clinic, is_forced=True)
    assert fitted(clinic, "return").parameters == before


def test_the_order_names_the_gain_and_where_it_was_learned(clinic):
    clinic.cases(contacted=200, came_with=80, left_alone=80, came_without=8)
    row = clinic.gap(clinic.patients(1)[0])
    study(clinic)
    rank_gaps(organisation_id=clinic.id, as_of=AS_OF, now=NOW)
    row.refresh_from_db()
    said = [one["detail"] for one in row.rank_reasons if one["rule"] == "expected_gain"]
    assert len(said) == 1
    assert "learned here from 200 contacted and 80 held back" in said[0]
    assert "read from recency" in said[0]
    assert Gap.objects.filter(rank=1).exists()


def test_another_practices_holdouts_teach_nothing_here(clinic):
    clinic.cases(contacted=200, came_with=80, left_alone=80, came_without=8)
    other = make_practice("oak-street").organisation.pk
    learn(organisation_id=other, as_of=AS_OF, now=NOW)
    assert read.gains(organisation_id=other, as_of=AS_OF).overall.source == "prior"

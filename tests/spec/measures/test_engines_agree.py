"""Both engines say the same of any history, and of every official case that is at hand."""

from pathlib import Path

import pytest
from bundles import PERIOD, stand_ins
from generated import AGES, Vocabulary, histories
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rebook.analytics.criteria import judge_histories
from rebook.core.criteria import POPULATIONS, evaluate
from rebook.flow.measures import agreement, read_expected, read_value_sets
from rebook.packs.criteria import load_measure, measure_keys

SHARED = Path(__file__).parents[4] / "shared" / "data" / "ecqm"
VOCABULARIES = {key: Vocabulary(load_measure(key)) for key in measure_keys()}


def counts(result):
    return [{name: group.counts.get(name) for name in POPULATIONS} for group in result.groups]


@pytest.mark.parametrize("key", measure_keys())
@settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_on_generated_histories(key, data):
    """Whatever is charted: 60 patients at a time, since making the query costs more than running it."""
    loaded = load_measure(key)
    one = histories(VOCABULARIES[key], AGES)
    patients = dict(enumerate(data.draw(st.lists(one, min_size=60, max_size=60))))
    asked = {"measure": loaded.measure, "value_sets": stand_ins(loaded), "period": PERIOD}
    together = judge_histories(histories=patients, **asked)
    for number, history in patients.items():
        assert counts(together[number]) == counts(evaluate(history=history, **asked)), history


@pytest.mark.skipif(not SHARED.is_dir(), reason="the official cases are not here")
def test_on_the_official_cases():
    """Every expected population of every case, in both engines."""
    cases = sorted(SHARED.glob("*.cases.ndjson.gz"))
    found = agreement(
        cases=cases,
        expected=read_expected(SHARED / "expected_populations.csv"),
        value_sets=read_value_sets([SHARED / "valuesets.ndjson.gz"]),
    )
    assert found.differences == []
    assert found.without_bundle == []
    assert found.rejects == []
    assert {name: one.agree for name, one in found.measures.items()} == {
        "CMS124FHIRCervicalCancerScreening": 33,
        "CMS125FHIRBreastCancerScreening": 66,
        "CMS165FHIRControllingHighBloodPressure": 34,
        "CMS2FHIRPCSDepressionScreenAndFollowUp": 36,
        "CMS69FHIRPCSBMIScreenAndFollowUp": 29,
        "CMS74FHIRPrimaryCariesPreventionasOfferedbyDentists": 20,
    }

"""What a holdout can show, held against the published table of sizes and smallest lifts (R-F52 to R-F56)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from rebook.core.outreach.power import OFFERED_PERCENTS, patients_needed, power_statement, smallest_lift

LIFTS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.10)
# R-F53, computed by others: patients in all with a holdout of a tenth.
NEEDED = {
    0.01: (14_029, 4_781, 2_670, 1_337, 729, 550),
    0.02: (22_455, 6_892, 3_610, 1_676, 861, 633),
    0.03: (30_659, 8_931, 4_513, 1_998, 984, 711),
    0.05: (46_506, 12_853, 6_240, 2_609, 1_217, 858),
    0.08: (68_941, 18_387, 8_668, 3_462, 1_539, 1_058),
    0.10: (83_020, 21_853, 10_186, 3_993, 1_737, 1_182),
}
# R-F54: smallest lift in points by list, at 3 % and 5 % who come anyway.
SMALLEST = {
    (10, 500): (12.8, 14.2),
    (10, 1_000): (7.9, 9.1),
    (10, 2_000): (5.0, 5.9),
    (10, 5_000): (2.8, 3.4),
    (10, 10_000): (1.9, 2.3),
    (20, 500): (8.5, 9.7),
    (20, 1_000): (5.3, 6.3),
    (20, 2_000): (3.4, 4.1),
    (20, 5_000): (2.0, 2.4),
    (50, 500): (5.9, 7.0),
    (50, 1_000): (3.8, 4.6),
    (50, 2_000): (2.5, 3.1),
}


@pytest.mark.parametrize("organic", NEEDED)
def test_sizes_are_those_of_the_published_table(organic):
    found = tuple(patients_needed(organic=organic, lift=lift, percent=10) for lift in LIFTS)
    assert found == NEEDED[organic]


@pytest.mark.parametrize(("percent", "patients"), SMALLEST)
def test_smallest_lifts_are_those_of_the_published_table(percent, patients):
    for organic, points in zip((0.03, 0.05), SMALLEST[percent, patients], strict=True):
        found = smallest_lift(patients=patients, organic=organic, percent=percent)
        assert found is not None
        assert abs(found * 100 - points) <= 0.06


def test_equal_arms_need_about_what_a_library_says():
    """statsmodels takes the arcsine of rates, which differs a little from the difference of proportions."""
    found = patients_needed(organic=0.10, lift=0.05, percent=50)
    effect = proportion_effectsize(0.15, 0.10)
    theirs = 2 * NormalIndPower().solve_power(effect, power=0.8, alpha=0.05, ratio=1)
    assert found == pytest.approx(theirs, rel=0.02)


@given(st.integers(100, 200_000), st.floats(0.005, 0.4), st.sampled_from(OFFERED_PERCENTS))
def test_the_smallest_lift_can_be_seen_and_one_a_little_smaller_cannot(patients, organic, percent):
    lift = smallest_lift(patients=patients, organic=organic, percent=percent)
    if lift is None:
        assert patients_needed(organic=organic, lift=1 - organic - 0.001, percent=percent) > patients - 1
        return
    assert patients_needed(organic=organic, lift=lift, percent=percent) <= patients
    if lift > 0.001:
        assert patients_needed(organic=organic, lift=lift - 0.0002, percent=percent) > patients


def statement(patients, percent, organic=0.03):
    return power_statement(
        patients=patients, never_drawn=0, percent=percent, organic=organic, organic_source="prior"
    )


@pytest.mark.parametrize(
    ("patients", "percent", "why"),
    [
        (500, 10, "50 held back, 60 needed"),
        (900, 10, "about 2.7 of them would come back anyway, 5 needed"),
        (5_000, 0, "nobody is left out for comparison"),
    ],
)
def test_too_few_say_nothing_and_why(patients, percent, why):
    found = statement(patients, percent)
    assert (found.chosen.lift, found.chosen.why_not) == (None, why)
    assert not found.is_enough


def test_a_clinic_with_few_targets_is_offered_larger_holdouts():
    """R-F55: below about 1,500 a tenth cannot show a usual lift; half may."""
    found = statement(1_400, 10)
    assert not found.is_enough
    by_percent = {one.percent: one.lift for one in found.others}
    assert by_percent[50] is not None
    assert by_percent[50] < 0.05


@pytest.mark.parametrize("wrong", [{"percent": 51}, {"percent": 0}, {"organic": 1.2}, {"lift": 0.0}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="lies between"):
        patients_needed(**{"organic": 0.03, "lift": 0.05, "percent": 10, **wrong})

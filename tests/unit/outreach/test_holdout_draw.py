"""Who is left out for comparison: the right share, once, by household, never at high risk (R-F50)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.holdout import Candidate, assign, draw_order, is_left_out


def person(number, **changed):
    values = {
        "patient_id": number,
        "household_key": "",
        "location_id": 1,
        "reason": "interval",
        "risk_class": 1,
    }
    return Candidate(**{**values, **changed})


def draw(candidates, *, percent=10, salt="elm", assigned=None, drawn=None):
    return assign(candidates, percent=percent, salt=salt, assigned=assigned or {}, drawn=drawn or {})


@pytest.mark.parametrize("percent", [5, 7, 10, 15, 20, 33, 50])
def test_every_stratum_keeps_its_share(percent):
    people = [person(n, location_id=n % 3, risk_class=n % 2) for n in range(6000)]
    arms = draw(people, percent=percent)
    by_stratum = Counter((one.stratum, one.arm) for one in arms)
    for stratum in {one.stratum for one in arms}:
        assert by_stratum[stratum, "holdout"] == percent * 10


def test_the_draw_goes_on_where_it_stopped():
    people = [person(n) for n in range(100)]
    whole = draw(people)
    first = draw(people[:37])
    rest = draw(
        people[37:],
        assigned={one.unit: one.arm for one in first},
        drawn={"1|interval|1": 37},
    )
    assert [one.arm for one in first + rest] == [one.arm for one in whole]


def test_a_unit_keeps_its_arm_for_the_cycle():
    assignment, *_ = draw([person(1)], assigned={"patient:1": "holdout"})
    assert (assignment.arm, assignment.is_new) == ("holdout", False)


def test_a_household_is_drawn_together():
    families = [person(n, household_key=f"house:{n // 4}") for n in range(4000)]
    arms = draw(families)
    by_house = {}
    for one in arms:
        by_house.setdefault(one.unit, set()).add(one.arm)
    assert all(len(found) == 1 for found in by_house.values())
    assert sum(one.is_new for one in arms) == 1000


@pytest.mark.parametrize("risk_class", [3, 4])
def test_high_risk_is_never_left_out(risk_class):
    people = [person(n, risk_class=risk_class, household_key="house") for n in range(200)]
    arms = draw(people, percent=50, assigned={"house": "holdout"})
    assert {one.arm for one in arms} == {"contact"}
    assert not any(one.is_new for one in arms)


def test_a_share_of_nothing_leaves_nobody_out_and_draws_nothing():
    arms = draw([person(n) for n in range(50)], percent=0, assigned={"patient:3": "holdout"})
    assert {(one.arm, one.is_new) for one in arms} == {("contact", False)}


@pytest.mark.parametrize("percent", [-1, 51])
def test_a_share_out_of_range_is_an_error(percent):
    with pytest.raises(ValueError, match="between 0 and 50"):
        draw([person(1)], percent=percent)


def test_the_salt_decides_the_places():
    places = {
        salt: [p for p in range(200) if is_left_out(p, percent=10, salt=salt, stratum="s")] for salt in "abc"
    }
    assert len({tuple(found) for found in places.values()}) == 3


def test_order_before_the_draw_is_random_not_by_rank():
    people = [person(n) for n in range(50)]
    shuffled = sorted(people, key=lambda one: draw_order(one, salt="elm"))
    assert shuffled != people
    backwards = people[::-1]
    assert shuffled == sorted(backwards, key=lambda one: draw_order(one, salt="elm"))


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20), st.integers(0, 4)), max_size=80),
    st.integers(0, 50),
)
def test_whatever_comes_nobody_changes_arm(rows, percent):
    people = [person(n, household_key=f"h{h}" if h else "", risk_class=r) for n, h, r in rows]
    arms = draw(people, percent=percent)
    drawn = {}
    for candidate, one in zip(people, arms, strict=True):
        if candidate.risk_class >= 3 or percent == 0:
            assert one.arm == "contact"
        else:
            assert drawn.setdefault(one.unit, one.arm) == one.arm
    assert len([one for one in arms if one.is_new]) == len(drawn)

"""What the arms of a test won back: as drawn, each case by its own definition."""

from hypothesis import given
from hypothesis import strategies as st

from rebook.core.measure.arms import ArmCell, won_by_arm
from rebook.core.outcome.success import USUAL, SuccessRule, say

VISIT, REBOOKED = USUAL["interval"], USUAL["no_show_not_rebooked"]


def test_arms_stand_in_the_order_of_the_plan_with_every_definition_named_once():
    cells = [
        ArmCell("b", VISIT, 10, 4, 0),
        ArmCell("", VISIT, 9, 2, 0),
        ArmCell("", REBOOKED, 3, 1, 0),
    ]
    found = won_by_arm(cells, arms=("", "b", "c"))
    assert found.arms == (("", 12, 3), ("b", 10, 4), ("c", 0, 0))
    assert found.says == (say(VISIT), say(REBOOKED))
    assert not found.is_maturing


def test_an_open_window_is_said():
    assert won_by_arm([ArmCell("", VISIT, 9, 2, 1)], arms=("",)).is_maturing


def test_nobody_drawn():
    assert won_by_arm([], arms=("", "b")).arms == (("", 0, 0), ("b", 0, 0))


@given(
    st.lists(
        st.builds(
            lambda arm, days, cases, won: ArmCell(arm, SuccessRule("visit", days), cases, min(won, cases), 0),
            st.sampled_from(["", "b"]),
            st.integers(7, 120),
            st.integers(0, 50),
            st.integers(0, 50),
        )
    )
)
def test_nobody_is_lost_between_the_arms(cells):
    found = won_by_arm(cells, arms=("", "b"))
    assert sum(cases for _, cases, _ in found.arms) == sum(one.cases for one in cells)
    assert sum(won for _, _, won in found.arms) == sum(one.succeeded for one in cells)
    assert all(won <= cases for _, cases, won in found.arms)

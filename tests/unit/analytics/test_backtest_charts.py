"""Lines of a backtest: drawn for anything that can come out of one."""

import pytest

from rebook.flow.backtest import charts


def result(*, settings=2, listed=3, share=0.2):
    week = {"listed": listed, "minutes": 60 * listed}
    one = {"workload": [week] * 4, "comeback": [{"days": 7, "share": share}, {"days": 90, "share": None}]}
    return {
        "weeks": ["2025-01-06", "2025-01-13", "2025-01-20", "2025-01-27"],
        "settings": [{**one, "name": letter} for letter in "ABCD"[:settings]],
    }


@pytest.mark.parametrize(
    "given",
    [result(), result(settings=4), result(settings=1, listed=0, share=0.0), result(share=None)],
    ids=["two", "four", "zeros", "never watched"],
)
def test_each_setting_has_its_letter_at_the_end_of_its_line(given):
    drawn = charts(given)
    assert set(drawn) == {"listed", "comeback", "workload"}
    for svg in drawn.values():
        assert svg.startswith("<svg")
        assert [letter for letter in "ABCD"[: len(given["settings"])] if f">{letter}</text>" not in svg] == []


def test_a_single_week_is_drawn_too():
    one = {"name": "A", "workload": [{"listed": 1, "minutes": 1}], "comeback": [{"days": 7, "share": None}]}
    assert all("<svg" in svg for svg in charts({"weeks": ["2025-01-06"], "settings": [one]}).values())

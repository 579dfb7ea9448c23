"""What the bench of the pages calls fast enough, and what it says when a page is not."""

import pytest
from django.urls import resolve

from rebook.cli import bench_pages
from rebook.cli.bench_pages import BUDGET, PAGES, STRICT, UNNOTICED_MS, Seen


def judged(name="campaign", *, p95, empty=100.0, queries=20, empty_queries=20):
    return bench_pages._judged(name, Seen(p95, p95, queries), Seen(empty, empty, empty_queries))


@pytest.mark.parametrize(
    ("name", "p95", "empty", "is_ok"),
    [
        ("inbox", BUDGET * 40, 40.0, True),
        ("inbox", BUDGET * 40 + 1, 40.0, False),
        ("campaign", BUDGET * 40 + 1, 40.0, True),
        ("campaign", float(UNNOTICED_MS), 10.0, True),
        ("campaign", UNNOTICED_MS + 1.0, 10.0, False),
        ("campaign", BUDGET * 200, 200.0, True),
    ],
)
def test_a_page_of_the_day_is_held_to_the_ratio_and_others_to_what_anybody_notices(name, p95, empty, is_ok):
    assert judged(name, p95=p95, empty=empty)["ok"] is is_ok


def test_a_page_that_asks_more_of_a_larger_practice_is_over():
    assert judged(p95=50.0, queries=20)["ok"]
    assert not judged(p95=50.0, queries=21)["ok"]
    assert judged(p95=50.0, queries=19)["ok"]


def test_figures_stand_beside_those_of_the_empty_page():
    one = judged(p95=123.44, empty=50.06)
    assert (one["p95"], one["empty_p95"], one["ratio"]) == (123.4, 50.1, 2.47)


def test_every_page_is_one_of_the_staff():
    assert set(STRICT) <= set(PAGES)
    for address in PAGES.values():
        view = resolve(address.format(patient=1, campaign=1).partition("?")[0]).func
        assert hasattr(view, "staff_act"), address


def test_a_bench_over_budget_says_so(capsys):
    page = judged(p95=900.0)
    bench_pages.show({"patients": 1000, "rows": 5000, "ok": False, "pages": {"campaign": page}})
    said = capsys.readouterr().out
    assert "campaign" in said
    assert "900.0" in said
    assert "Over budget." in said

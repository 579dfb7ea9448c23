"""The benches run at a small size, and both sides of ``gaps`` find the same."""

from rebook.cli import bench_explain, bench_gaps

KEYS = {"name", "ours", "reference", "ratio", "budget", "ok"}


def test_the_engine_and_the_sql_written_by_hand_find_the_same():
    result = bench_gaps.run(size=3_000)
    assert result.keys() >= KEYS | {"patients", "found", "equal"}
    assert (result["patients"], result["differing"], result["equal"]) == (3_000, 0, True)
    assert result["found"] > 3_000


def test_explaining_is_measured_with_its_trace():
    result = bench_explain.run(size=20)
    assert result.keys() >= KEYS
    assert result["rules"] >= 9
    assert result["steps"] > result["rules"] * 2

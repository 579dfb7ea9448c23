"""The benches of the likelihoods at a small size, on the shared files and on bad ones."""

import gzip

import pytest

from rebook.cli import bench_fit, bench_fit_data, bench_show

KEYS = {"name", "ours", "reference", "ratio", "budget", "ok"}


def test_fitting_is_measured_beside_lifetimes():
    pytest.importorskip("lifetimes")
    result = bench_fit.run(size=20_000)
    assert result.keys() >= KEYS | {"parameters", "auc"}
    assert result["same_maximum"]
    assert result["ratio"] > 1


@pytest.mark.skipif(not bench_fit_data.WATCHED.is_dir(), reason="the shared purchases are not here")
def test_the_watched_purchases_give_the_published_figures():
    result = bench_fit.run(size=5_000)
    assert result["parameters"] == {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert (result["log_likelihood"], result["expected_visits"], result["happened_visits"]) == (
        -9582.4,
        1653,
        1882,
    )
    assert result["auc"] > 0.78
    assert result["is_calibrated"]
    assert result["chosen"] == "logistic"
    assert round(result["bgnbd_auc_by_expected_visits"], 4) == 0.7725
    only = bench_fit.run(size=5_000, input=bench_fit_data.WATCHED / "CDNOW_sample.txt")
    assert only["parameters"]["r"] == 0.243
    assert "as_published" not in only


def test_without_anything_watched_the_answer_is_no(monkeypatch, tmp_path):
    monkeypatch.setattr(bench_fit, "WATCHED", tmp_path / "none")
    result = bench_fit.run(size=2_000)
    assert (result["ok"], result["parameters"], result["auc"]) == (False, None, None)


def test_the_invented_population_is_the_same_every_time():
    one, other = bench_fit_data.population(500), bench_fit_data.population(500)
    assert all((mine == theirs).all() for mine, theirs in zip(one, other, strict=True))
    repeats, last, age = one
    assert ((last <= age) & ((repeats > 0) == (last > 0))).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" 1 2 notaday 1 9.9\n", "line 1: not a customer and a date"),
        ("1 19970101 1 2.0\n1 19971301 1 2.0\n", "line 2"),
        ("\n", "no transaction"),
    ],
)
def test_a_bad_list_is_refused_with_its_line(text, said, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(text)
    with pytest.raises(bench_fit_data.UnableToRead, match=said):
        bench_fit_data.read(path)


def test_a_folder_without_a_list_or_with_a_bad_summary_is_refused(tmp_path):
    with pytest.raises(bench_fit_data.UnableToRead, match="no list of transactions"):
        bench_fit_data.read(tmp_path)
    (tmp_path / "list.txt").write_text("1 19970101 1 2.0\n")
    (tmp_path / "a_summary.csv").write_text("ID,frequency\n1,2\n")
    with pytest.raises(bench_fit_data.UnableToRead, match="line 2: frequency, recency and T wanted"):
        bench_fit_data.read(tmp_path)


@pytest.mark.skipif(not bench_show.LISTED.exists(), reason="the shared appointments are not here")
def test_missed_visits_are_foreseen_and_looked_at_for_fairness():
    result = bench_show.run()
    assert result.keys() >= KEYS | {"auc", "brier", "base_brier", "base_rate", "fairness"}
    assert (result["appointments"], result["set_aside"]) == (55_511, 2)
    assert 0.68 < result["reference"] + 0.14 < result["auc"]
    assert result["ok"]
    assert result["brier"] < result["base_brier"]
    assert {one["group"] for one in result["fairness"]["sex"]} == {"F", "M"}
    assert all(one["count"] >= 200 for rows in result["fairness"].values() for one in rows)


HEAD = "PatientId,ScheduledDay,AppointmentDay,Age,Gender,Neighbourhood,No-show\n"


def test_a_small_list_is_too_little_and_a_bad_one_is_refused(tmp_path):
    path = tmp_path / "some.csv.gz"
    good = "7,2016-04-01T10:00:00Z,2016-04-09T00:00:00Z,40,F,HERE,No\n"
    never = "7,2016-04-11T10:00:00Z,2016-04-09T00:00:00Z,40,F,HERE,No\n"
    with gzip.open(path, "wt") as out:
        out.write(HEAD + good + never)
    result = bench_show.run(input=path)
    assert (result["ok"], result["appointments"], result["set_aside"]) == (False, 1, 1)
    with gzip.open(path, "wt") as out:
        out.write(HEAD + good + good.replace("No\n", "Perhaps\n"))
    with pytest.raises(bench_show.UnableToRead, match="line 3: not an appointment"):
        bench_show.run(input=path)

"""The third engine: the same expressions on Spark say what DuckDB and ``core.gaps`` say."""

from datetime import date

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from populations import ENGINE, as_tables, comparable_rows
from spec_tables import comparable, sections
from test_engines_agree import AS_OF, ODD, SETTINGS, charts

from rebook.analytics.gaps import compile_plan, judge_on_spark, judge_population, read_snapshot, spark_session
from rebook.analytics.gaps.plan import DIALECTS
from rebook.core.gaps import GapSettings, judge
from rebook.packs.gaps import gap_definitions

# A shipped pack and one rule with everything at once; Spark plans every rule anew for every few rows.
DEFINITIONS = (*gap_definitions(("dental",)), ODD)


# Findings, how everybody stands, and when to look again.
TABLES = ("", "_people", "_recheck")
OPTIONS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # Rows are few: what prepares for many costs more than it saves.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.ui.retainedExecutions": "1",
}


# Spark plans for minutes on a machine that is busy with other things.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="session")
def session(tmp_path_factory):
    home = {"spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse"))}
    one = spark_session(address="local[2]", options=OPTIONS | home)
    one.sparkContext.setLogLevel("ERROR")
    yield one
    one.stop()


@pytest.fixture
def judged(session, tmp_path_factory):
    def judge_charts(population, definitions, *, as_of, chosen, with_duckdb=False):
        """(what Spark found, what DuckDB found), both read from the files of one snapshot."""
        directory = tmp_path_factory.mktemp("snapshot")
        for name, rows in as_tables(population).items():
            pq.write_table(rows, directory / f"{name}.parquet")
        source = read_snapshot(ENGINE, directory=directory)
        preferred = source.preferred()
        plan = compile_plan(
            tuple(definitions), chosen, dialect="pyspark", with_recheck=with_duckdb, preferred=preferred
        )
        out = tmp_path_factory.mktemp("found")
        there = judge_on_spark(session, source, plan, as_of=as_of, folder=out, name="on_spark")
        if not with_duckdb:
            return there, None
        plan = compile_plan(tuple(definitions), chosen, with_recheck=True, preferred=preferred)
        return there, judge_population(source, plan, as_of=as_of)

    return judge_charts


def _differing(one, other):
    missing, more = f"(FROM {one} EXCEPT ALL FROM {other})", f"(FROM {other} EXCEPT ALL FROM {one})"
    return ENGINE.execute(f"SELECT count(*) FROM ({missing} UNION ALL {more})").fetchall()[0][0]


@pytest.mark.slow
@settings(
    max_examples=1,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    population=st.tuples(*(charts(number) for number in range(1, 21))),
    as_of=st.sampled_from([AS_OF, date(2024, 8, 31)]),
)
def test_three_engines_say_the_same_of_a_population(judged, population, as_of):
    chosen = SETTINGS[1]
    there, here = judged(population, DEFINITIONS, as_of=as_of, chosen=chosen, with_duckdb=True)
    assert (there.patients, there.tiers) == (here.patients, here.tiers)
    assert [_differing(f"on_spark{one}", f"findings{one}") for one in TABLES] == [0, 0, 0]
    answers = comparable_rows(there)
    for chart in population:
        alone = {
            one.definition_key: comparable(one)
            for one in judge(chart, DEFINITIONS, as_of=as_of, settings=chosen)
            if one.verdict in ("open", "booked")
        }
        assert answers[chart.patient.id] == alone


@pytest.mark.slow
def test_the_charts_of_the_spec_tables_by_all_their_rules(judged):
    """What the tables say of each is tested on DuckDB; here every chart by every rule of theirs, on both."""
    cases = [case for section in sections() for case in section.cases]
    rules = {one.key: one for case in cases for one in case.definitions if one.key.startswith("test.")}
    fullest = max((case.settings for case in cases), key=lambda one: len(repr(one)))
    _, here = judged(
        [case.chart for case in cases], tuple(rules.values()), as_of=AS_OF, chosen=fullest, with_duckdb=True
    )
    assert here.patients == len(cases)
    assert [_differing(f"on_spark{one}", f"findings{one}") for one in TABLES] == [0, 0, 0]
    assert ENGINE.execute("SELECT count(DISTINCT kind) FROM on_spark").fetchall()[0][0] > 4


def test_nobody_at_all_is_no_gap(judged):
    there, _ = judged([], (ODD,), as_of=AS_OF, chosen=GapSettings())
    assert (there.patients, ENGINE.execute("SELECT count(*) FROM on_spark").fetchall()) == (0, [(0,)])


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_the_expressions_render_for_every_engine(dialect):
    plan = compile_plan(gap_definitions(("dental",)), GapSettings(), dialect=dialect, with_recheck=True)
    statements = [plan.people, *plan.findings, *plan.recheck]
    assert all("SELECT" in one for one in statements)
    assert any(DIALECTS[dialect] in one.replace("GETVARIABLE", "getvariable") for one in statements)
    if dialect != "duckdb":
        assert not [one for one in statements if "getvariable" in one.lower()]


def test_what_reads_earlier_findings_comes_last():
    plan = compile_plan(gap_definitions(("dental",)), GapSettings())
    reads = ['FROM "part"' in one for one in plan.findings]
    assert (any(reads[: plan.after]), reads[plan.after], reads[-1]) == (False, True, True)

"""Generated items, supplies and rhythms through both engines: whatever was begun, they say the same."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from populations import ENGINE, as_tables, population_answers
from spec_tables import IDS_PER_PATIENT, comparable, patient_record

from rebook.analytics.gaps import compile_plan, from_arrow, judge_population
from rebook.core.chart import AppointmentRecord, Chart, MedicationRecord, PendingRecord, VisitRecord
from rebook.core.gaps import VERDICTS, GapSettings, judge
from rebook.core.words import PENDING_KINDS, PENDING_PRIORITIES, PENDING_STATES
from rebook.packs.gaps import gap_definitions
from rebook.packs.operational import pending_rules

AS_OF = date(2025, 11, 21)
DEFINITIONS = gap_definitions(("dental",))
RULES = pending_rules()
SETTINGS = [
    GapSettings(pending=RULES),
    GapSettings(
        pending=RULES,
        signed=frozenset((one.key, one.content_hash) for one in RULES),
        rhythm_intervals=1,
        rhythm_series_days=1,
        rhythm_late_days=0,
        slipping_months=1,
        dormant_months=2,
        long_lapsed_months=3,
        lost_after_months=4,
    ),
    GapSettings(rhythm_intervals=2, inactive_after_months=36),
]
TYPES = ["", "hygiene", "restorative", "counselling"]
MEDICATIONS = ["", "statin", "insulin", "unheard_of"]
# Around the edges that the rules have, and weekends.
EDGES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15, 16, 28, 30, 31, 44, 90, 91, 120, 180, 181, 365, 379, 380]
DAYS = st.sampled_from(EDGES + [-one for one in EDGES]).map(
    lambda days: AS_OF - timedelta(days=days)
) | st.dates(date(2024, 1, 1), date(2026, 12, 31))
MAYBE = st.none() | DAYS
COUNTS = st.none() | st.integers(0, 4)


@st.composite
def pending(draw, number):
    opened_on = draw(DAYS)
    due_on, closed_on = draw(MAYBE), draw(MAYBE)
    return PendingRecord(
        id=number,
        kind=draw(st.sampled_from(PENDING_KINDS)),
        visit_type=draw(st.sampled_from(TYPES)),
        priority=draw(st.sampled_from(PENDING_PRIORITIES)),
        state=draw(st.sampled_from((*PENDING_STATES, "open", "open", "open"))),
        opened_on=opened_on,
        due_on=max(due_on, opened_on) if due_on else None,
        closed_on=max(closed_on, opened_on) if closed_on else None,
        location_id=draw(st.none() | st.just(3)),
        units_left=draw(COUNTS),
        units_threshold=draw(COUNTS),
        visits_per_week=draw(COUNTS),
        matched_on=draw(MAYBE),
    )


@st.composite
def charts(draw, number):
    first = number * IDS_PER_PATIENT
    pairs = {"words": draw(st.sampled_from(["dismissed", "unheard_of"]))} if draw(st.booleans()) else {}
    if draw(st.integers(0, 6)) == 0:
        pairs["deceased"] = "yes"
    visits = draw(st.lists(st.tuples(st.sampled_from(TYPES), DAYS), max_size=7))
    booked = draw(st.lists(st.tuples(st.sampled_from(TYPES), DAYS, st.booleans()), max_size=3))
    taken = draw(st.lists(st.tuples(st.sampled_from(MEDICATIONS), MAYBE, MAYBE, MAYBE), max_size=4))
    return Chart(
        patient=patient_record(number, pairs),
        time_zone="UTC",
        visits=tuple(
            VisitRecord(first + n, kind, _noon(on), on, None, None) for n, (kind, on) in enumerate(visits)
        ),
        appointments=tuple(_appointment(first + n, *row) for n, row in enumerate(booked)),
        medications=tuple(MedicationRecord(first + n, *row) for n, row in enumerate(taken)),
        pending=tuple(draw(pending(first + n)) for n in range(draw(st.integers(0, 4)))),
    )


def _noon(on):
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def _appointment(number, kind, on, is_kept):
    status = "fulfilled" if is_kept else "booked"
    return AppointmentRecord(number, kind, status, _noon(on), on, None, None, None, "", None, None)


def _regular(days, last_on):
    """A patient who came every ``days`` days, the last time on ``last_on``."""
    visits = [last_on - timedelta(days=days * n) for n in range(5)]
    return Chart(
        patient=patient_record(1),
        time_zone="UTC",
        visits=tuple(
            VisitRecord(1000 + n, "counselling", _noon(on), on, None, None) for n, on in enumerate(visits)
        ),
    )


POPULATIONS = st.integers(1, 10).flatmap(lambda size: st.tuples(*(charts(n) for n in range(1, size + 1))))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    population=POPULATIONS,
    chosen=st.sampled_from(SETTINGS),
    as_of=st.sampled_from([AS_OF, date(2025, 11, 23), date(2025, 11, 24), date(2025, 2, 28)]),
)
@example(population=(_regular(90, date(2025, 7, 1)),), chosen=SETTINGS[0], as_of=AS_OF)
def test_both_engines_say_the_same(population, chosen, as_of):
    together = population_answers(population, DEFINITIONS, as_of=as_of, settings=chosen)
    alone = {
        chart.patient.id: {
            one.definition_key: comparable(one)
            for one in judge(chart, DEFINITIONS, as_of=as_of, settings=chosen)
            if one.verdict in ("open", "booked")
        }
        for chart in population
    }
    assert together == alone


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(population=POPULATIONS, chosen=st.sampled_from(SETTINGS[:2]))
def test_both_engines_give_the_same_reason_why_something_begun_is_no_gap(population, chosen):
    together = population_answers(population, DEFINITIONS, as_of=AS_OF, settings=chosen, verdicts=VERDICTS)
    for chart in population:
        alone = {
            one.definition_key: one.verdict
            for one in judge(chart, DEFINITIONS, as_of=AS_OF, settings=chosen)
            if one.kind in PENDING_KINDS
        }
        found = {
            key: row["verdict"]
            for key, row in together[chart.patient.id].items()
            if key.partition(":")[0] in PENDING_KINDS
        }
        assert found == alone


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(population=POPULATIONS, chosen=st.sampled_from(SETTINGS))
def test_nothing_changes_before_the_day_on_which_the_engine_looks_again(population, chosen):
    plan = compile_plan(DEFINITIONS, chosen, with_recheck=True)
    judge_population(from_arrow(ENGINE, as_tables(population)), plan, as_of=AS_OF)
    again = dict(ENGINE.execute("SELECT patient_id, recheck_on FROM findings_recheck").fetchall())
    for chart in population:
        wanted = again.get(chart.patient.id) or AS_OF + timedelta(days=60)
        told = [
            [comparable(one) for one in judge(chart, DEFINITIONS, as_of=day, settings=chosen) if one.is_open]
            for day in (AS_OF + timedelta(days=ahead) for ahead in range(min((wanted - AS_OF).days, 60)))
        ]
        assert all(one == told[0] for one in told)

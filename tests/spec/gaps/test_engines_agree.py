"""Generated charts through both engines: whatever happened to a patient, they say the same."""

from datetime import UTC, date, datetime, timedelta

from fields import CODES, FIELD_BY_FIELD, MEDICATIONS, VALUE_SETS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from populations import population_answers
from spec_tables import IDS_PER_PATIENT, comparable, patient_record

from rebook.core.chart import (
    AppointmentRecord,
    Chart,
    ConditionRecord,
    FollowUpRecord,
    MedicationRecord,
    ProcedureRecord,
    RecallPreference,
    VisitRecord,
)
from rebook.core.gaps import VERDICTS as ALL_VERDICTS
from rebook.core.gaps import GapDefinition, GapSettings, Qualifying, judge
from rebook.core.words import APPOINTMENT_STATUSES
from rebook.packs.gaps import gap_definitions

AS_OF = date(2025, 11, 21)
ODD = GapDefinition(
    key="odd.everything",
    label={"en": "everything at once"},
    specialty="odd",
    visit_type="acute",
    minutes=10,
    interval_days=40,
    interval_months=1,
    grace_days=3,
    risk_class=3,
    last=(
        Qualifying(("acute", "follow_up"), ("fit_test",), 0, 10),
        Qualifying((), ("colonoscopy",), 120),
        Qualifying(("well_child",)),
    ),
    min_age=2,
    conditions=("diabetes", "hypertension"),
    none_of_conditions=("periodontitis",),
    exclusion_words=("edentulous",),
    exclusion_procedures=("total_colectomy",),
    exclusion_conditions=("edentulous",),
    first_due="condition",
    satisfied_by_procedures=("mammogram",),
    satisfied_by_appointments=("restorative",),
    sensitivity=("mental_health",),
    source="spec",
)
# The shipped packs share their machinery: two of them, and one rule for each field that they do not use.
# The everyday rules: with every one of the packs an example would take seconds.
EVERYDAY = (
    *("annual_visit", "well_child", "mammogram", "colorectal_screening", "diabetes_visit"),
    *("hypertension_visit", "hygiene", "periodontal_maintenance", "dental_exam"),
)
SHIPPED = tuple(
    one for one in gap_definitions(("dental", "primary_care")) if one.key.partition(".")[2] in EVERYDAY
)
DEFINITIONS = (*SHIPPED, ODD, *FIELD_BY_FIELD)
SETTINGS = [
    GapSettings(),
    GapSettings(
        signed=frozenset({(ODD.key, ODD.content_hash)}),
        broken_window_days=60,
        no_show_grace_days=0,
        value_sets=VALUE_SETS,
    ),
    GapSettings(inactive_after_months=24, follow_up_book_within_days=40, excluded_words=frozenset()),
]
TYPES = [
    "",
    "acute",
    "annual_visit",
    "hygiene",
    "periodontal_maintenance",
    "follow_up",
    "well_child",
    "mammogram",
]
TYPES += ["diabetes_visit", "chronic_follow_up", "restorative", "dental_exam", "unheard_of"]
PROCEDURES = [
    "",
    "mammogram",
    "colonoscopy",
    "fit_test",
    "hygiene",
    "bilateral_mastectomy",
    "total_colectomy",
]
CONDITIONS = ["", "diabetes", "hypertension", "periodontitis", "edentulous", "unheard_of"]
WORDS = ["hospice", "edentulous", "limited_life_expectancy", "unheard_of"]
# Days cluster around the edges that rules have, month ends among them.
EDGES = [
    0,
    1,
    2,
    7,
    14,
    21,
    30,
    31,
    45,
    60,
    61,
    89,
    90,
    181,
    182,
    184,
    226,
    227,
    364,
    365,
    366,
    425,
    730,
    1096,
]
NEAR = st.sampled_from(EDGES + [-one for one in EDGES]).map(lambda days: AS_OF - timedelta(days=days))
ENDS = st.sampled_from(
    [date(2024, 2, 29), date(2025, 2, 28), date(2025, 8, 31), date(2023, 11, 21), date(2025, 5, 31)]
)
DAYS = NEAR | ENDS | st.dates(date(2015, 1, 1), date(2027, 12, 31))
BIRTHS = (
    st.none()
    | st.dates(date(1930, 1, 1), date(2025, 11, 1))
    | st.sampled_from(
        [date(2007, 11, 21), date(2007, 11, 22), date(2022, 11, 21), date(2004, 2, 29), date(1960, 11, 21)]
    )
)
TIMES = st.none() | DAYS
CODED = st.sampled_from(CODES)
ZONE = "America/New_York"


def _instant(day, hour):
    # 02:00 UTC is still the day before in New York: the zone has to be used.
    return None if day is None else datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@st.composite
def charts(draw, number):
    pairs = {"sex": draw(st.sampled_from(["female", "male", "other", "unknown"]))}
    for name, chance in (("left", DAYS), ("deceased", DAYS), ("merged", st.just(999))):
        if draw(st.integers(0, 9)) == 0:
            pairs[name] = str(draw(chance))
    if draw(st.integers(0, 3)) == 0:
        pairs["words"] = ",".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True)))
    born = draw(BIRTHS)
    if born:
        pairs["born"] = born.isoformat()
    first = number * IDS_PER_PATIENT
    few, some = {"max_size": 5}, {"max_size": 3}
    return Chart(
        patient=patient_record(number, pairs),
        time_zone=ZONE,
        appointments=tuple(
            _appointment(first + n, row) for n, row in enumerate(draw(st.lists(APPOINTMENTS, **few)))
        ),
        visits=tuple(
            VisitRecord(first + n, kind, _instant(on, 12), on, None, None)
            for n, (kind, on) in enumerate(
                draw(st.lists(st.tuples(st.sampled_from(TYPES), DAYS), max_size=4))
            )
        ),
        procedures=tuple(
            ProcedureRecord(first + n, kind, on, *code)
            for n, (kind, on, code) in enumerate(
                draw(st.lists(st.tuples(st.sampled_from(PROCEDURES), DAYS, CODED), **some))
            )
        ),
        conditions=tuple(
            ConditionRecord(first + n, *row, *code)
            for n, (*row, code) in enumerate(
                draw(st.lists(st.tuples(st.sampled_from(CONDITIONS), TIMES, TIMES, CODED), **some))
            )
        ),
        follow_ups=tuple(
            FollowUpRecord(first + n, kind, on, on + timedelta(days=days), None)
            for n, (kind, on, days) in enumerate(draw(st.lists(RETURNS, max_size=3)))
        ),
        medications=tuple(
            MedicationRecord(first + n, *row, None, *code)
            for n, (*row, code) in enumerate(
                draw(st.lists(st.tuples(st.sampled_from(MEDICATIONS), TIMES, TIMES, CODED), max_size=4))
            )
        ),
        preferences=tuple(
            RecallPreference(first + n, *row) for n, row in enumerate(draw(st.lists(PREFERENCES, max_size=3)))
        ),
    )


STATUSES = st.sampled_from(APPOINTMENT_STATUSES) | st.sampled_from(
    ["booked", "cancelled", "noshow", "fulfilled"]
)
APPOINTMENTS = st.tuples(
    st.sampled_from(TYPES),
    STATUSES,
    DAYS,
    TIMES,
    TIMES,
    st.sampled_from(["", "patient", "clinic"]),
    st.booleans(),
)
# kind, rule, made on, months, days, due on, valid until, ended on
SETTLED = ["odd.early", "odd.ages", "odd.after", "odd.diagnosis", "dental.hygiene"]
PREFERENCES = st.tuples(
    st.sampled_from(["interval", "next_date"]),
    st.sampled_from(SETTLED),
    DAYS,
    st.sampled_from([0, 1, 7]),
    st.sampled_from([1, 10]),
    DAYS,
    TIMES,
    TIMES,
) | st.tuples(
    st.sampled_from(["snooze", "no_recall"]),
    st.sampled_from(["", *SETTLED]),
    DAYS,
    st.just(0),
    st.just(0),
    st.none(),
    TIMES,
    TIMES,
)
RETURNS = st.tuples(st.sampled_from(TYPES), DAYS, st.sampled_from([0, 1, 3, 14, 90, 365]))


def _appointment(number, row):
    kind, status, on, booked, cancelled, by, late = row
    if status != "cancelled":
        cancelled = None
    return AppointmentRecord(
        id=number,
        visit_type=kind,
        status=status,
        starts_at=_instant(on, 12),
        starts_on=on,
        booked_at=_instant(booked, 2 if late else 12),
        cancelled_at=_instant(cancelled, 12),
        cancelled_on=cancelled,
        cancelled_by=by,
        location_id=None,
        practitioner_id=None,
    )


POPULATIONS = st.integers(1, 12).flatmap(lambda size: st.tuples(*(charts(n) for n in range(1, size + 1))))


def _one_by_one(population, chosen, as_of):
    return {
        chart.patient.id: {
            one.definition_key: comparable(one)
            for one in judge(chart, DEFINITIONS, as_of=as_of, settings=chosen)
            if one.verdict in ("open", "booked")
        }
        for chart in population
    }


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    population=POPULATIONS,
    chosen=st.sampled_from(SETTINGS),
    as_of=st.sampled_from([AS_OF, date(2025, 2, 28), date(2024, 8, 31)]),
)
def test_both_engines_say_the_same(population, chosen, as_of):
    together = population_answers(population, DEFINITIONS, as_of=as_of, settings=chosen)
    assert together == _one_by_one(population, chosen, as_of)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(population=st.tuples(*(charts(n) for n in range(1, 8))), size=st.integers(1, 3))
def test_taking_the_patients_in_ranges_changes_nothing(population, size):
    whole = population_answers(population, DEFINITIONS, as_of=AS_OF, settings=SETTINGS[0])
    parts = population_answers(
        population, DEFINITIONS, as_of=AS_OF, settings=SETTINGS[0], patients_at_once=size
    )
    assert parts == whole


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(population=POPULATIONS, chosen=st.sampled_from(SETTINGS))
def test_both_engines_give_the_same_reason_why_an_interval_rule_has_no_gap(population, chosen):
    together = population_answers(
        population, DEFINITIONS, as_of=AS_OF, settings=chosen, verdicts=ALL_VERDICTS
    )
    for chart in population:
        rules = {one.key for one in DEFINITIONS}
        alone = {
            one.definition_key: one.verdict
            for one in judge(chart, DEFINITIONS, as_of=AS_OF, settings=chosen)
            if one.definition_key in rules
        }
        found = {key: row["verdict"] for key, row in together[chart.patient.id].items() if key in rules}
        assert found == alone

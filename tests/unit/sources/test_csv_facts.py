"""One good row, and what it says."""

import csv as standard_csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebook.core.facts import (
    AppointmentFact,
    ConditionFact,
    ConsentFact,
    ContactFact,
    FollowUpFact,
    PatientFact,
    VisitFact,
)
from support.exports import DIARY, diary, diary_row, read_csv

FRONT_DESK = """
[[table]]
files = "people.csv"
formats = ["%m/%d/%Y"]

[table.patient]
external_id = "pid"
full_name = "name"
birth_on = "dob"
sex = { column = "sex", words = { F = "female", M = "male" } }
language = "language"
is_deceased = "dead"
deceased_on = "died"
do_not_contact = "leave alone"
value_cents = { column = "paid", unit = "currency" }

[[table.patient.flags]]
column = "status"
is = ["Hospice"]
exclusion = "hospice"

[[table.patient.flags]]
column = "clinic"
is = ["Behavioral"]
sensitivity = "mental_health"

[[table.patient.consents]]
channel = "sms"
column = "texts"
at = "texts since"
"""
PEOPLE = "pid,name,dob,sex,language,dead,died,leave alone,paid,status,clinic,texts,texts since\n"


def test_a_row_gives_a_patient_an_appointment_and_a_visit(tmp_path):
    read = read_csv(tmp_path, diary(diary_row(1)))
    assert read.rejects == []
    assert read.one(PatientFact) == PatientFact(
        external_id="p1",
        given_name="Rosa",
        family_name="Test1",
        birth_on=date(1985, 8, 4),
        contacts=(ContactFact("phone", "312-555-0123", "mobile"),),
        consents=(ConsentFact("sms", "granted", "sms=yes"),),
    )
    assert read.one(AppointmentFact) == AppointmentFact(
        external_id="a1",
        patient_id="p1",
        status="fulfilled",
        starts_at=datetime(2026, 2, 2, 15, tzinfo=UTC),
        booked_at=datetime(2026, 2, 1, 16, tzinfo=UTC),
    )
    assert read.one(VisitFact).started_at == datetime(2026, 2, 2, 15, tzinfo=UTC)
    assert {(one.file, one.line) for one in read.placed} == {("diary.csv", 2)}


def test_only_rows_that_say_so_give_a_visit(tmp_path):
    read = read_csv(tmp_path, diary(diary_row(1, status="missed"), diary_row(2)))
    assert [fact.external_id for fact in read.facts(VisitFact)] == ["a2"]


def test_everything_a_patient_row_may_say(tmp_path):
    row = (
        '7,"Garcia Lopez, Ana Maria",05/17/1980,F,Spanish,no,,YES,"1,250.00",Hospice,Behavioral,N,01/02/2026'
    )
    read = read_csv(tmp_path, PEOPLE + row, mapping=FRONT_DESK, name="people.csv")
    assert read.rejects == []
    assert read.one(PatientFact) == PatientFact(
        external_id="7",
        given_name="Ana Maria",
        family_name="Garcia Lopez",
        birth_on=date(1980, 5, 17),
        sex="female",
        language="es",
        do_not_contact=True,
        value_cents=125000,
        exclusions=("hospice",),
        sensitivity=("mental_health",),
        consents=(ConsentFact("sms", "revoked", "texts=N", datetime(2026, 1, 2, 18, tzinfo=UTC)),),
    )


@pytest.mark.parametrize(("word", "state"), [("yes", "granted"), ("no", "revoked"), ("maybe", "revoked")])
def test_a_word_that_is_no_clear_yes_takes_the_permission_away(tmp_path, word, state):
    patient = read_csv(tmp_path, diary(diary_row(1, sms=word))).one(PatientFact)
    assert patient.consents[0].state == state


def test_an_empty_permission_says_nothing(tmp_path):
    assert read_csv(tmp_path, diary(diary_row(1, sms=""))).one(PatientFact).consents == ()


def test_an_unknown_language_costs_only_the_language(tmp_path):
    row = "7,Ana Garcia,05/17/1980,F,Klingonese,no,,no,,,,,\n"
    read = read_csv(tmp_path, PEOPLE + row, mapping=FRONT_DESK, name="people.csv")
    assert read.one(PatientFact).language == ""
    (note,) = read.rejects
    assert (note.field, note.taken) == ("language", True)


OTHER_SHAPES = """
formats = ["%m/%d/%Y %H:%M", "%m/%d/%Y"]
[[table]]
files = "*.csv"
[table.appointment]
external_id = { template = "{day}-{pid}" }
patient_id = "pid"
status = { constant = "booked" }
starts_at = { columns = ["day", "time"] }
ends_at = { column = "seconds", unit = "seconds" }
visit_type = "category"
[table.follow_up]
when = { column = "recall" }
external_id = { template = "recall-{pid}" }
patient_id = "pid"
recommended_on = "day"
due_on = "recall"
visit_type = { constant = "hygiene" }
[[table.condition]]
when = { column = "diabetes", is = ["1"] }
external_id = { template = "{pid}-diabetes" }
patient_id = "pid"
kind = { constant = "diabetes" }
[[table.condition]]
when = { column = "pressure", is = ["1"] }
external_id = { template = "{pid}-pressure" }
patient_id = "pid"
kind = { constant = "hypertension" }
"""


OTHER_HEADER = "pid,day,time,seconds,category,recall,diabetes,pressure\n"


def test_columns_joined_durations_templates_and_entities_given_twice(tmp_path):
    row = "9,02/02/2026,09:30,1800,New Patient,08/02/2026,1,1\n"
    read = read_csv(tmp_path, OTHER_HEADER + row, mapping=OTHER_SHAPES)
    assert read.rejects == []
    appointment = read.one(AppointmentFact)
    assert appointment.external_id == "02/02/2026-9"
    assert appointment.starts_at == datetime(2026, 2, 2, 15, 30, tzinfo=UTC)
    assert appointment.ends_at == datetime(2026, 2, 2, 16, 0, tzinfo=UTC)
    assert appointment.visit_type == "new_patient"
    assert read.one(FollowUpFact).due_on == date(2026, 8, 2)
    assert [fact.kind for fact in read.facts(ConditionFact)] == ["diabetes", "hypertension"]


def test_an_empty_cell_gives_no_fact_that_depends_on_it(tmp_path):
    read = read_csv(tmp_path, OTHER_HEADER + "9,02/02/2026,09:30,,,,0,\n", mapping=OTHER_SHAPES)
    assert (read.rejects, len(read.placed)) == ([], 1)


text = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\x1c\x1d\x1e\x85\u2028\u2029"),
    min_size=1,
    max_size=20,
).map(str.strip)
names = text.filter(
    lambda name: name and name not in ("NULL", "null", "\\N", "N/A", "n/a") and name[0] != "="
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(names, names), min_size=1, max_size=8), delimiter=st.sampled_from(",;\t|"))
def test_whatever_a_csv_writer_quotes_is_read_back(tmp_path_factory, rows, delimiter):
    out = io.StringIO()
    writer = standard_csv.writer(out, delimiter=delimiter)
    writer.writerow(DIARY_COLUMNS)
    for number, (given_name, family_name) in enumerate(rows):
        cells = diary_row(number).split(",")
        cells[2:4] = [given_name, family_name + "\nsecond line"]
        writer.writerow(cells)
    read = read_csv(tmp_path_factory.mktemp("round"), out.getvalue(), mapping=DIARY)
    assert read.rejects == []
    found = [(fact.given_name, fact.family_name) for fact in read.facts(PatientFact)]
    assert found == [(one, other + "\nsecond line") for one, other in rows]


DIARY_COLUMNS = diary().strip().split(",")

"""The population's backtest says what judging every patient on every day one by one says."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest
from populations import as_tables
from spec_tables import read_chart

from rebook.analytics import backtest as engine
from rebook.analytics.gaps import connect
from rebook.core.backtest import (
    Question,
    changed_definitions,
    changed_settings,
    judged_days,
    read_changes,
    tally,
)
from rebook.core.gaps import GapSettings, judge
from rebook.core.gaps.chart_as_of import ATTENDED
from rebook.packs.gaps import gap_definitions

START, END, RECORDS_END = date(2025, 1, 6), date(2025, 3, 31), date(2025, 9, 30)
TYPES = ["hygiene", "dental_exam", "periodontal_maintenance", "restorative", "acute"]
STATUSES = ["booked", "fulfilled", "cancelled", "noshow", "pending", "entered-in-error"]
RULES = ("dental.hygiene", "dental.dental_exam", "dental.periodontal_maintenance")
DEFINITIONS = tuple(one for one in gap_definitions(("dental",)) if one.key in RULES)
KEYS = frozenset(one.key for one in DEFINITIONS)
BEFORE_ANY = date(1, 1, 1)


def some_chart(number, chance):
    def day(first=date(2023, 6, 1), last=date(2025, 9, 28)):
        return (first + timedelta(days=chance.randrange((last - first).days))).isoformat()

    lines = [f"patient born={1940 + chance.randrange(70)}-03-04 sex=female"]
    if chance.random() < 0.1:
        lines[0] += f" left={day()}"
    for _ in range(chance.randrange(5)):
        lines.append(f"visit {day()} {chance.choice(TYPES)}")
    for _ in range(chance.randrange(4)):
        status, on = chance.choice(STATUSES), day()
        made = f" made={(date.fromisoformat(on) - timedelta(days=chance.randrange(60))).isoformat()}"
        gone = f" cancelled={on}" if status == "cancelled" and chance.random() < 0.6 else ""
        lines.append(
            f"appointment {on} {chance.choice(TYPES)} {status}{made if chance.random() < 0.7 else ''}{gone}"
        )
    for _ in range(chance.randrange(2)):
        lines.append(f"procedure {day()} {chance.choice(['hygiene', 'periodontal_maintenance'])}")
    if chance.random() < 0.3:
        lines.append("condition periodontitis from=2024-01-01")
    if chance.random() < 0.3:
        made = day()
        lines.append(
            f"return {made} due={(date.fromisoformat(made) + timedelta(days=90)).isoformat()} hygiene"
        )
    return read_chart("\n".join(lines), patient_id=number)


@dataclass
class Expected:
    first_on: date
    last_on: date
    reason: str


def one_by_one(charts, question, setting, kinds):
    """{(patient, key, anchor): Expected} of one setting."""
    definitions = changed_definitions(DEFINITIONS, KEYS, setting.rules)
    settings = changed_settings(GapSettings(), definitions, setting.events)
    found = {}
    for day in judged_days(question):
        for chart in charts:
            for one in judge(chart, definitions, as_of=day, settings=settings):
                is_wanted = one.definition_key in KEYS or one.kind in kinds
                if (
                    one.verdict != "open"
                    or not is_wanted
                    or (setting.tiers and one.tier not in setting.tiers)
                ):
                    continue
                key = (chart.patient.id, one.definition_key, one.anchor_on or BEFORE_ANY)
                known = found.setdefault(key, Expected(day, day, one.definition_key.split(":")[0]))
                known.last_on = day
    return found


def came_back(chart, reason, first_on):
    """The first closing visit or procedure after ``first_on`` on record."""
    visits = [(one.visit_type, one.visited_on) for one in chart.visits]
    visits += [(one.visit_type, one.starts_on) for one in chart.appointments if one.status in ATTENDED]
    rule = next((one for one in DEFINITIONS if one.key == reason), None)
    days = [on for kind, on in visits if rule is None or kind in engine_words(rule)["visit"]]
    if rule is not None:
        days += [one.performed_on for one in chart.procedures if one.kind in engine_words(rule)["procedure"]]
    return min((on for on in days if first_on < on <= RECORDS_END), default=None)


def engine_words(rule):
    groups = rule.qualifying
    return {
        "visit": {word for one in groups for word in one.visit_types} | {rule.visit_type},
        "procedure": {word for one in groups for word in one.procedures},
    }


def run(tmp_path, charts, question, *, kinds=frozenset(), steps=(), contacts=(), by_day=None):
    base = tmp_path / "snapshot"
    base.mkdir(exist_ok=True)
    for name, table in as_tables(charts).items():
        pq.write_table(table, base / f"{name}.parquet")
    with connect(threads=1) as connection:
        figures = engine.run(
            connection,
            question,
            rules=engine.Rules(DEFINITIONS, GapSettings(), KEYS, kinds),
            records=engine.Records(base, RECORDS_END, by_day=by_day or {}, steps=steps, contacts=contacts),
            days=judged_days(question),
            listings=tmp_path / "listings.parquet",
        )
    return figures, pq.read_table(tmp_path / "listings.parquet").to_pylist()


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        (["B:grace_days=90", "C:tiers=dormant|long_lapsed"], frozenset()),
        (["B:interval_months=12", "C:interval_days=200"], frozenset()),
        (["B:no_show_grace_days=20", "C:grace_days=0"], frozenset({"no_show_not_rebooked", "inactive"})),
    ],
)
def test_whom_each_setting_lists_and_when_they_came(tmp_path, changes, kinds):
    chance = random.Random(len(changes[0]))
    charts = [some_chart(number, chance) for number in range(1, 71)]
    by_id = {chart.patient.id: chart for chart in charts}
    question = Question(START, END, settings=read_changes(changes)[0])
    _, rows = run(tmp_path, charts, question, kinds=kinds)
    last_day = judged_days(question)[-1]
    for setting in question.settings:
        expected = one_by_one(charts, question, setting, kinds)
        assert len(expected) > 10, "a case that lists nobody tells nothing"
        listed = {
            (row["patient_id"], row["reason"], row["first_on"], row["until_on"], row["back_on"])
            for row in rows
            if row["setting"] == setting.name
        }
        assert listed == {
            (
                patient,
                one.reason,
                one.first_on,
                None if one.last_on == last_day else one.last_on + timedelta(days=7),
                came_back(by_id[patient], one.reason, one.first_on),
            )
            for (patient, _, _), one in expected.items()
        }


def test_who_was_due_and_missed(tmp_path):
    """Due is whom the rules list without any grace; missed is who of them a setting never lists."""
    chance = random.Random(7)
    charts = [some_chart(number, chance) for number in range(1, 71)]
    question = Question(START, END, settings=read_changes(["grace_days=120"])[0])
    bare = read_changes(["grace_days=0"])[0][0]
    due = one_by_one(charts, question, bare, ())
    listed = one_by_one(charts, question, question.settings[0], ())
    by_id = {chart.patient.id: chart for chart in charts}
    last_day = judged_days(question)[-1]
    never = {key: one for key, one in due.items() if key not in listed}
    came = [key for key, one in never.items() if came_back(by_id[key[0]], one.reason, one.first_on)]
    waiting = [key for key, one in never.items() if key not in came and one.last_on == last_day]
    late = [key for key in due if key in listed and (listed[key].first_on - due[key].first_on).days > 30]
    figures, _ = run(tmp_path, charts, question)
    told = tally(question, figures, records_end_on=RECORDS_END).settings[0]["missed"]
    assert told == {
        "due": len(due),
        "never_listed_came": len(came),
        "never_listed_still_due": len(waiting),
        "never_listed_otherwise": len(never) - len(came) - len(waiting),
        "listed_late": len(late),
    }
    assert came
    assert late


def test_contacts_stop_when_the_patient_comes(tmp_path):
    """Due since 2024; comes on 20 February: the text of day 0 and the call of day 30 go, the last not."""
    chart = read_chart(
        "patient born=1980-01-01\nvisit 2024-01-10 hygiene\nvisit 2025-02-20 hygiene", patient_id=1
    )
    question = Question(START, END, settings=read_changes(["A:tiers=dormant"])[0])
    steps = [
        ("interval", grade, day, by)
        for grade in range(5)
        for day, by in ((0, "sms"), (30, "phone"), (60, "sms"))
    ]
    figures, rows = run(tmp_path, [chart], question, steps=steps)
    cleaning = [row for row in rows if row["reason"] == "dental.hygiene"]
    (first,) = cleaning
    assert (first["first_on"], first["back_on"], first["how"]) == (
        date(2025, 1, 13),
        date(2025, 2, 20),
        "alone",
    )
    counted = {(one.week, one.channel) for one in figures.contacts}
    assert (1, "sms") in counted
    assert (5, "phone") in counted
    assert not [week for week, channel in counted if channel == "sms" and week > 6]


def test_who_was_contacted_did_not_come_by_themselves(tmp_path):
    charts = [
        read_chart(
            "patient born=1980-01-01\nvisit 2024-01-10 hygiene\nvisit 2025-03-20 hygiene", patient_id=one
        )
        for one in (1, 2, 3)
    ]
    question = Question(START, END)
    # The second was called before the visit, the third only after it.
    contacts = [(2, date(2025, 3, 1)), (3, date(2025, 3, 21))]
    _, rows = run(tmp_path, charts, question, contacts=contacts)
    how = {
        row["patient_id"]: row["how"] for row in rows if row["reason"] == "dental.hygiene" and row["back_on"]
    }
    assert how == {1: "alone", 2: "after_contact", 3: "alone"}


def test_a_day_with_a_snapshot_of_its_own_is_judged_by_it(tmp_path):
    """The visit of 2024 was entered late: the snapshot of the first day did not know it."""
    known_then = tmp_path / "then"
    known_then.mkdir()
    earlier = [read_chart("patient born=1980-01-01\nvisit 2022-01-10 hygiene", patient_id=1)]
    for name, table in as_tables(earlier).items():
        pq.write_table(table, known_then / f"{name}.parquet")
    today = [
        read_chart(
            "patient born=1980-01-01\nvisit 2022-01-10 hygiene\nvisit 2024-12-01 hygiene", patient_id=1
        )
    ]
    question = Question(START, START + timedelta(days=7))
    _, without = run(tmp_path, today, question)
    _, with_own = run(tmp_path, today, question, by_day={START: known_then})
    assert [row["first_on"] for row in without if row["reason"] == "dental.hygiene"] == []
    assert [row["first_on"] for row in with_own if row["reason"] == "dental.hygiene"] == [START]


def test_equal_records_give_equal_figures(tmp_path):
    chance = random.Random(3)
    charts = [some_chart(number, chance) for number in range(1, 40)]
    question = Question(START, END, settings=read_changes(["B:grace_days=90"])[0])
    first, again = (run(tmp_path, charts, question) for _ in range(2))
    assert first == again

"""How numbers came and who has them by now: ledger, guard, command (R-A4, R-A60, R-A61)."""

import csv
import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from rebook.accounts.models import AuditEvent, Organisation
from rebook.cli.app import app
from rebook.flow.common.row_files import UnableToImportRows
from rebook.flow.outreach.guard_settings import NumberRules, UnableToNote, set_number_rules
from rebook.flow.outreach.manual import send_manual
from rebook.flow.outreach.number_checks import import_answers, numbers_to_check
from rebook.flow.outreach.number_sources import HowItCame, UnableToNoteSource, note_source, note_unknown
from rebook.flow.outreach.numbers import look
from rebook.records.models import Attempt, ContactPoint, NumberMark, RejectedRow, Source, Task, Visit
from rebook.records.read.confidential import marks
from support.outreach import DAY, NOW

pytestmark = pytest.mark.django_db
TEXT = "Elm Street Practice: Dr. Lee can see you on Friday. Reply to tell us."
BY = {"now": NOW, "actor": "user:7"}


def write(clinic, patient, *, at=NOW):
    return send_manual(
        organisation_id=clinic.id,
        patient_id=patient.pk,
        channel="sms",
        body=TEXT,
        now=at,
        actor="user:7",
        channels=clinic.channels,
    )


def rules(decision):
    return [reason.rule for reason in decision.reasons]


def phone(patient):
    return ContactPoint.objects.get(patient=patient, system="phone")


def note(clinic, patient, source, *, on=None, what_for=""):
    point = phone(patient)
    told = HowItCame(source, on, what_for)
    return note_source(organisation_id=clinic.id, contact_point_id=point.pk, told=told, **BY)


def unverified(clinic, number, *, seen_days_ago=None, **values):
    """A patient whose number nobody verified, last seen so long ago."""
    patient = clinic.patient(number, phone=False, gap=False)
    clinic.contact(patient, f"+1212555{number:04d}", state="unverified", **values)
    if seen_days_ago is not None:
        Visit.objects.create(
            organisation=clinic.organisation,
            source=clinic.source,
            external_id=f"v{number}",
            fact_hash=bytes(16),
            patient=patient,
            started_at=NOW - seen_days_ago * DAY,
            visit_type="annual_visit",
        )
    return patient


# --- how a number came ---------------------------------------------------------------------------------


def test_a_number_from_an_insurer_gets_no_text_until_the_patient_gives_it(clinic):
    patient = clinic.patient(1)
    note(clinic, patient, "insurer")
    decision = write(clinic, patient)
    assert (decision.verdict, rules(decision)) == ("refuse", ["no_lawful_basis"])
    assert "insurer" in decision.reasons[0].detail
    assert note(clinic, patient, "patient_said", on=dt.date(2026, 11, 18)) == patient.pk
    assert write(clinic, patient).verdict == "allow"
    kept = phone(patient)
    assert (kept.number_source, kept.source_noted_by) == ("patient_said", "user:7")
    trail = AuditEvent.objects.filter(action="number.source_noted").order_by("pk")
    assert [one.detail["source"] for one in trail] == ["insurer", "patient_said"]
    assert kept.value not in json.dumps(trail[0].detail)


def test_a_number_given_for_appointments_gets_no_recall(clinic):
    patient = clinic.patient(1)
    note(clinic, patient, "patient_form", what_for="newsletter")
    assert rules(write(clinic, patient)) == ["out_of_scope"]
    note(clinic, patient, "patient_form", what_for="care")
    assert write(clinic, patient).verdict == "allow"


def test_a_number_of_unknown_source_counts_until_the_practice_is_strict(clinic):
    patient = clinic.patient(1)
    set_number_rules(organisation_id=clinic.id, rules=NumberRules(refuses_unknown_source=True), **BY)
    assert rules(write(clinic, patient)) == ["no_lawful_basis"]
    looked = look(organisation_id=clinic.id, now=NOW)
    assert (looked.unknown, looked.rules.refuses_unknown_source) == (1, True)
    changed = note_unknown(
        organisation_id=clinic.id, system_key=clinic.source.key, source="patient_form", **BY
    )
    assert changed == 1
    assert look(organisation_id=clinic.id, now=NOW).unknown == 0
    assert write(clinic, patient).verdict == "allow"
    # Said of all of them once; what somebody wrote down of one stays.
    assert note_unknown(organisation_id=clinic.id, system_key=clinic.source.key, source="insurer", **BY) == 0


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (HowItCame("gossip"), "choose how"),
        (HowItCame("patient_form", dt.date(2026, 11, 19)), "future"),
        (HowItCame("patient_form", dt.date(1900, 1, 1)), "too long ago"),
        (HowItCame("patient_form", None, "tea"), "nobody knows"),
    ],
)
def test_what_cannot_be_kept_says_why(clinic, told, message):
    point = phone(clinic.patient(1))
    with pytest.raises(UnableToNoteSource, match=message):
        note_source(organisation_id=clinic.id, contact_point_id=point.pk, told=told, **BY)
    assert not AuditEvent.objects.filter(action="number.source_noted").exists()


def test_another_practices_number_is_none_of_ours(clinic):
    point = phone(clinic.patient(1))
    other = Organisation.objects.create(slug="other", name="Other", time_zone="America/New_York")
    told = HowItCame("insurer")
    assert note_source(organisation_id=other.pk, contact_point_id=point.pk, told=told, **BY) is None
    assert phone(point.patient).number_source == ""


def test_the_number_that_the_patient_gave_goes_before_one_from_elsewhere(clinic, tmp_path):
    patient = clinic.patient(1, phone=False)
    clinic.contact(patient, "+12125550001", number_source="insurer", rank=0)
    clinic.contact(patient, "+12125550002", state="unverified", number_source="patient_form", rank=2)
    assert write(clinic, patient).verdict == "allow"
    assert clinic.sms.numbers in ([], ["+12125550002"])
    assert Attempt.objects.get(patient=patient).to_value == "+12125550002"
    # Somebody else has that one by now: better none than theirs, and the other is tried first.
    take(clinic, tmp_path, "2125550002,2025-10-14,yes\n")
    later = NOW + 3 * DAY
    clinic.synced(later)
    assert rules(write(clinic, patient, at=later)) == ["no_lawful_basis"]


# --- who has it by now ---------------------------------------------------------------------------------


def ask(clinic, **more):
    return numbers_to_check(organisation_id=clinic.id, **BY, **more)


def take(clinic, tmp_path, content, **more):
    path = tmp_path / "answers.csv"
    path.write_text(content, encoding="utf-8")
    return import_answers(organisation_id=clinic.id, path=path, **{**BY, **more})


def test_numbers_without_a_new_sign_are_asked_about(clinic):
    unverified(clinic, 1, seen_days_ago=400)
    unverified(clinic, 2, seen_days_ago=10)
    unverified(clinic, 3)
    unverified(clinic, 4, number_source="patient_form", given_on=dt.date(2026, 11, 1))
    unverified(clinic, 5, number_source="insurer", given_on=dt.date(2026, 11, 1))
    abroad = clinic.patient(6, phone=False, gap=False)
    clinic.contact(abroad, "+442079460123", state="unverified")
    found = ask(clinic)
    assert found.rows == (("2125550001", "2025-10-14"),)
    assert (found.in_use, found.not_due, found.without_day, found.abroad) == (6, 2, 2, 1)
    everything = ask(clinic, everything=True)
    assert [row[0] for row in everything.rows] == ["2125550001", "2125550002", "2125550004"]
    assert AuditEvent.objects.filter(action="numbers.exported").first().detail == {"numbers": 1}


def test_a_shared_number_is_asked_about_from_the_oldest_sign(clinic):
    unverified(clinic, 1, seen_days_ago=400)
    other = unverified(clinic, 2, seen_days_ago=100)
    ContactPoint.objects.filter(patient=other).update(value="+12125550001")
    assert ask(clinic).rows == (("2125550001", "2025-10-14"),)


def test_answers_hold_numbers_back_ask_the_desk_and_read_again_change_nothing(clinic, tmp_path):
    gone, theirs, unknown = (unverified(clinic, number, seen_days_ago=400) for number in (1, 2, 3))
    content = (
        "TN,Date,Disconnected\n2125550001,2025-10-14,yes\n(212) 555-0002,2025-10-14,No\n"
        "2125550003,2025-10-14,no_data\n2125550009,2025-10-14,yes\n2125550001,2025-10-14,maybe\n12,,no\n"
    )
    done = take(clinic, tmp_path, content)
    assert (done.read, done.reassigned, done.same, done.no_data) == (6, 1, 1, 1)
    assert (done.rejected, done.tasks) == (3, 1)
    assert sorted(RejectedRow.objects.values_list("line", "field")) == [
        (5, "tn"), (6, "disconnected"), (7, "tn"),
    ]  # fmt: skip
    task = Task.objects.get(kind="data_quality")
    assert (task.patient_id, task.owner_role) == (gone.pk, "front_desk")
    assert "2125550001" not in task.note
    assert rules(write(clinic, gone)) == ["quarantined"]
    assert write(clinic, theirs).verdict == "allow"
    assert write(clinic, unknown).verdict == "allow"
    again = take(clinic, tmp_path, content)
    assert (again.already_known, again.reassigned, again.tasks) == (3, 0, 0)
    assert (again.rejects_new, Task.objects.count(), NumberMark.objects.count()) == (0, 1, 3)
    # None of them is asked about again before the aging time is over.
    assert ask(clinic).rows == ()


def test_the_list_of_marks_shows_what_holds_back_and_not_every_answer(clinic, tmp_path):
    for number in (1, 2, 3):
        unverified(clinic, number, seen_days_ago=400)
    take(clinic, tmp_path, "2125550001,,yes\n2125550002,,no\n2125550003,,no data\n")
    assert [one.value for one in marks(organisation_id=clinic.id)] == ["+12125550001"]


def test_a_patient_who_comes_in_since_has_the_number_after_all(clinic, tmp_path):
    gone = unverified(clinic, 1, seen_days_ago=400)
    take(clinic, tmp_path, "2125550001,2025-10-14,yes\n")
    assert rules(write(clinic, gone)) == ["quarantined"]
    note(clinic, gone, "patient_said", on=dt.date(2026, 11, 19) - DAY)
    # Noon of the day of the answer is before the answer: doubt goes on.
    assert rules(write(clinic, gone)) == ["quarantined"]
    later = NOW + 2 * DAY
    point = phone(gone)
    told = HowItCame("patient_said", dt.date(2026, 11, 20))
    note_source(organisation_id=clinic.id, contact_point_id=point.pk, told=told, now=later, actor="user:7")
    clinic.synced(later)
    assert write(clinic, gone, at=later).verdict == "allow"


def test_a_later_answer_takes_the_place_of_the_earlier_one(clinic, tmp_path):
    patient = unverified(clinic, 1, seen_days_ago=400)
    take(clinic, tmp_path, "2125550001,2025-10-14,no\n")
    later = NOW + 50 * DAY
    take(clinic, tmp_path, "2125550001,2025-10-14,yes\n", now=later)
    # An older file found again does not bring the old answer back.
    take(clinic, tmp_path, "2125550001,2025-10-14,no\n", now=later, answered_on=dt.date(2026, 12, 1))
    standing = NumberMark.objects.filter(ended_at__isnull=True)
    assert [one.kind for one in standing] == ["reassigned"]
    assert NumberMark.objects.filter(value=phone(patient).value).count() == 2


def test_where_numbers_must_be_checked_an_old_one_waits_for_its_answer(clinic, tmp_path):
    patient = unverified(clinic, 1, seen_days_ago=400)
    assert write(clinic, patient).verdict == "allow"
    set_number_rules(organisation_id=clinic.id, rules=NumberRules(check_after_days=45), **BY)
    patient = unverified(clinic, 2, seen_days_ago=400)
    assert rules(write(clinic, patient)) == ["quarantined"]
    assert look(organisation_id=clinic.id, now=NOW).checks.waiting == 2
    take(clinic, tmp_path, "2125550002,2025-10-14,no data\n")
    assert rules(write(clinic, patient)) == ["quarantined"]
    take(clinic, tmp_path, "2125550002,2025-10-14,no\n", now=NOW + DAY)
    assert look(organisation_id=clinic.id, now=NOW + DAY).checks.waiting == 1
    assert write(clinic, patient, at=NOW + DAY).verdict == "allow"


@pytest.mark.parametrize("days", [1, 13, 731, -3])
def test_days_that_make_no_sense_are_refused(clinic, days):
    with pytest.raises(UnableToNote, match="14 to 730"):
        set_number_rules(organisation_id=clinic.id, rules=NumberRules(check_after_days=days), **BY)


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "empty"), ("2125550001,2025-10-14,no\n", "has not come")],
)
def test_a_file_that_cannot_be_taken_leaves_nothing(clinic, tmp_path, content, message):
    unverified(clinic, 1, seen_days_ago=400)
    answered_on = dt.date(2026, 11, 20) if content else None
    with pytest.raises(UnableToImportRows, match=message):
        take(clinic, tmp_path, content, answered_on=answered_on)
    assert not NumberMark.objects.exists()


def test_a_dry_run_keeps_nothing_and_makes_no_system_of_the_practice(clinic, tmp_path):
    unverified(clinic, 1, seen_days_ago=400)
    assert take(clinic, tmp_path, "2125550001,2025-10-14,yes\n", dry_run=True).reassigned == 1
    assert not NumberMark.objects.exists()
    assert not Task.objects.exists()
    from rebook.records.read.doctor import sources

    assert [key for _, key, _ in sources(organisation_id=clinic.id)] == [clinic.source.key]
    assert Source.objects.count() == 2


# --- by command ----------------------------------------------------------------------------------------


def rebook(*words, code=0):
    done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert done.exit_code == code, f"{done.exit_code}: {done.output} {done.exception!r}"
    return done.stdout


def test_the_command_writes_the_file_reads_the_answers_and_tells(clinic, tmp_path):
    unverified(clinic, 1, seen_days_ago=400)
    path = tmp_path / "numbers.csv"
    told = json.loads(rebook("numbers", "--export", str(path), "--json"))
    assert (told["rows"], told["file"]) == (1, "numbers.csv")
    with path.open(newline="", encoding="ascii") as file:
        rows = list(csv.reader(file))
    assert rows == [["tn", "date"], ["2125550001", "2025-10-14"]]
    answers = tmp_path / "answers.csv"
    answers.write_text("\n".join([",".join([*rows[0], "disconnected"]), ",".join([*rows[1], "yes"])]) + "\n")
    assert json.loads(rebook("numbers", "--import", str(answers), "--json"))["reassigned"] == 1
    assert "somebody else's" in rebook("numbers")
    told = json.loads(rebook("numbers", "--check-after", "45", "--strict", "--json"))
    assert (told["rules"], told["checks"]["reassigned"]) == (
        {"refuses_unknown_source": True, "check_after_days": 45},
        1,
    )
    clinic.organisation.refresh_from_db()
    assert clinic.organisation.settings["guard"] == {
        "refuses_unknown_source": True,
        "unchecked_number_days": 45,
    }
    assert json.loads(rebook("numbers", "--no-strict", "--json"))["rules"]["check_after_days"] == 45


@pytest.mark.parametrize(
    "words",
    [
        ("--export", "a", "--import", "b"),
        ("--import", "/nowhere/answers.csv"),
        ("--import", "x.csv", "--on", "yesterday"),
        ("--check-after", "3"),
    ],
)
def test_bad_usage_says_so(clinic, words):
    rebook("numbers", *words, code=2)


# --- the doctor ----------------------------------------------------------------------------------------


def doctor(clinic, *, at=NOW):
    from rebook.flow.common.examining import look as examine

    return {one.key: one for one in examine(organisation_id=clinic.id, now=at, with_rules=False)}


def test_the_doctor_counts_what_is_unknown_old_or_somebody_elses(clinic, tmp_path):
    unverified(clinic, 1, seen_days_ago=400)
    unverified(clinic, 2, seen_days_ago=10, number_source="patient_form")
    unverified(clinic, 3, seen_days_ago=400, number_source="skip_trace")
    before = doctor(clinic)
    assert (before["number_source_unknown"].count, before["number_source_unknown"].of) == (1, 3)
    assert before["number_from_elsewhere"].count == 1
    due = before["number_check_due"]
    assert (due.count, due.of, due.severity) == (2, 3, "note")
    # Only where the practice has numbers checked is a missing check a warning.
    assert "number_check_missing" not in before
    set_number_rules(organisation_id=clinic.id, rules=NumberRules(check_after_days=30), **BY)
    assert (
        doctor(clinic)["number_check_missing"].count,
        doctor(clinic)["number_check_missing"].severity,
    ) == (
        2,
        "warn",
    )
    take(clinic, tmp_path, "2125550001,2025-10-14,no\n2125550003,2025-10-14,yes\n")
    after = doctor(clinic)
    assert after["number_of_somebody_else"].count == 1
    assert not {"number_check_missing", "number_check_due"} & set(after)
    # Answers grow old: nothing is silently stale.
    later = NOW + 46 * DAY
    clinic.synced(later)
    assert doctor(clinic, at=later)["number_check_missing"].count == 3


def test_the_doctor_lists_who_comes_of_age_soon(clinic):
    parent = clinic.patient(1, birth_on=dt.date(1980, 5, 17))
    for number, born in ((2, dt.date(2009, 2, 1)), (3, dt.date(2009, 4, 1)), (4, dt.date(2008, 11, 1))):
        clinic.patient(number, phone=False, birth_on=born, responsible_patient=parent)
    clinic.patient(5, birth_on=dt.date(2009, 2, 1))
    assert doctor(clinic)["coming_of_age"].count == 1

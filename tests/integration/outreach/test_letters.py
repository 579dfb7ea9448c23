"""A letter from plan to post and back, through the real planner, guard, dispatcher and printer."""

import csv
import datetime as dt
import io

import pytest

from rebook.accounts.models import AuditEvent
from rebook.channels.letter import Letters
from rebook.flow.outreach import letter_returns, letters
from rebook.flow.outreach.letters import UnableToDoWithLetters
from rebook.flow.outreach.manual import send_manual
from rebook.flow.outreach.posting import switch_letters
from rebook.records.models import Attempt, ConfidentialRequest, Letter, LetterBatch, ReturnedAddress, Task
from rebook.records.read import letters as read
from support.outreach import DAY, HOUR, NOW

HOME = {"address_line": "12 Main Street; Apt 4", "city": "New York", "postal_code": "10001"}
ADDRESS = "Ana Test1\n12 Main Street\nApt 4\nNew York, NY 10001"


@pytest.fixture
def posting(clinic, tmp_path, settings, monkeypatch):
    """A practice that also writes letters."""
    settings.HOME = tmp_path
    switch_letters(organisation_id=clinic.id, is_on=True, now=NOW, actor="user:1")
    clinic.organisation.refresh_from_db()
    served = {"sms": clinic.sms, "email": clinic.email, "letter": Letters()}
    monkeypatch.setattr(type(clinic), "channels", served)
    return clinic


def writing_to(clinic, number=1, **values):
    return clinic.patient(number, phone=False, preferred_channel="letter", **{**HOME, **values})


def taken_in_hand(clinic, day, *patients):
    clinic.campaign()
    day.enrol()
    day.plan()
    day.send()
    return [clinic.attempts(one) for one in patients]


def printed(clinic, at=NOW + HOUR):
    return letters.print_waiting(organisation_id=clinic.id, now=at, actor="user:1")


def posted(clinic, number=1, at=NOW + 2 * HOUR):
    return letters.mark_posted(organisation_id=clinic.id, number=number, now=at, actor="user:1")


def returned(clinic, code, reason="moved", at=NOW + 9 * DAY):
    return letter_returns.record_return(
        organisation_id=clinic.id, code=code, reason=reason, now=at, actor="user:1"
    )


def test_a_letter_goes_from_plan_to_post(posting, day, tmp_path):
    patient = writing_to(posting)
    assert taken_in_hand(posting, day, patient) == [[(0, "letter", "accepted")]]
    attempt = Attempt.objects.get(patient=patient)
    assert attempt.to_value == ADDRESS
    assert attempt.contact_point_id is None
    assert read.waiting_count(organisation_id=posting.id) == 1

    made = printed(posting)
    assert (made.batches, made.dropped, made.put_off) == ({"letter": 1}, 0, 0)
    pdf = tmp_path / "outbox" / "elm" / "letters-0001.pdf"
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert pdf.stat().st_mode & 0o077 == 0
    (line,) = csv.DictReader(io.StringIO((pdf.with_suffix(".csv")).read_text("utf-8-sig")))
    letter = Letter.objects.get()
    assert (line["code"], line["line_1"], line["line_4"]) == (letter.code, "Ana Test1", "New York, NY 10001")
    # Printed is not posted: nothing is said to have gone out.
    assert posting.attempts(patient) == [(0, "letter", "accepted")]

    assert posted(posting) == 1
    attempt.refresh_from_db()
    assert (attempt.state, attempt.sent_at) == ("sent", NOW + 2 * HOUR)
    assert list(attempt.events.order_by("at").values_list("state", "source")) == [
        ("accepted", "worker"),
        ("sent", "staff"),
    ]
    assert AuditEvent.objects.filter(action="letters.posted").count() == 1


def test_doing_it_twice_changes_nothing(posting, day):
    taken_in_hand(posting, day, writing_to(posting))
    printed(posting)
    assert printed(posting).batches == {}
    assert LetterBatch.objects.count() == 1
    assert (posted(posting), posted(posting)) == (1, 0)
    code = Letter.objects.get().code
    returned(posting, code)
    returned(posting, code, reason="refused")
    assert ReturnedAddress.objects.get().reason == "moved"
    assert Task.objects.filter(kind="data_quality").count() == 1


def test_a_lost_file_is_made_again_just_the_same(posting, day):
    taken_in_hand(posting, day, writing_to(posting))
    printed(posting)
    files = letters.batch_files(organisation_id=posting.id, number=1)
    listed = files.list.read_bytes()
    files.pdf.unlink()
    files.list.unlink()
    again = letters.batch_files(organisation_id=posting.id, number=1)
    assert again == files
    assert again.list.read_bytes() == listed
    assert again.pdf.exists()


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "bare"])
def test_post_that_comes_back_is_found_by_its_code_and_ends_the_address(posting, day, typed):
    patient = writing_to(posting)
    taken_in_hand(posting, day, patient)
    printed(posting)
    posted(posting)
    code = Letter.objects.get().code
    shown = {"lower": code.lower(), "bare": code.replace("-", "")}.get(typed, typed.format(code))
    letter = returned(posting, shown)
    assert letter.patient_id == patient.pk
    assert posting.attempts(patient)[0] == (0, "letter", "failed")
    assert Attempt.objects.get(patient=patient).error_code == "returned_moved"
    task = Task.objects.get(kind="data_quality")
    assert (task.patient_id, task.attempt_id) == (patient.pk, letter.attempt_id)

    # No letter is planned to that address again ...
    day.plan(NOW + 9 * DAY)
    assert [one for one in posting.attempts(patient)[1:] if one[1] == "letter"] == []
    # ... until the record says another.
    patient.address_line = "5 Oak Avenue"
    patient.save()
    case = posting.case(patient)
    case.next_step_at = NOW + 10 * DAY
    case.save()
    posting.synced(NOW + 10 * DAY)
    day.plan(NOW + 10 * DAY)
    assert posting.attempts(patient)[-1][1] == "letter"
    assert (
        Attempt.objects.filter(patient=patient).order_by("-pk")[0].to_value.split("\n")[1] == "5 Oak Avenue"
    )


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"is_deceased": True}, "deceased"),
        ({"do_not_contact": True}, "do_not_contact"),
        ({"address_line": "5 Oak Avenue"}, "contact_missing"),
    ],
)
def test_what_the_guard_no_longer_allows_is_not_printed(posting, day, change, rule):
    patient = writing_to(posting)
    taken_in_hand(posting, day, patient)
    for name, value in change.items():
        setattr(patient, name, value)
    patient.save()
    made = printed(posting)
    assert (made.batches, made.dropped) == ({}, 1)
    assert posting.attempts(patient)[0] == (0, "letter", "refused")
    assert Attempt.objects.filter(patient=patient).order_by("pk")[0].reasons[0]["rule"] == rule


def test_who_opted_out_of_letters_after_it_was_taken_in_hand_gets_none(posting, day):
    patient = writing_to(posting)
    taken_in_hand(posting, day, patient)
    posting.opt_out(patient=patient, channel="letter", at=NOW + HOUR)
    assert printed(posting, at=NOW + 2 * HOUR).dropped == 1
    assert posting.first_rule(patient) == "opted_out"


def test_a_household_gets_all_its_letters_in_one_batch(posting, day):
    both = [writing_to(posting, number, household_key="oak") for number in (1, 2)]
    taken_in_hand(posting, day, *both)
    for later in range(1, 5):
        posting.synced(NOW + later * DAY)
        day.send(NOW + later * DAY)
    waiting = read.waiting_count(organisation_id=posting.id)
    made = printed(posting, at=NOW + 4 * DAY)
    assert (LetterBatch.objects.get().count, made.dropped, made.put_off) == (waiting, 0, 0)


def test_a_childs_letter_goes_to_the_responsible_adult(posting, day):
    adult = posting.patient(1, phone=False, gap=False, **HOME)
    child = writing_to(posting, 2, given_name="Kim", birth_on=dt.date(2018, 5, 1), responsible_patient=adult)
    taken_in_hand(posting, day, child)
    assert Attempt.objects.get(patient=child).to_value == ADDRESS
    assert posting.attempts(child) == [(0, "letter", "accepted")]


def test_a_letter_in_confidence_goes_to_the_address_that_was_asked_for(posting, day):
    posting.organisation.refresh_from_db()
    posting.organisation.settings = {**posting.organisation.settings, "letters": {"form": "postcard"}}
    posting.organisation.save()
    patient = writing_to(posting)
    ConfidentialRequest.objects.create(
        organisation=posting.organisation,
        patient=patient,
        address_line="7 Quiet Lane",
        city="New York",
        state="NY",
        postal_code="10002",
        in_envelope=True,
        made_at=NOW - DAY,
        made_by="user:1",
    )
    assert taken_in_hand(posting, day, patient) == [[(0, "letter", "accepted")]]
    assert Attempt.objects.get(patient=patient).to_value == "Ana Test1\n7 Quiet Lane\nNew York, NY 10002"
    # The practice sends postcards; this patient asked for an envelope.
    assert printed(posting).batches == {"letter": 1}


def test_staff_may_write_a_letter_by_hand(posting, day):
    patient = writing_to(posting, gap=False)
    said = send_manual(
        organisation_id=posting.id,
        patient_id=patient.pk,
        channel="letter",
        body="Elm Street Practice has a new door. Please ring twice.",
        now=NOW,
        actor="user:1",
        channels=posting.channels,
    )
    assert said.verdict == "allow"
    posting.synced(NOW + 3 * DAY)
    assert printed(posting, at=NOW + 3 * DAY).batches == {"letter": 1}
    assert Attempt.objects.get(patient=patient).to_value == ADDRESS


@pytest.mark.parametrize("missing", ["address_line", "city", "postal_code"])
def test_half_an_address_is_none(posting, day, missing):
    patient = writing_to(posting, **{missing: ""})
    taken_in_hand(posting, day, patient)
    assert "letter" not in {
        channel for _step, channel, state in posting.attempts(patient) if state != "refused"
    }


def test_a_practice_without_letters_plans_none(clinic, day):
    patient = writing_to(clinic)
    taken_in_hand(clinic, day, patient)
    assert {state for _step, _channel, state in clinic.attempts(patient)} <= {"refused"}


def test_postcards_go_apart_from_letters_where_the_practice_wants_them(posting, day):
    posting.organisation.settings = {**posting.organisation.settings, "letters": {"form": "postcard"}}
    posting.organisation.save()
    patient = writing_to(posting)
    taken_in_hand(posting, day, patient)
    assert printed(posting).batches == {"postcard": 1}
    assert LetterBatch.objects.get().form == "postcard"


def test_nothing_comes_back_that_was_not_posted(posting, day):
    taken_in_hand(posting, day, writing_to(posting))
    printed(posting)
    with pytest.raises(UnableToDoWithLetters, match="not posted yet"):
        returned(posting, Letter.objects.get().code)
    posted(posting)
    with pytest.raises(UnableToDoWithLetters, match="no letter has this code"):
        returned(posting, "0000-0000-00")
    with pytest.raises(UnableToDoWithLetters, match="why it came back"):
        returned(posting, Letter.objects.get().code, reason="eaten by a dog")
    with pytest.raises(UnableToDoWithLetters, match="no such batch"):
        posted(posting, number=7)


def test_another_practice_finds_no_letter_of_ours(posting, day):
    taken_in_hand(posting, day, writing_to(posting))
    printed(posting)
    code = Letter.objects.get().code
    assert letters.find_letter(organisation_id=posting.id + 1, code=code) is None

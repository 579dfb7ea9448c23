"""A batch of letters: sorted for the post, nobody twice, interrupted anywhere, and at the command line."""

import json

import pytest
from typer.testing import CliRunner

from rebook.channels.letter import Letters
from rebook.cli.app import app
from rebook.flow.outreach import letter_returns, letters
from rebook.flow.outreach.letters import UnableToDoWithLetters
from rebook.flow.outreach.posting import switch_letters
from rebook.records.models import Attempt, GuardDecision, Letter, LetterBatch, Patient, ReturnedAddress
from support.outreach import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db
HOME = {"address_line": "12 Main Street", "city": "New York", "postal_code": "10001"}


@pytest.fixture
def posting(clinic, tmp_path, settings, monkeypatch):
    """A practice that also writes letters."""
    settings.HOME = tmp_path
    switch_letters(organisation_id=clinic.id, is_on=True, now=NOW, actor="user:1")
    clinic.organisation.refresh_from_db()
    served = {"sms": clinic.sms, "email": clinic.email, "letter": Letters()}
    monkeypatch.setattr(type(clinic), "channels", served)
    return clinic


@pytest.fixture
def waiting(posting, day):
    """Take letters to these homes in hand; the patients."""

    def take(*homes):
        found = [
            posting.patient(number, phone=False, preferred_channel="letter", **{**HOME, **home})
            for number, home in enumerate(homes, start=1)
        ]
        posting.campaign()
        day.enrol()
        day.plan()
        day.send()
        return found

    return take


def printed(clinic, at=NOW + HOUR):
    return letters.print_waiting(organisation_id=clinic.id, now=at, actor="user:1")


def codes_in_order():
    rows = Letter.objects.order_by("place").select_related("attempt__patient")
    return [row.attempt.patient.postal_code for row in rows]


def test_they_lie_in_the_order_of_the_post(posting, waiting):
    waiting(
        {"postal_code": "10025"},
        {"postal_code": "02139", "city": "Cambridge", "state": "MA"},
        {"postal_code": "10001-0042"},
        {"postal_code": "10001"},
    )
    assert printed(posting).batches == {"letter": 1}
    assert codes_in_order() == ["02139", "10001", "10001-0042", "10025"]


def test_two_records_of_one_person_get_one_letter(posting, waiting):
    first, second, other = waiting(
        {"family_name": "Lopez"},
        {"family_name": "LOPEZ", "given_name": "ANA"},
        {"family_name": "Lopez", "given_name": "Bo"},
    )
    made = printed(posting)
    assert (LetterBatch.objects.get().count, made.duplicates, made.dropped) == (2, 1, 0)
    assert posting.attempts(other) == [(0, "letter", "accepted")]
    # Of the two one is written to; the other is left alone: no other channel takes the letter's place.
    assert sorted(posting.attempts(one)[0][2] for one in (first, second)) == ["accepted", "refused"]
    (refused,) = Attempt.objects.filter(patient__in=[first, second], state="refused")
    assert refused.reasons[0]["rule"] == "duplicate_letter"
    assert GuardDecision.objects.filter(attempt=refused, verdict="refuse").exists()
    assert printed(posting).batches == {}


def test_an_adult_gets_the_letters_of_both_children(posting, waiting, day):
    adult = posting.patient(90, phone=False, gap=False, **HOME)
    children = waiting({}, {})
    Patient.objects.filter(pk__in=[one.pk for one in children]).update(
        responsible_patient=adult, birth_on="2018-05-01"
    )
    Attempt.objects.update(to_value="Ana Test90\n12 Main Street\nNew York, NY 10001")
    made = printed(posting)
    assert (LetterBatch.objects.get().count, made.duplicates) == (2, 0)


def test_interrupted_before_the_file_the_batch_is_there_once_and_posted_once(posting, waiting, monkeypatch):
    waiting({})

    def full_disk(*_args, **_more):
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(letters, "write_batch", full_disk)
        with pytest.raises(OSError, match="no space"):
            printed(posting)
    assert printed(posting).batches == {}
    assert letters.batch_files(organisation_id=posting.id, number=1).pdf.exists()
    posted = [
        letters.mark_posted(organisation_id=posting.id, number=1, now=NOW + at * HOUR, actor="user:1")
        for at in (2, 3)
    ]
    assert posted == [1, 0]
    assert Attempt.objects.get().sent_at == NOW + 2 * HOUR
    assert Letter.objects.count() == 1


def test_interrupted_in_the_middle_nothing_was_batched(posting, waiting, monkeypatch):
    waiting({})

    def stopped(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(letters, "note", stopped)
        with pytest.raises(KeyboardInterrupt):
            printed(posting)
    assert not LetterBatch.objects.exists()
    assert printed(posting).batches == {"letter": 1}


def test_post_returned_because_somebody_died_ends_every_contact(posting, waiting, day):
    (patient,) = waiting({})
    posting.contact(patient, "+12125550001")
    printed(posting)
    letters.mark_posted(organisation_id=posting.id, number=1, now=NOW + HOUR, actor="user:1")
    letter_returns.record_return(
        organisation_id=posting.id, code=Letter.objects.get().code, reason="deceased", now=NOW + 5 * DAY,
        actor="user:1",
    )  # fmt: skip
    patient.refresh_from_db()
    assert patient.is_deceased
    posting.synced(NOW + 6 * DAY)
    day.plan(NOW + 6 * DAY)
    day.send(NOW + 6 * DAY)
    assert posting.sms.sent == []


@pytest.fixture
def rebook(posting):
    def run(*words, code=0):
        done = CliRunner().invoke(app, ["letters", *words, "--json"], env={"COLUMNS": "200"})
        assert done.exit_code == code, f"{done.exit_code}: {done.output} {done.exception!r}"
        return json.loads(done.stdout) if done.stdout.strip() else {}

    return run


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr("rebook.cli.letters.instant", lambda practice, _as_of: (NOW.date(), NOW + HOUR))


def test_at_the_command_line_from_waiting_to_returned(posting, waiting, rebook, today):
    (patient,) = waiting({})
    (line,) = rebook("list")["waiting"]
    assert (line["patient_id"], line["language"]) == (patient.pk, "en")
    assert not {"name", "address", "to_value"} & set(line)
    made = rebook("print")
    (batch,) = made["batches"]
    assert (batch["number"], batch["form"], batch["letters"], made["duplicates"]) == (1, "letter", 1, 0)
    with open(batch["pdf"], "rb") as pdf:
        assert pdf.read(5) == b"%PDF-"
    assert rebook("print", code=1)["batches"] == []
    assert rebook("print", "--again", "1")["batches"][0]["pdf"] == batch["pdf"]
    assert rebook("posted", "1") == {"number": 1, "sent": 1}
    assert rebook("posted", "1", code=1) == {"number": 1, "sent": 0}
    code = Letter.objects.get().code
    assert rebook("find", code.lower())["patient"] == patient.pk
    assert rebook("returned", code, "--reason", "moved")["was_known"] is False
    assert rebook("returned", code, "--reason", "moved")["was_known"] is True
    assert ReturnedAddress.objects.get().patient_id == patient.pk
    shown = rebook("list", code=1)
    assert (shown["waiting"], shown["batches"][0]["returned"]) == ([], 1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("posted", "7"), 2),
        (("print", "--again", "7"), 2),
        (("returned", "7H2K-9QXD-4M", "--reason", "moved"), 2),
        (("returned", "7H2K-9QXD-4M", "--reason", "eaten"), 2),
        (("find", "7H2K-9QXD-4M"), 1),
    ],
)
def test_what_there_is_not_is_refused_in_words(posting, words, code):
    done = CliRunner().invoke(app, ["letters", *words])
    assert done.exit_code == code
    assert "Traceback" not in done.output


def test_a_batch_there_is_not_has_no_files(posting):
    with pytest.raises(UnableToDoWithLetters):
        letters.batch_files(organisation_id=posting.id, number=3)

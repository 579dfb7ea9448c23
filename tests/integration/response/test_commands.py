"""``rebook optout`` and ``rebook audit verify``."""

import json

import pytest
from django.db import connection
from typer.testing import CliRunner

from rebook.accounts import audit
from rebook.cli.app import app
from rebook.records.models import Consent

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_a_number_is_stopped_with_the_words_that_were_said(thread):
    waiting = thread.queue(thread.phone, channel="sms")
    answer = run("optout", thread.phone.value, "--channel", "sms", "--wording", "call from her son", "--json")
    waiting.refresh_from_db()
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout) == {
        "stopped": thread.phone.value,
        "channel": "sms",
        "waiting_refused": 1,
    }
    assert (Consent.objects.get().wording, waiting.state) == ("call from her son", "refused")


def test_an_address_is_stopped_too(thread):
    assert run("optout", "Person1@Example.org").exit_code == 0
    assert Consent.objects.get().contact_value == "person1@example.org"


@pytest.mark.parametrize("number", ["12", "911", "nobody@", "call me"])
def test_what_is_no_number_is_told(thread, number):
    answer = run("optout", number)
    assert answer.exit_code == 2
    assert not Consent.objects.exists()


def test_the_trail_is_whole(thread, now):
    thread.says("stop")
    answer = run("audit", "verify", "--json")
    (row,) = json.loads(answer.stdout)
    assert (answer.exit_code, row["whole"], row["practice"]) == (0, True, "elm-street")
    assert row["lines"] >= 2


def test_a_trail_that_was_tampered_with_leaves_with_one(thread, now):
    thread.says("stop")
    audit.append(
        organisation_id=thread.organisation_id, now=now, actor="user:1", action="x", subject_kind="y"
    )
    with connection.cursor() as cursor:
        # As somebody with full rights to the database could.
        cursor.execute("ALTER TABLE accounts_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE accounts_auditevent SET actor = 'user:2' WHERE sequence = 2")
        cursor.execute("ALTER TABLE accounts_auditevent ENABLE TRIGGER USER")
    answer = run("audit", "verify", "--json")
    (row,) = json.loads(answer.stdout)
    assert (answer.exit_code, row["whole"], row["broken_at"]) == (1, False, 2)

"""The audit trail is append-only and tamper-evident (promise 10)."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from rebook.accounts import audit, write
from rebook.accounts.models import AuditEvent

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def organisation_id(db: None) -> int:
    return write.add_organisation(slug="harbor", name="Harbor", time_zone="America/Chicago", pack_keys=[])


def add_line(organisation_id: int, action: str = "tested") -> None:
    audit.append(
        organisation_id=organisation_id,
        now=NOW,
        actor="user:1",
        action=action,
        subject_kind="patient",
        subject_id=7,
    )


def test_a_chain_of_lines_verifies(organisation_id: int) -> None:
    for number in range(5):
        add_line(organisation_id, f"act {number}")
    assert audit.verify(organisation_id=organisation_id) == (5, None)


def test_two_organisations_have_two_chains(organisation_id: int) -> None:
    other = write.add_organisation(slug="hill", name="Hill", time_zone="America/Chicago", pack_keys=[])
    add_line(organisation_id)
    add_line(other)
    assert [audit.verify(organisation_id=one)[0] for one in (organisation_id, other)] == [1, 1]


@pytest.mark.parametrize(
    "change", ["UPDATE accounts_auditevent SET action = 'x'", "DELETE FROM accounts_auditevent"]
)
def test_the_database_refuses_to_change_a_line(organisation_id: int, change: str) -> None:
    add_line(organisation_id)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            "UPDATE accounts_auditevent SET detail = '{\"n\": 2}' WHERE sequence = 2",
            "does not match its hash",
        ),
        (
            "UPDATE accounts_auditevent SET at = at + interval '1 second' WHERE sequence = 2",
            "does not match its hash",
        ),
        ("DELETE FROM accounts_auditevent WHERE sequence = 2", "a line is missing"),
    ],
)
def test_whoever_gets_past_the_database_is_found_out(organisation_id: int, change: str, problem: str) -> None:
    for _ in range(3):
        add_line(organisation_id)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditevent DISABLE TRIGGER audit_append_only")
        cursor.execute(change)
        cursor.execute("ALTER TABLE accounts_auditevent ENABLE TRIGGER audit_append_only")
    _, broken = audit.verify(organisation_id=organisation_id)
    assert broken is not None
    assert problem in broken.problem


def test_a_line_without_an_actor_is_refused(organisation_id: int) -> None:
    with pytest.raises(ValueError, match="actor"):
        audit.append(organisation_id=organisation_id, now=NOW, actor="", action="x", subject_kind="y")


@pytest.mark.django_db(transaction=True)
def test_lines_written_at_once_stay_one_chain() -> None:
    organisation_id = write.add_organisation(
        slug="busy", name="Busy", time_zone="America/Chicago", pack_keys=[]
    )

    def work() -> None:
        for _ in range(10):
            with transaction.atomic():
                add_line(organisation_id)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert audit.verify(organisation_id=organisation_id) == (40, None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditevent DISABLE TRIGGER audit_append_only")
        AuditEvent.objects.all().delete()
        cursor.execute("ALTER TABLE accounts_auditevent ENABLE TRIGGER audit_append_only")

"""Runs that break off: what is kept, what is said, and that the next one sets it right."""

import gzip
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from rebook.accounts.models import Organisation
from rebook.flow.sync import UnableToImport, import_files
from rebook.records.models import Appointment, ImportRun, Patient, RejectedRow, Source, Visit
from support.exports import DIARY, diary, diary_row, encounter, ndjson, patient, write

NOW = datetime(2026, 3, 16, 13, tzinfo=UTC)


@pytest.mark.django_db
def test_a_gzip_that_breaks_off_is_kept_as_far_as_it_goes_and_called_failed(bring, tmp_path):
    rows = [diary_row(number, given=f"Name{number * 7919 % 10007}") for number in range(3_000)]
    whole = gzip.compress(diary(*rows).encode())
    file = tmp_path / "diary.csv.gz"
    file.write_bytes(whole[: len(whole) // 2])
    summary = bring(file, name="diary.csv.gz")
    assert summary.state == "failed"
    assert f"diary.csv.gz: the compressed file breaks off after {len(whole) // 2} bytes" in summary.error
    assert 0 < Patient.objects.count() == Visit.objects.count() < 3_000
    run = ImportRun.objects.get()
    assert (run.state, run.error) == ("failed", summary.error)
    # The stale-data guard must not take it for complete.
    assert Source.objects.get().last_synced_at is None
    assert RejectedRow.objects.get().file == "diary.csv.gz"

    file.write_bytes(whole)
    assert bring(file, name="diary.csv.gz").state == "done"
    assert Visit.objects.count() == 3_000
    assert RejectedRow.objects.count() == 0


@pytest.mark.django_db
def test_a_file_in_stu3_fails_the_run_and_the_rest_is_kept(bring, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    write(folder / "Encounter.ndjson", ndjson(encounter(reason=[{"text": "Sore throat"}])))
    write(folder / "Patient.ndjson", ndjson(patient("p1")))
    summary = bring(folder, name="export")
    assert (summary.state, Patient.objects.count(), Visit.objects.count()) == ("failed", 1, 0)
    assert "FHIR STU3" in summary.error


@pytest.mark.django_db
def test_a_mistake_in_the_paths_or_the_mapping_starts_no_run(bring, organisation, tmp_path):
    with pytest.raises(UnableToImport, match="does not exist"):
        bring(tmp_path / "nowhere.csv")
    with pytest.raises(UnableToImport, match=r"mapping\.toml, line 1: colour: there is no such setting"):
        bring(diary(), mapping="colour = 1\n" + DIARY)
    with pytest.raises(UnableToImport, match="needs --mapping"):
        import_files(
            organisation_id=organisation.pk,
            source_key="csv",
            kind="csv",
            paths=[tmp_path],
            mapping=None,
            now=NOW,
        )
    assert ImportRun.objects.count() == 0


@pytest.mark.django_db
def test_a_key_belongs_to_one_kind_of_source(bring):
    bring(diary(diary_row(1)))
    with pytest.raises(UnableToImport, match="the source 'csv' is csv, not fhir"):
        bring(ndjson(patient()), name="export.ndjson", source_key="csv")


class Interrupted(Exception):
    """Stands for whatever may go wrong in the middle."""


@pytest.mark.django_db(transaction=True)
def test_a_run_that_fails_in_the_middle_changes_nothing_and_says_so(bring):
    bring(diary(diary_row(1)))

    def interrupt(progress):
        raise Interrupted("Rosa Test1 312-555-0123")

    with pytest.raises(Interrupted):
        bring(diary(diary_row(1, family="Changed"), diary_row(2)), on_progress=interrupt)
    assert [one.family_name for one in Patient.objects.all()] == ["Test1"]
    run = ImportRun.objects.latest("pk")
    # The kind of error, never its words: they may hold what was in the file.
    assert (run.state, run.error) == ("failed", "Interrupted: nothing of this run was kept")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'import\\_%%' AND relpersistence = 't'"
        )
        assert cursor.fetchone()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_what_the_database_objects_to_is_told_without_quoting_the_row(bring, monkeypatch):
    def refuse(*arguments):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'Rosa Test1'::date")

    monkeypatch.setattr("rebook.records.write.facts.merge", refuse)
    with pytest.raises(UnableToImport) as caught:
        bring(diary(diary_row(1)))
    assert str(caught.value) == "the database refused the import (22007); nothing was kept"
    assert caught.value.__suppress_context__
    assert ImportRun.objects.get().error == "DataError: nothing of this run was kept"


CHILD = """
import django, os, sys, time
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from rebook.flow.sync import import_files

def wait(progress):
    print("reading", flush=True)
    time.sleep(60)

import_files(organisation_id=int(sys.argv[1]), source_key="csv", kind="csv", paths=[Path(sys.argv[2])],
    mapping=Path(sys.argv[3]), now=datetime(2026, 3, 16, 13, tzinfo=UTC), on_progress=wait)
"""


@pytest.fixture
def child(tmp_path, request) -> subprocess.Popen[str]:
    """Another process in the middle of an import, holding on while it reads."""
    organisation = Organisation.objects.create(slug="north", name="North", time_zone="America/Chicago")
    file = write(tmp_path / "child.csv", diary(*(diary_row(number) for number in range(3_000))))
    mapping = write(tmp_path / "mapping.toml", DIARY)
    database = settings.DATABASES["default"]
    url = f"postgresql://{database['USER']}@/{connection.settings_dict['NAME']}?host={database['HOST']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "rebook.config.settings",
        "REBOOK_DATABASE_URL": url + f"&port={database['PORT']}",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(organisation.pk), str(file), str(mapping)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "reading\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def finish(organisation_id: int, tmp_path: Path):
    return import_files(
        organisation_id=organisation_id,
        source_key="csv",
        kind="csv",
        paths=[tmp_path / "child.csv"],
        mapping=tmp_path / "mapping.toml",
        now=NOW,
    )


@pytest.mark.django_db(transaction=True)
def test_a_run_killed_in_the_middle_changes_nothing_and_the_next_one_says_so(child, tmp_path):
    organisation_id = Organisation.objects.get().pk
    assert ImportRun.objects.get().state == "running"
    with pytest.raises(UnableToImport, match="another import of this source is under way") as caught:
        finish(organisation_id, tmp_path)
    assert not caught.value.permanent

    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert Patient.objects.count() == 0
    source_id = Source.objects.get().pk
    # The server notices the dead client a moment later.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7120, %s), pg_advisory_unlock(7120, %s)", [source_id] * 2)
    summary = finish(organisation_id, tmp_path)
    assert (summary.state, Appointment.objects.count()) == ("done", 3_000)
    killed, finished = ImportRun.objects.order_by("pk")
    assert (killed.state, killed.error) == ("failed", "interrupted: nothing of this run was kept")
    assert finished.state == "done"

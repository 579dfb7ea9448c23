"""``gaps`` and ``why``: who is due and why, and the exit codes that say so."""

import csv
import io
import json

import pytest

from rebook.accounts.models import Organisation
from rebook.records import models

pytestmark = pytest.mark.django_db
AS_OF = ("--as-of", "2025-11-21")


@pytest.fixture
def practice(db):
    row = Organisation.objects.create(slug="one", name="One", time_zone="UTC", pack_keys=["dental"])
    source = models.Source.objects.create(organisation=row, key="spec", kind="csv")
    of = {"organisation": row, "source": source, "fact_hash": b"0"}

    def put(external_id, *visits):
        patient = models.Patient.objects.create(**of, external_id=external_id, family_name="Secretname")
        for number, (on, kind) in enumerate(visits):
            models.Visit.objects.create(
                **of,
                patient=patient,
                external_id=f"{external_id}-{number}",
                visit_type=kind,
                started_at=f"{on}T12:00:00Z",
            )
        return patient.pk

    row.put = put
    return row


def test_nobody_due_is_a_no(practice, rebook):
    practice.put("P1", ("2025-11-01", "hygiene"))
    assert "0 reasons" in rebook("gaps", *AS_OF, code=1).stdout


def test_the_list_says_who_and_since_when_without_names(practice, rebook):
    practice.put("P1", ("2025-03-02", "hygiene"), ("2025-11-01", "dental_exam"))
    said = rebook("gaps", *AS_OF).stdout
    assert "overdue for cleaning" in said
    assert "2025-10-17" in said
    assert "P1" in said
    assert "Secretname" not in said
    assert models.Gap.objects.count() == 0


def test_the_list_as_json_and_csv(practice, rebook):
    for number in range(3):
        practice.put(f"P{number}", ("2025-03-02", "hygiene"), ("2025-11-01", "dental_exam"))
    told = json.loads(rebook("gaps", *AS_OF, "--format", "json", "--limit", "2").stdout)
    assert (told["found"], told["shown"], told["patients"]) == (3, 2, 3)
    assert told == json.loads(rebook("gaps", *AS_OF, "--json", "--limit", "2").stdout)
    rows = list(csv.DictReader(io.StringIO(rebook("gaps", *AS_OF, "--format", "csv").stdout)))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["definition_key"] == "dental.hygiene"


def test_why_takes_either_id_and_tells_every_step(practice, rebook):
    pk = practice.put("P-77", ("2025-03-02", "hygiene"), ("2025-11-01", "dental_exam"))
    for name in ("P-77", str(pk)):
        said = rebook("why", name, *AS_OF).stdout
        assert "1 reason to come back" in said
        assert "last hygiene 2025-03-02, due 2025-09-02" in said
        assert "overdue for 35 days" in said
        assert "Secretname" not in said


def test_why_not_is_answered_too(practice, rebook):
    practice.put("P1", ("2025-11-01", "hygiene"))
    said = rebook("why", "P1", *AS_OF, code=1).stdout
    assert "nothing is due" in said
    assert "not overdue: grace 45 days" in said
    told = json.loads(rebook("why", "P1", *AS_OF, "--json", code=1).stdout)
    assert told["due"] == []
    assert {one["verdict"] for one in told["findings"]} >= {"not_due"}


def test_a_patient_who_is_not_there_is_bad_usage(practice, rebook):
    rebook("why", "nobody", *AS_OF, code=2)


def test_a_wrong_setting_is_told_in_one_sentence(practice, rebook):
    practice.settings = {"gaps": {"grace": 3}}
    practice.save(update_fields=["settings"])
    practice.put("P1")
    done = rebook("gaps", *AS_OF, code=3)
    assert "there is no setting 'grace'" in done.output


def test_one_rule_alone(practice, answer, rebook):
    practice.put("P1", ("2025-01-01", "hygiene"), ("2024-01-01", "dental_exam"))
    every = answer("gaps", *AS_OF)
    alone = answer("gaps", *AS_OF, "--definition", "dental.hygiene")
    assert every["found"] > alone["found"] == 1
    assert [one["definition_key"] for one in alone["gaps"]] == ["dental.hygiene"]
    assert answer("gaps", *AS_OF, "--definition", "no_show_not_rebooked", code=1)["found"] == 0
    assert "rebook catalogue" in rebook("gaps", "--definition", "dental.nothing", code=2).output


def test_the_catalogue_says_every_rule_and_what_became_of_it(practice, answer, rebook):
    rules = {one["key"]: one for one in answer("catalogue", *AS_OF)["rules"]}
    assert rules["dental.hygiene"]["how_often"].startswith("every 6 months after the last")
    assert (rules["dental.hygiene"]["state"], rules["dental.hygiene"]["found"]) == ("unsigned", 0)
    assert "dental.hygiene" in rebook("catalogue", *AS_OF).stdout
    late = answer("catalogue", "--as-of", "2031-01-01", "--attention")["rules"]
    assert {one["state"] for one in late} <= {"expired", "blocked", "off"}
    rebook("catalogue", "--specialty", "nothing", "--attention", code=1)


def test_what_is_settled_for_a_patient_is_kept_shown_and_taken_back(practice, answer, rebook):
    practice.put("P1", ("2025-01-01", "hygiene"), ("2025-11-01", "dental_exam"))
    assert "rules of the practice count" in rebook("settle", "P1", *AS_OF, code=1).stdout
    rebook("settle", "P1", "no_recall", *AS_OF, code=2)
    wait = ("--rule", "dental.hygiene", "--until", "2026-03-01", "--why", "away")
    (kept,) = answer("settle", "P1", "snooze", *wait, *AS_OF)["settled"]
    assert (kept["kind"], kept["valid_until"]) == ("snooze", "2026-03-01")
    assert answer("gaps", *AS_OF, "--definition", "dental.hygiene", code=1)["found"] == 0
    assert "left alone" in rebook("why", "P1", *AS_OF, code=1).stdout
    rebook("settle", "P1", "--take-back", "999", *AS_OF, code=2)
    rebook("settle", "P1", "--take-back", str(kept["id"]), *AS_OF, code=1)
    assert answer("gaps", *AS_OF, "--definition", "dental.hygiene")["found"] == 1
    rebook("settle", "P1", "next_date", "--on", "soon", "--rule", "dental.hygiene", "--why", "x", code=2)

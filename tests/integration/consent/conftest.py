import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.flow.outreach.consent_import import import_consents
from support.outreach import NOW, make_clinic

HEADER = "patient_id,number,channel,purpose,state,at,origin,wording,evidence"


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def rosa(clinic):
    """A patient who may be texted at +1 212 555 0001 and written to by e-mail."""
    return clinic.patient(1, email=True)


@pytest.fixture
def bring(clinic, tmp_path):
    """``bring("p1,,sms,...")`` imports rows under the usual header; ``header=`` names other columns."""

    def run(*rows, header=HEADER, name="consents.csv", now=NOW, **more) -> "object":
        path: Path = tmp_path / name
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return import_consents(organisation_id=clinic.id, path=path, now=now, **more)

    return run


@pytest.fixture
def rebook():
    def run(*words, code=0):
        done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
        assert done.exit_code == code, f"{done.exit_code}: {done.output} {done.exception!r}"
        return done

    return run


@pytest.fixture
def answer(rebook):
    return lambda *words, code=0: json.loads(rebook(*words, "--json", code=code).stdout)

import json

import pytest
from django.conf import settings
from typer.testing import CliRunner

from rebook.cli.app import app
from support.installation import new_installation


@pytest.fixture
def rebook():
    """Runs a command in this process, on the test's ledger."""

    def run(*words, code=0):
        done = CliRunner().invoke(app, words, env={"COLUMNS": "120"})
        assert done.exit_code == code, f"{done.exit_code}: {done.output} {done.exception!r}"
        return done

    return run


@pytest.fixture
def answer(rebook):
    """What a command answers with ``--json``."""
    return lambda *words, code=0: json.loads(rebook(*words, "--json", code=code).stdout)


@pytest.fixture(scope="module")
def database(django_db_setup):
    """An installation whose commands run in processes of their own; kept for the whole module."""
    assert settings.DATABASES["default"]["ENGINE"].startswith("rebook")
    return new_installation()


@pytest.fixture
def installation(database):
    yield database
    database.end_all()

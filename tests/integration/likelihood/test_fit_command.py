"""``rebook fit``: learns at once, and says what is used and why."""

import json

import pytest
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.records.models import FittedModel
from support.likelihood import AS_OF

pytestmark = pytest.mark.django_db


def fit(*words):
    done = CliRunner().invoke(app, ["fit", "--as-of", AS_OF.isoformat(), *words], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_answer_names_all_three(clinic):
    clinic.cases(contacted=200, came_with=80, left_alone=80, came_without=8)
    said = json.loads(fit("--json"))
    assert said["organisation"] == "elm-likelihood"
    assert {said[kind]["chosen"] for kind in ("return", "show")} == {"recency", "rate"}
    assert said["gain"]["chosen"] == "own"
    assert said["gain"]["figures"]["holdouts"]["left_alone"] == 80
    assert said["gain"]["fitted_on"] == AS_OF.isoformat()


def test_a_person_reads_what_is_used_and_why(clinic):
    said = " ".join(fit().split())
    assert "recency is used" in said
    assert "a stated prior" in said
    assert FittedModel.objects.count() == 3
    fit()
    assert FittedModel.objects.count() == 3

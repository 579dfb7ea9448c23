"""A test run touches neither the home nor the database of whoever starts it."""

import os
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


def test_the_settings_are_those_of_the_test_run():
    assert Path(os.environ["REBOOK_TEST_HOME"]) == settings.HOME
    assert Path(tempfile.gettempdir()).resolve() in settings.HOME.resolve().parents


@pytest.mark.django_db
def test_the_database_lives_in_the_home_of_the_test_run():
    connection.ensure_connection()
    directory = connection.get_connection_params()["host"]
    assert Path(directory).resolve().is_relative_to(settings.HOME.resolve())
    assert connection.settings_dict["NAME"].startswith("test_")

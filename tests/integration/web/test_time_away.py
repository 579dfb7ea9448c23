"""Results > Time away: the tiers with their months, the weeks with their figures, and nothing when empty."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_practice_with_visits_sees_its_figures(clinic, signed_in, settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path
    body = signed_in(clinic, "manager").get("/results/time-away/?weeks=104").content.decode()
    assert "Slipping away" in body
    assert "Never seen" in body
    assert "Recall brings back" in body


def test_a_practice_without_visits_is_told_what_is_missing(quiet_clinic, signed_in, settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path
    body = signed_in(quiet_clinic, "manager").get("/results/time-away/").content.decode()
    assert "Nobody passed from one to the next" in body


@pytest.mark.parametrize("weeks", ["", "0", "-1", "many", "99999999999999999999"])
def test_any_number_of_weeks_gets_a_page(quiet_clinic, signed_in, settings, tmp_path, weeks):
    settings.SNAPSHOT_DIRECTORY = tmp_path
    assert signed_in(quiet_clinic, "manager").get(f"/results/time-away/?weeks={weeks}").status_code == 200

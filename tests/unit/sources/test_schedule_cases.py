"""CDC's test cases as CSV: rows become cases, other rows are named with line and field."""

from datetime import date
from pathlib import Path

import pytest

from rebook.core.immunisation.patient import GivenDose, Observation
from rebook.sources.base import UnableToRead
from rebook.sources.cdsi import read_schedule
from rebook.sources.cdsi.cases import read_cases

OWN = Path(__file__).parents[2] / "data" / "cdsi" / "own_1.0"
HEADER = (
    "CDC_Test_ID,DOB,gender,Series_Status,Vaccine_Group,Assessment_Date,Earliest_Date,Recommended_Date,"
    "Past_Due_Date,Forecast_#,CVX_1,MVX_1,Date_Administered_1,Evaluation_Status_1,CVX_2,MVX_2,"
    "Date_Administered_2,Evaluation_Status_2,Observation_Code_1,Observation_Date_1"
)
GOOD = (
    "T-1,2025-01-01,F,Not complete,Alpha,2025-06-01,2025-07-01,2025-08-01,,2,501,AAA,2025-05-01,Valid,,,,,,"
)


@pytest.fixture(scope="module")
def schedule():
    return read_schedule(OWN)


def cases(tmp_path, schedule, *lines, header=HEADER, mark=""):
    path = tmp_path / "cases.csv"
    path.write_text(mark + "\n".join([header, *lines]) + "\n", encoding="utf-8")
    return read_cases(path, schedule)


def test_a_row_becomes_a_case(tmp_path, schedule):
    found = cases(tmp_path, schedule, GOOD, mark="\ufeff")
    (case,) = found.cases
    assert (case.key, case.group, case.status, case.dose_number) == ("T-1", "Alpha", "Not complete", 2)
    assert (case.earliest_on, case.past_due_on, case.as_of) == (date(2025, 7, 1), None, date(2025, 6, 1))
    assert case.person.doses == (GivenDose(date(2025, 5, 1), "501", "AAA", key="1"),)
    assert (case.person.sex, case.doses, found.rejects) == ("Female", (("1", "Valid"),), ())


def test_observations_and_doses_whose_evaluation_is_left_open(tmp_path, schedule):
    row = "T-2,2025-01-01,M,Complete,alpha,2025-06-01,,,,-,501,,2025-05-01,,,,,,901,2025-02-03"
    (case,) = cases(tmp_path, schedule, row).cases
    assert case.person.observations == (Observation("901", date(2025, 2, 3)),)
    assert (case.doses, case.dose_number, case.person.sex) == ((), None, "Male")


@pytest.mark.parametrize(
    ("code", "observation"), [("111", "901"), ("A11", "901"), ("777", "777"), ("", None)]
)
def test_a_coded_history_becomes_an_observation(tmp_path, schedule, code, observation):
    (case,) = cases(tmp_path, schedule, f"{GOOD},{code}", header=f"{HEADER},Med_History_Code").cases
    assert [one.code for one in case.person.observations] == ([observation] if observation else [])


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("2025-01-01", "01/01/2025", "line 2: dob: '01/01/2025' is no date"),
        ("2025-01-01", "", "line 2: dob: is empty"),
        (",F,", ",X,", "line 2: gender: is neither F nor M"),
        (",Alpha,", ",Gamma,", "line 2: vaccine_group: 'gamma' is no vaccine group of the schedule"),
        ("2025-05-01", "", "line 2: date_administered_1: is empty"),
        ("2025-07-01", "soon", "line 2: earliest_date: 'soon' is no date"),
    ],
)
def test_a_row_that_is_no_case_is_named_and_the_rest_goes_on(tmp_path, schedule, old, new, complaint):
    found = cases(tmp_path, schedule, GOOD.replace(old, new, 1), GOOD.replace("T-1", "T-9"))
    assert [one.key for one in found.cases] == ["T-9"]
    assert found.rejects == (f"cases.csv: {complaint}",)


def test_columns_that_are_missing_are_named(tmp_path, schedule):
    with pytest.raises(UnableToRead, match="there is no column gender, assessment_date"):
        cases(tmp_path, schedule, header="CDC_Test_ID,DOB,Series_Status,Vaccine_Group")


def test_a_file_that_is_no_text_is_refused(tmp_path, schedule):
    path = tmp_path / "cases.csv"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(UnableToRead, match="cannot be read"):
        read_cases(path, schedule)
    with pytest.raises(UnableToRead, match="cannot be read"):
        read_cases(tmp_path / "nowhere.csv", schedule)

"""What is asked of the Reassigned Numbers Database, and how its answers are read (R-A60)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rebook.core.outreach.number_checks import Answer, can_be_asked, is_due, question, read_answer
from rebook.core.outreach.other_contacts import Problem

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_question_is_ten_digits_and_a_day():
    assert question("+12125550001", good_on=date(2025, 3, 7)) == ("2125550001", "2025-03-07")


@pytest.mark.parametrize(
    ("number", "can"),
    [
        ("+12125550001", True),
        ("+17872345678", True),  # Puerto Rico
        ("+18005550199", True),  # toll-free
        ("+14165550123", False),  # Toronto
        ("+442079460123", False),
        ("12", False),
    ],
)
def test_only_numbers_of_the_states_and_territories_are_asked_about(number, can):
    assert can_be_asked(number) is can


@pytest.mark.parametrize(
    ("good", "checked", "due"),
    [
        (None, None, True),
        (44, None, False),
        (45, None, True),
        (400, 44, False),
        (400, 45, True),
        (1, 400, False),
    ],
)
def test_a_number_is_asked_about_when_neither_sign_nor_answer_is_new(good, checked, due):
    days = [None if one is None else NOW - one * DAY for one in (good, checked)]
    assert is_due(good_at=days[0], checked_at=days[1], now=NOW) is due


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"tn": "2125550001", "disconnected": "yes"}, "reassigned"),
        ({"phone": "(212) 555-0001", "result": "No"}, "same"),
        ({"number": "+1 212 555 0001", "response": "no data"}, "no_data"),
        ({"telephone_number": "12125550001", "status": "NO_DATA"}, "no_data"),
        ({"tn": "212-555-0001", "date": "2025-03-07", "reassigned": "Y"}, "reassigned"),
    ],
)
def test_answers_by_any_usual_name(row, kind):
    assert read_answer(row) == Answer("+12125550001", kind)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({}, "tn"),
        ({"disconnected": "yes"}, "tn"),
        ({"tn": "911", "disconnected": "yes"}, "tn"),
        ({"tn": "2125550001", "disconnected": ""}, "disconnected"),
        ({"tn": "2125550001", "disconnected": "perhaps"}, "disconnected"),
    ],
)
def test_what_cannot_be_read_names_the_column_and_quotes_nothing(row, field):
    problem = read_answer(row)
    assert isinstance(problem, Problem)
    assert problem.field == field
    assert "2125550001" not in problem.reason

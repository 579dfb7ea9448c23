"""Dates, lengths, numbers and reasons as the clinic says them."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment

from rebook.core.gaps import KINDS, VERDICTS
from rebook.core.response.dispositions import BARRIERS, DISPOSITIONS
from rebook.core.response.values import INTENTS
from rebook.core.words import ATTEMPT_STATES, AUTOMATION_HOLD_KINDS, CASE_OUTCOMES, TASK_KINDS
from rebook.web import say, words
from rebook.web.access import ROLES_BY_ACT

CHICAGO = ZoneInfo("America/Chicago")
# A Thursday noon in Chicago.
NOW = dt.datetime(2026, 3, 19, 17, 0, tzinfo=dt.UTC)


def said(template: str, **values) -> str:
    env = Environment(autoescape=True)
    env.filters.update(say.FILTERS)
    return env.from_string(template).render(now=NOW, zone=CHICAGO, **values)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOW, "today 12:00 pm"),
        (dt.datetime(2026, 3, 20, 14, 30, tzinfo=dt.UTC), "tomorrow 9:30 am"),
        # Still yesterday in Chicago, though it is today in UTC.
        (dt.datetime(2026, 3, 19, 3, 0, tzinfo=dt.UTC), "yesterday 10:00 pm"),
        (dt.datetime(2026, 3, 23, 14, 0, tzinfo=dt.UTC), "Mon Mar 23, 9:00 am"),
        (dt.datetime(2025, 12, 1, 15, 5, tzinfo=dt.UTC), "Dec 1, 2025, 9:05 am"),
        (None, "–"),
    ],
)
def test_an_instant_is_on_the_practices_clock(at, expected):
    assert said("{{ at | when }}", at=at) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(2, "due now"), (-4, "due now"), (59, "due in 59 min"), (-90, "1 h late"), (60 * 72, "due in 3 days")],
)
def test_what_is_due(minutes, expected):
    assert said("{{ at | due }}", at=NOW + dt.timedelta(minutes=minutes)) == expected


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (dt.date(1980, 3, 19), "46 years"),
        (dt.date(1980, 3, 20), "45 years"),
        (dt.date(2025, 6, 1), "under 2"),
        (None, "age unknown"),
    ],
)
def test_ages_change_on_the_birthday(born, expected):
    assert said("{{ born | age }}", born=born) == expected


def test_numbers_and_telephones():
    assert said("{{ 1234567 | number }} {{ none | number }} {{ 0.421 | percent }}") == "1,234,567 – 42%"
    assert say.telephone("+13125550142") == "(312) 555-0142"
    assert say.telephone("+525512345678").startswith("+52")
    assert say.telephone("not a number") == "not a number"
    assert [say.plural(1, "patient"), say.plural(1200, "patient")] == ["1 patient", "1,200 patients"]


@dataclass
class Gap:
    kind: str = "interval"
    visit_type: str = "hygiene"
    anchor_on: dt.date | None = dt.date(2025, 3, 3)
    due_on: dt.date = dt.date(2025, 9, 3)
    overdue_on: dt.date = dt.date(2025, 10, 3)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (Gap(), "Overdue for cleaning since October 2025"),
        (Gap(visit_type="annual_visit"), "Overdue for an annual visit since October 2025"),
        (Gap(visit_type="dental_exam"), "Overdue for a dental exam since October 2025"),
        (Gap(visit_type="dental_exam", anchor_on=None), "Overdue for a dental exam, none on record here"),
        (Gap(kind="cancelled_not_rebooked"), "Cancelled cleaning on March 3, 2025 and has no new time"),
        (Gap(kind="no_show_not_rebooked", anchor_on=None), "Did not come to cleaning and has no new time"),
        (Gap(kind="inactive"), "Not seen since March 2025"),
        (Gap(kind="inactive", anchor_on=None), "Never seen here"),
    ],
)
def test_a_gap_in_the_clinics_words(gap, expected):
    assert words.why(gap) == expected


@pytest.mark.parametrize(
    ("vocabulary", "keys"),
    [
        ("task", TASK_KINDS),
        ("attempt", ATTEMPT_STATES),
        ("outcome", CASE_OUTCOMES),
        ("hold", AUTOMATION_HOLD_KINDS),
        ("intent", INTENTS),
        ("suggestion", INTENTS),
        ("disposition", DISPOSITIONS),
        ("barrier", BARRIERS),
        ("act", ROLES_BY_ACT),
    ],
)
def test_every_word_of_the_ledger_has_one_of_the_clinics(vocabulary, keys):
    assert set(keys) - set(words.WORDS[vocabulary]) == set()


def test_a_key_nobody_knows_is_shown_in_plain_letters():
    assert words.words("dental.some_new_rule", "gap") == "Some new rule"
    assert words.words("", "barrier") == "–"


def test_a_script_is_taken_apart_at_its_headings():
    assert words.sections("## Open\nHello.\n\n## Say\nIt is time.\nWhich suits?\n") == [
        ("Open", "Hello."),
        ("Say", "It is time.\nWhich suits?"),
    ]
    assert words.sections("Hello there.\nBye.") == [("", "Hello there.\nBye.")]
    assert words.sections("") == []


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("es-MX", "Spanish"), ("vi", "Vietnamese"), ("", "language not recorded"), ("xx-zz", "xx-zz")],
)
def test_languages_have_their_names(tag, expected):
    assert words.language(tag) == expected


@dataclass
class Begun:
    kind: str
    definition_key: str
    visit_type: str = ""
    anchor_on: dt.date | None = dt.date(2026, 3, 1)
    due_on: dt.date = dt.date(2026, 3, 1)
    overdue_on: dt.date = dt.date(2026, 3, 8)
    interval_days: int | None = None


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (
            Begun("treatment_unscheduled", "treatment_unscheduled:7", "restorative"),
            "Treatment planned, never booked (restorative visit), since March 1, 2026",
        ),
        (
            Begun("refill_lapsed", "refill_lapsed:statin"),
            "Refill of statin lapsed: the supply ended on March 1, 2026",
        ),
        (Begun("refill_lapsed", "refill_lapsed:12"), "Refill lapsed: the supply ended on March 1, 2026"),
        (
            Begun("authorisation_ending", "authorisation_ending:1", anchor_on=dt.date(2026, 4, 1)),
            "Authorisation running out: ends on April 1, 2026",
        ),
        (
            Begun("later_than_usual", "later_than_usual", interval_days=91),
            "Usually here every 3 months, last seen in March 2026",
        ),
    ],
)
def test_something_unfinished_is_said_in_a_line(gap, expected):
    assert words.why(gap) == expected


def test_every_kind_of_gap_has_words_of_its_own():
    assert set(KINDS) <= words.WORDS["gap"].keys()
    assert set(VERDICTS) <= words.WORDS["finding"].keys()

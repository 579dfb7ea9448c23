"""What the guard kept, as people read it: the clinic's words, the practice's clock."""

from zoneinfo import ZoneInfo

import pytest

from rebook.core.gaps import VERDICTS
from rebook.core.outreach.guard import RULES
from rebook.core.outreach.guard_explain import rule_of
from rebook.core.outreach.guard_rule import Reason
from rebook.web.reason_words import _REASONS, local_times, reason_words, rule_words, step_words
from rebook.web.words import WORDS

CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("until 2026-11-23 15:00 UTC", "until Nov 23, 2026, 9:00 am"),
        # The clocks went back on the first of November.
        ("2026-10-31 15:00 UTC, 2026-11-01 15:00 UTC", "Oct 31, 2026, 10:00 am, Nov 1, 2026, 9:00 am"),
        ("until 2026-11-23 03:00 UTC", "until Nov 22, 2026, 9:00 pm"),
        ("born 1953-08-01", "born Aug 1, 1953"),
        ("3 contacts", "3 contacts"),
        ("", ""),
    ],
)  # fmt: skip
def test_instants_are_on_the_practices_clock(said, shown):
    assert local_times(said, zone=CHICAGO) == shown


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (
            {"rule": "quiet_hours", "detail": "closed until 2026-11-23 15:00 UTC"},
            "Outside calling hours where the patient may be (closed until Nov 23, 2026, 9:00 am)",
        ),
        (
            Reason("appointment_booked", "an appointment is booked for 2026-04-02"),
            "A visit that serves is booked (an appointment is booked for Apr 2, 2026)",
        ),
        (Reason("not_approved", ""), "The text was not signed off"),
        (Reason("no_wording", ""), "There is no text in their language"),
        ({"rule": "allowed", "detail": "nothing"}, "Nothing speaks against it"),
        ({"rule": "from_a_later_version", "detail": "for some reason"}, "For some reason"),
        ({"rule": "from_a_later_version"}, "From a later version"),
    ],
)
def test_a_reason_says_its_rule_and_its_facts(reason, shown):
    assert reason_words(reason, zone=CHICAGO) == shown


def test_what_has_words_of_its_own_is_given_by_a_rule_or_by_the_order_of_letters():
    known = {one.key for one in RULES}
    assert {reason for reason in _REASONS if rule_of(reason) not in known} == {"duplicate_letter"}


@pytest.mark.parametrize("rule", [*_REASONS, *(one.key for one in RULES)])
def test_no_reason_is_shown_by_its_key(rule):
    shown = rule_words(rule)
    assert "_" not in shown
    assert not shown.endswith(".")


def test_what_the_guard_says_is_no_verdict_on_a_reason():
    assert set(WORDS["finding"]) == set(VERDICTS)


def test_a_step_names_visits_as_the_clinic_does():
    said = step_words({"rule": "anchor", "detail": "last hygiene on 2025-03-03"})
    assert said == "Last cleaning on Mar 3, 2025"

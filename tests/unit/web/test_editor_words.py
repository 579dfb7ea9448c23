"""What the editor tells a writer, and how telephone numbers stand among words."""

from dataclasses import replace

import pytest

from rebook.core.outreach.phone_words import phone_among
from rebook.packs.drafting import Draft, check_draft
from rebook.packs.templates import known_fields, template_fields
from rebook.web.views.templates_told import told_of

GOOD = "{{ practice_name }}: time for a visit. {{ link }} Reply STOP to end"


def told(body, channel="sms", language="en", **more):
    return told_of(check_draft(Draft("due_visit", channel, language, body=body, **more)))


def rules(body, **more):
    return [one.rule for one in told(body, **more)["told"] if one.is_problem]


def test_a_good_text_is_told_nothing_of_what_forbids_it():
    found = told(GOOD)
    assert (found["problems"], [one for one in found["told"] if one.is_problem]) == ([], [])


def test_a_finding_holds_what_was_typed_and_what_instead():
    (finding,) = [one for one in told(GOOD.replace("time", "hurry, time"))["told"] if one.is_problem]
    assert finding.words == "hurry"
    assert finding.suggestion


def test_what_forbids_comes_first():
    weights = [one.is_problem for one in told(GOOD.replace("time", "you missed it, hurry: time"))["told"]]
    assert weights == sorted(weights, reverse=True)
    assert weights[0]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{% if %}", "Line 1"),
        ("{{ nickname }}", "There is no field 'nickname'"),
        (f"{GOOD} {{{{ visit_words }}}}", "Visit_words may not go where others read"),
    ],
)
def test_what_no_finding_covers_is_a_sentence(body, says):
    assert any(one.startswith(says) for one in told(body)["problems"])


def test_nothing_is_told_twice():
    found = told("you missed it: http://bit.ly/x")
    assert found["problems"] == []
    assert len({(one.rule, one.words) for one in found["told"]}) == len(found["told"])


def test_letters_that_cost_more_are_counted_and_not_told_one_by_one():
    assert "not_gsm7" not in [one.rule for one in told(GOOD.replace("time", "“time”"))["told"]]
    assert told(GOOD.replace("time", "“time”"))["warnings"] == []


def test_links_to_the_practices_own_pages_are_told_nothing():
    body = GOOD.replace("{{ link }}", "https://www.elm.example/visit")
    assert rules(body) == ["foreign_link"]
    draft = Draft("due_visit", "sms", "en", body=body)
    own = told_of(check_draft(draft, own_hosts={"www.elm.example"}))
    assert [one for one in own["told"] if one.is_problem] == []
    assert own["problems"] == []


@pytest.mark.parametrize(
    ("written", "language", "stands"),
    [
        ("(617) 555-0100", "en", "(617) 555-0100"),
        ("(617) 555-0100", "es-MX", "(617) 555-0100"),
        ("(617) 555-0100", "ar", "617-555-0100"),
        ("020 7946 0958", "he", "020-7946-0958"),
        ("+49 30 1234567", "fa", "+49-30-1234567"),
        ("", "ar", ""),
    ],
)
def test_a_number_keeps_its_order_among_words_of_either_direction(written, language, stands):
    assert phone_among(written, language) == stands


def test_long_values_of_numbers_follow_the_language():
    (english,) = template_fields(required=["practice_phone"], optional=[], language="en")
    (arabic,) = template_fields(required=["practice_phone"], optional=[], language="ar")
    assert english.longest == known_fields()["practice_phone"]["longest"]["en"]
    assert arabic == replace(english, longest="617-555-0100")

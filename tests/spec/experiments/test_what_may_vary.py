"""A test may vary the subject, the way in, or when there is room; medical meaning never (R-E56, Q-553)."""

from dataclasses import replace

import pytest

from rebook.core.outreach.experiment_text import changed_sentences, reasons_against
from rebook.core.outreach.message import Template, TemplateField
from rebook.packs.templates import wording

FIELDS = (
    TemplateField("practice_name", longest="Riverbend Family Practice", is_name=True),
    TemplateField("link", longest="https://visits.example/p/abcdefghijkl"),
)
SMS = Template(
    key="due_visit",
    channel="sms",
    language="en",
    body="{{ practice_name }}: you are due for a visit. Book here: {{ link }} Reply STOP to end.",
    fields=FIELDS,
    wording=wording("en"),
)
EMAIL = Template(
    key="due_visit",
    channel="email",
    language="en",
    subject="Your next visit at {{ practice_name }}",
    body=(
        "Hello,\n\nYou are due for a visit at {{ practice_name }}.\n\n"
        "We have openings this week.\n\n{{ link }}\n\nReply STOP to end."
    ),
    button="Choose a time",
    fields=FIELDS,
    wording=wording("en"),
)


def rules(main, element, **changes):
    return {one.rule for one in reasons_against(main, replace(main, **changes), element=element)}


GOOD = [
    (SMS, "call_to_action", {"body": SMS.body.replace("Book here:", "Choose a time:")}),
    (EMAIL, "call_to_action", {"button": "Book a visit"}),
    (EMAIL, "subject", {"subject": "{{ practice_name }}: time for a visit"}),
    (EMAIL, "availability", {"body": EMAIL.body.replace("openings this week", "open times next week")}),
]
BAD = [
    (SMS, "call_to_action", {}, "nothing_differs"),
    (SMS, "call_to_action", {"body": SMS.body.replace("due for", "overdue for")}, "meaning_differs"),
    (SMS, "availability", {"body": SMS.body.replace("Book here:", "Choose a time:")}, "meaning_differs"),
    (EMAIL, "subject", {"body": EMAIL.body + "\n\nSee you soon."}, "body_differs"),
    (EMAIL, "subject", {}, "nothing_differs"),
    (EMAIL, "call_to_action", {"subject": "Another", "button": "Book"}, "subject_differs"),
    (EMAIL, "availability", {"button": "Book a visit"}, "button_differs"),
    (
        EMAIL,
        "availability",
        {"body": EMAIL.body.replace("openings this week", "a cure")},
        "meaning_differs",
    ),
    (SMS, "call_to_action", {"purpose": "marketing"}, "another_text"),
    (SMS, "call_to_action", {"language": "es"}, "another_text"),
    (
        SMS,
        "call_to_action",
        {"fields": (*FIELDS, TemplateField("diagnosis", "clinical"))},
        "clinical_field",
    ),
]


@pytest.mark.parametrize(("main", "element", "changes"), GOOD)
def test_elements_that_may_vary(main, element, changes):
    assert rules(main, element, **changes) == set()


@pytest.mark.parametrize(("main", "element", "changes", "rule"), BAD)
def test_what_may_not_vary_is_named(main, element, changes, rule):
    assert rule in rules(main, element, **changes)


def test_a_variant_that_could_not_go_out_is_not_tested():
    found = rules(SMS, "call_to_action", body=SMS.body.replace("Book here:", "Last chance! Book here:"))
    assert found


def test_sentences_are_compared_whatever_the_order_of_lines():
    assert changed_sentences("One. Two.\nThree.", "Three. One.\n\nTwo.") == ()
    assert changed_sentences("One. Two.", "One. Four.") == ("Two.", "Four.")

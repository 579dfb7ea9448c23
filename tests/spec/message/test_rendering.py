"""One template and one patient's fields: a message, or what is wrong with it."""

from dataclasses import replace

import pytest

from rebook.core.outreach.message import Template, TemplateField, free_text, render
from rebook.core.outreach.message_html import html_part
from rebook.packs.outreach import wording

PRACTICE = TemplateField("practice_name", is_name=True)
NAME = TemplateField("first_name", is_required=False, is_name=True)
LINK = TemplateField("link")
SMS = Template(
    key="due_visit",
    channel="sms",
    language="en",
    body="{{ practice_name }}: {% if first_name %}Hi {{ first_name }}, {% endif %}pick a time: {{ link }} "
    "Reply STOP to end",
    fields=(PRACTICE, NAME, LINK),
    wording=wording(language="en"),
)
FIELDS = {"practice_name": "Northside", "first_name": "Ann", "link": "https://n.example.org/p/x"}


def problems(template=SMS, **change):
    shown = render(template, {key: value for key, value in (FIELDS | change).items() if value is not None})
    return [problem.partition(":")[0] for problem in shown.problems]


def body(text, **change):
    return replace(SMS, body=text, **change)


def test_an_ordinary_message():
    shown = render(SMS, FIELDS, channel="sms", language="en-US")
    expected = "Northside: Hi Ann, pick a time: https://n.example.org/p/x Reply STOP to end"
    assert (shown.body, shown.segments, shown.encoding) == (expected, 1, "gsm7")
    assert shown.is_sendable
    assert shown.warnings == ()


def test_an_optional_value_may_be_missing():
    assert render(SMS, FIELDS | {"first_name": ""}).body.startswith("Northside: pick a time")


@pytest.mark.parametrize("empty", [None, "", "   "])
def test_a_required_value_refuses_when_it_is_missing(empty):
    assert problems(link=empty) == ["missing_value"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"first_name": "Ann\nBcc: x@example.org"}, ["bad_value"]),
        ({"first_name": "https://evil.example"}, ["bad_value"]),
        ({"first_name": "{{ link }}"}, ["bad_value"]),
        ({"first_name": "Ann\u202e"}, ["bad_value"]),
        ({"link": "http://n.example.org/p/x"}, ["unsafe_link"]),
        ({"link": "https://bit.ly/abc"}, ["public_shortener"]),
        ({"link": "http://localhost:8000/p/x"}, []),
        ({"practice_name": "Free Cancer Care"}, []),
        ({"first_name": "Win"}, []),
    ],
)
def test_values_cannot_smuggle_anything_in(change, found):
    assert problems(**change) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Northside {{ practice_name }}: see {{ link }}", ["no_opt_out"]),
        ("{{ practice_name }}: pick a time {{ link }} stop2end", ["no_opt_out"]),
        ("Pick a time: {{ link }} Reply STOP to end", ["no_sender"]),
        ("{{ practice_name }}: we are here. Reply STOP to end", ["no_next_step"]),
        (
            "{{ practice_name }}: {{ link }} or https://x.example/y Reply STOP to end",
            ["foreign_link", "many_links"],
        ),
        ("{{ practice_name }}: reply 1 or reply 2 or {{ link }} Reply STOP to end", ["many_choices"]),
        ("{{ practice_name }}: reply 1 or reply 2. Reply STOP to end", []),
        ("{{ practice_name }}: Hi , see {{ link }} Reply STOP to end", ["empty_place"]),
        ("{{ practice_name }}:  see {{ link }} Reply STOP to end", ["empty_place"]),
        ("{{ practice_name }}: you missed your visit {{ link }} Reply STOP to end", ["blame"] * 2),
        ("{{ practice_name }}: 20% off today {{ link }} Reply STOP to end", ["promotion"]),
        ("{{ practice_name }}: URGENT {{ link }} Reply STOP to end", ["urgency"]),
        ("{{ practice_name }}: freedom of choice {{ link }} Reply STOP to end", []),
        ("{{ practice_name }}: your diabetes visit {{ link }} Reply STOP to end", ["private_detail"]),
        ("{{ practice_name }}: " + "a" * 300 + " {{ link }} Reply STOP to end", ["too_long"]),
        (
            "{{ practice_name }}: {{ link }} {% for i in (1..500) %}x{% endfor %} Reply STOP to end",
            ["bad_template"],
        ),
        ("{{ practice_name }}: {{ link }} {{ nobody }} Reply STOP to end", ["bad_template"]),
        ("{{ practice_name }}: {{ link }} {% include 'x' %} Reply STOP to end", ["bad_template"]),
        ("{{ practice_name }: {{ link }}", ["bad_template"]),
        ("", ["empty", "no_sender", "no_next_step", "no_opt_out"]),
    ],
)
def test_what_a_text_may_not_be(text, found):
    used = tuple(f for f in SMS.fields if f.name in text)
    assert problems(body(text, fields=used)) == found


def test_a_service_answer_needs_no_opt_out_and_may_press():
    safety = body("{{ practice_name }}: call 911 urgently.", fields=(PRACTICE,), role="service")
    assert problems(safety) == []
    assert problems(replace(safety, role="recall")) == ["no_next_step", "no_opt_out", "urgency"]


def test_problems_and_warnings_hold_no_value():
    shown = render(SMS, {"practice_name": "Northside", "first_name": "Ann\n", "link": "bit.ly/secret-token"})
    assert shown.problems
    assert "secret-token" not in "".join(shown.problems + shown.warnings)


def test_clinical_fields_stay_out_of_open_channels():
    clinical = replace(
        SMS,
        body=SMS.body.replace("pick", "{{ visit_words }}: pick"),
        fields=(*SMS.fields, TemplateField("visit_words", "clinical")),
    )
    assert problems(clinical, visit_words="yearly visit") == ["clinical_field"]
    portal = replace(clinical, channel="portal")
    assert problems(portal, visit_words="yearly visit") == []


def test_a_template_is_for_its_channel_and_language():
    shown = render(SMS, FIELDS, channel="email", language="es")
    assert [problem.partition(":")[0] for problem in shown.problems] == ["wrong_channel", "wrong_language"]


def test_a_machines_translation_is_never_sent():
    assert problems(replace(SMS, status="machine")) == ["not_reviewed"]


def test_accents_in_names_do_not_make_a_text_dear():
    shown = render(SMS, FIELDS | {"first_name": "María", "practice_name": "Clínica Norteña"})
    assert shown.body.startswith("Clinica Norteña: Hi Maria,")
    assert (shown.encoding, shown.segments) == ("gsm7", 1)


def test_an_overflow_leaves_the_name_out_and_never_cuts():
    long_practice = "N" * 95
    shown = render(SMS, FIELDS | {"practice_name": long_practice, "first_name": "Maximiliana-Alexandra"})
    assert shown.segments == 1
    assert "Maximiliana" not in shown.body
    assert shown.body.endswith("Reply STOP to end")


def test_a_name_in_another_script_is_left_out_rather_than_paid_for():
    shown = render(SMS, FIELDS | {"first_name": "李小龙", "practice_name": "N" * 40})
    assert (shown.encoding, shown.segments, "李" in shown.body) == ("gsm7", 1, False)


EMAIL = Template(
    key="due_visit",
    channel="email",
    language="en",
    subject="A visit at {{ practice_name }}",
    button="See times",
    body="Hello {{ first_name }},\n\nChoose here:\n\n{{ link }}\n\n"
    "{{ practice_name }}\nEnd: {{ unsubscribe_url }}",
    fields=(PRACTICE, replace(NAME, is_required=True), LINK, TemplateField("unsubscribe_url")),
    wording=wording(language="en"),
)
MAIL = FIELDS | {"unsubscribe_url": "https://n.example.org/p/x/stop"}


def test_an_email_has_a_subject_and_an_html_part_made_from_its_text():
    shown = render(EMAIL, MAIL)
    assert shown.problems == ()
    assert shown.subject == "A visit at Northside"
    assert shown.body_html.count('href="https://n.example.org/p/x"') == 1
    assert ">See times</a>" in shown.body_html
    assert "Northside<br>End:" in shown.body_html
    assert (shown.segments, shown.encoding) == (0, "")


def test_everything_in_the_html_part_is_escaped():
    shown = render(EMAIL, MAIL | {"first_name": "<script>alert(1)</script>&", "practice_name": '"N" <b>'})
    assert "<script>" not in shown.body_html
    assert "<b>" not in shown.body_html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in shown.body_html


def test_a_link_that_is_none_stays_text():
    body = 'https://x.example/" onclick="a\n\njavascript:alert(1)'
    page = html_part(body=body, subject="s", button=EMAIL.button, language="en")
    assert 'onclick="' not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize(
    "change",
    [
        {"body": SMS.body + "!"},
        {"language": "es"},
        {"channel": "email"},
        {"key": "other"},
        {"purpose": "marketing"},
        {"is_generic": True},
        {"fields": SMS.fields[:2]},
        {"fields": (PRACTICE, NAME, replace(LINK, field_class="clinical"))},
        {"subject": "x"},
        {"button": "x"},
    ],
)
def test_any_change_of_content_voids_an_approval(change):
    assert replace(SMS, **change).content_hash != SMS.content_hash


def test_what_is_not_content_keeps_the_approval():
    longer = replace(
        SMS, fields=(PRACTICE, replace(NAME, longest="Maximiliano"), LINK), status="human_reviewed"
    )
    assert longer.content_hash == SMS.content_hash
    assert len(SMS.content_hash) == 64


def test_text_that_staff_type():
    words = wording(language="en")
    good = free_text(
        "Northside: Tuesday at 3 works.", channel="sms", wording=words, practice_name="Northside"
    )
    assert (good.problems, good.segments) == ((), 1)
    bad = free_text(
        "Your biopsy is back, see bit.ly/x", channel="sms", wording=words, practice_name="Northside"
    )
    assert [p.partition(":")[0] for p in bad.problems] == ["no_sender", "public_shortener", "private_detail"]
    mail = free_text(
        "Northside: Tuesday <3 works.", channel="email", wording=words, practice_name="Northside"
    )
    assert (mail.problems, mail.subject) == ((), "Northside")
    assert "Tuesday &lt;3 works" in mail.body_html

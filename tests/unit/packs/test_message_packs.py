"""The shipped texts and plans, and what a wrong one is told."""

import shutil
from itertools import product

import pytest

from rebook.core.outreach.message import render
from rebook.core.outreach.segments import segments
from rebook.core.outreach.sequence import BY_GAP_KIND, TEMPLATE_OF_GAP_KIND, choose_sequence
from rebook.core.outreach.sequence_effort import steps_when_silent
from rebook.core.outreach.sequence_when import SoFar, unmet
from rebook.core.response.dispositions import BARRIERS
from rebook.packs import outreach
from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.sequences import read_sequences
from rebook.packs.templates import FOLDER, read_templates

TEMPLATES = outreach.templates()
RECALL = (
    *("due_visit", "follow_up", "cancelled", "no_show", "check_in"),
    # Begun and not finished (R-C120 to R-C132).
    *("talk_with_us", "referral_visit", "ordered_test", "finish_booking", "time_opened", "clinic_cancelled"),
    # What specialties say in their own words.
    *("child_visit", "dental_visit", "eye_visit", "next_step", "next_session", "welcome_back", "please_call"),
)
SERVICE = ("opt_out_confirmation", "help_answer", "safety", "safety_crisis", "after_hours", "booking_link")
SMS = [template for template in TEMPLATES.values() if template.channel == "sms"]


def longest(template):
    return render(template, {field.name: field.longest for field in template.fields})


def test_nothing_is_missing():
    wanted = set(product(RECALL, ("sms", "email", "phone", "letter", "postcard", "portal"), ("en", "es")))
    wanted |= set(product(SERVICE, ("sms",), ("en", "es")))
    assert set(TEMPLATES) == wanted
    assert set(TEMPLATE_OF_GAP_KIND.values()) <= set(RECALL)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda t: f"{t.key} {t.channel} {t.language}")
def test_a_shipped_text_may_go_out_with_long_values_and_with_few(template):
    full = longest(template)
    bare = render(template, {field.name: field.longest for field in template.fields if field.is_required})
    assert full.problems == bare.problems == ()
    assert not [warning for warning in full.warnings if not warning.startswith("two_segments")]


@pytest.mark.parametrize("template", SMS, ids=lambda t: f"{t.key} {t.language}")
def test_a_shipped_sms_is_plain_and_short(template):
    shown = longest(template)
    size = segments(shown.body)
    assert size.encoding == "gsm7"
    assert size.count == (2 if template.key == "safety_crisis" else 1)
    if template.role == "recall" and not template.is_generic:
        assert "Christopher" in shown.body or "Maximiliano" in shown.body


@pytest.mark.parametrize("template", SMS, ids=lambda t: f"{t.key} {t.language}")
def test_a_shipped_sms_refuses_without_its_values(template):
    for field in template.fields:
        if field.is_required:
            fields = {one.name: one.longest for one in template.fields if one is not field}
            assert render(template, fields).problems == (f"missing_value: {field.name}",)


@pytest.mark.parametrize("language", ["en", "es"])
def test_safety_answers_give_the_numbers_and_repeat_nothing(language):
    for key in ("safety", "safety_crisis", "after_hours"):
        template = TEMPLATES[key, "sms", language]
        numbers = {"emergency_number": "911", "crisis_number": "988"}
        shown = render(template, numbers | {"practice_name": "Northside"})
        assert "911" in shown.body
        assert ("988" in shown.body) == (key != "safety")
        # Only the American and Canadian line is known to take texts.
        abroad = render(
            template, {"emergency_number": "999", "crisis_number": "116 123", "practice_name": "N"}
        )
        assert "999" in abroad.body
        assert not any(one in abroad.body for one in ("or text", "escriba", "AYUDA", "oprima"))
        # Nothing of what the patient wrote, or of who they are, has a place in it (R-E25, R-E31).
        names = {field.name for field in template.fields}
        assert names <= {"practice_name", "opening_hours", "crisis_text_number", *numbers}


def test_help_says_all_that_carriers_want():
    english = longest(TEMPLATES["help_answer", "sms", "en"]).body
    for part in ("Northside", "(617) 555-0100", "a week", "Msg & data rates may apply", "Reply STOP to end"):
        assert part in english


def test_the_opt_out_answer_ends_it():
    for language in ("en", "es"):
        shown = longest(TEMPLATES["opt_out_confirmation", "sms", language]).body
        assert "http" not in shown
        assert "STOP" not in shown


def test_emails_carry_the_address_and_an_end():
    for key, language in product(RECALL, ("en", "es")):
        template = TEMPLATES[key, "email", language]
        required = {field.name for field in template.fields if field.is_required}
        assert {"postal_address", "unsubscribe_url", "link"} <= required
        assert longest(template).body_html.count("<a ") == 1


def test_no_shipped_text_uses_a_clinical_field():
    assert not [t.key for t in TEMPLATES.values() for f in t.fields if f.field_class == "clinical"]


def test_the_two_languages_say_different_things():
    for key, channel in product(RECALL, ("sms", "email", "phone", "letter")):
        assert TEMPLATES[key, channel, "en"].body != TEMPLATES[key, channel, "es"].body
    assert len({template.content_hash for template in TEMPLATES.values()}) == len(TEMPLATES)


BAD = [
    # file, old, new, place named, field, words
    ("due_visit.sms.liquid", "{{ link }}", "{{ lnk }}", "due_visit.sms.liquid", "link", "declared"),
    ("due_visit.sms.liquid", "{{ link }}", "{{ link", "due_visit.sms.liquid", "", "expected"),
    ("due_visit.sms.liquid", "Reply STOP to end", "", "due_visit.sms.liquid", "", "no_opt_out"),
    (
        "due_visit.sms.liquid",
        "Pick a time",
        "Pick one of our many times",
        "due_visit.sms.liquid",
        "",
        "one SMS",
    ),
    ("due_visit.email.liquid", "Hello,", "Hello, you missed it.", "due_visit.email.liquid", "", "blame"),
    ("due_visit.phone.liquid", "## Voicemail", "## Beep", "due_visit.phone.liquid", "", "no_voicemail"),
    ("due_visit.toml", '"link"', '"lnk"', "due_visit.toml", "required", "no field lnk"),
    ("due_visit.toml", 'key = "due_visit"', 'key = "other"', "due_visit.toml", "key", "due_visit"),
    ("due_visit.toml", 'status = "draft"', 'status = "great"', "due_visit.toml", "status", "one of"),
    ("due_visit.toml", "[sms]", "[sms]\ncolour = 1", "due_visit.toml", "colour", "unknown"),
    ("due_visit.toml", 'role = "recall"', 'role = "spam"', "due_visit.toml", "role", "one of"),
    ("wording.toml", "'(?:repl(?:y|ying)", "'((repl(?:y|ying)", "wording.toml", "ask", "repl"),
    ("wording.toml", "wish = [", "wishes = [", "wording.toml", "wishes", "unknown"),
    ("wording.toml", "words = ['STOP'", "words = [1, 'STOP'", "wording.toml", "words", "list"),
]


@pytest.mark.parametrize(("name", "old", "new", "file", "field", "words"), BAD)
def test_a_bad_text_is_told_file_line_and_field(tmp_path, name, old, new, file, field, words):
    folder = tmp_path / "messages"
    shutil.copytree(FOLDER, folder)
    path = folder / "en" / name
    text = path.read_text(encoding="utf-8")
    changed = text.replace(old, new) if name.endswith(".liquid") else text.replace(old, new, 1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(PackInvalid) as caught:
        read_templates(folder)
    error = next(one for one in caught.value.errors if one.file.endswith(file))
    assert words in error.reason
    assert error.field in (field, "lnk")
    assert error.line >= 1


def test_a_missing_body_is_told(tmp_path):
    folder = tmp_path / "messages"
    shutil.copytree(FOLDER, folder)
    (folder / "es" / "no_show.email.liquid").unlink()
    with pytest.raises(PackInvalid, match=r"no no_show\.email\.liquid"):
        read_templates(folder)


@pytest.mark.parametrize("pack", ["primary_care", "dental"])
def test_the_shipped_plans(pack):
    plans = outreach.sequences(pack)
    routine = plans[f"{pack}.routine"]
    assert [(day, step.channel) for day, step in steps_when_silent(routine, risk_class=1)] == [
        (0, "sms"),
        (4, "email"),
        (10, "phone"),
        (21, "letter"),
    ]
    close = plans[f"{pack}.close"]
    assert [(day, step.channel) for day, step in steps_when_silent(close, risk_class=3)] == [
        (0, "phone"),
        (1, "sms"),
        (3, "phone"),
        (7, "letter"),
    ]
    assert not close.steps[0].preference_may_replace
    for kind, risk_class in product(TEMPLATE_OF_GAP_KIND, range(6)):
        plan = choose_sequence(plans.values(), gap_kind=kind, risk_class=risk_class)
        assert plan is not None
        # Within the limits of a case (R-A190, R-D55), whatever it is that keeps them away.
        for barrier in ("", *BARRIERS):
            so_far = SoFar(barrier=barrier, risk_class=risk_class)
            taken = [step for step in plan.steps if unmet(step.when, so_far) is None]
            assert 1 <= len(taken) <= 6
            assert sum(step.channel == "phone" for step in taken) <= 3
        assert all(step.fallbacks for step in plan.steps)
        assert plan.rest_days >= 60 or risk_class >= 3 or kind == "waiting_list_match"


PLAN = """
[[sequence]]
key = "x.a"
max_class = 1
[[sequence.step]]
day = 0
channel = "sms"
[[sequence.step]]
day = 2
channel = "email"
"""


def test_days_from_the_first_become_days_from_the_one_before():
    plan = read_sequences(parse_document("s.toml", PLAN), pack="x")["x.a"]
    assert [step.delay_days for step in plan.steps] == [0, 2]
    assert {step.template_key for step in plan.steps} == {BY_GAP_KIND}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("day = 2", "day = 0", "grows"),
        ("day = 2", 'day = "two"', "grows"),
        ('channel = "email"', 'channel = "pigeon"', "step 1: channel"),
        ('key = "x.a"', 'key = "y.a"', "must begin"),
        ('channel = "email"', 'channel = "email"\ntemplate_key = "poem"', "no template poem"),
        ('key = "x.a"', 'key = "x.a"\ncolour = "red"', "unknown field colour"),
        ("max_class = 1", "max_class = 2", r"s.toml:4: max_class: class 2 needs 3 contacts"),
        ("max_class = 1", "", r"s.toml:3: key: class 2 needs 3 contacts"),
        ("day = 2", "day = 2\nwhen = { clicked = 1 }", r"s.toml:10: when: step 1: clicked must be"),
        ("day = 2", 'day = 2\nwhen = { barrier = ["rain"] }', r"s.toml:10: when: step 1: barrier must be"),
        ("day = 2", 'day = 2\nwhen = { weather = "no" }', r"s.toml:10: when: step 1: .*'weather'"),
        ("day = 2", 'day = 2\nwhen = "always"', r"s.toml:10: when: step 1: when wants a table"),
        ("day = 2", 'day = 2\nowner_role = "chef"', r"s.toml:10: owner_role: step 1: owner_role must be"),
        ("day = 2", "day = 900", r"s.toml:9: delay_days|s.toml:8: delay_days"),
    ],
)
def test_a_bad_plan_is_told(old, new, words):
    with pytest.raises(PackInvalid, match=words):
        read_sequences(parse_document("s.toml", PLAN.replace(old, new)), pack="x")

"""What holds of every text: nothing leaves unchecked, the quick look misses nothing, places are true."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebook.core.outreach.lint import Text, check
from rebook.core.outreach.lint_places import Placed, fold, fold_pattern, without_names
from rebook.core.outreach.lint_template import lint_template, marked
from rebook.core.outreach.lint_words import word_findings
from rebook.core.outreach.message import render
from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.outreach import templates, wording
from rebook.packs.wordings import read_wording

TEXTS = sorted(templates().values(), key=lambda one: (one.key, one.place, one.language))
WORDS = {name: wording(language=name) for name in ("en", "es")}
DANGER = [
    "diabetes",
    "free",
    "20% off",
    "urgent",
    "gratis",
    "VIH",
    "https://evil.example",
    "{{ x }}",
    "None",
    "‮",
]
values = st.text(max_size=20) | st.sampled_from(DANGER) | st.sampled_from(["Ana", "María José", "O'Neil"])


@given(st.sampled_from(TEXTS), st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_the_values_what_may_go_out_was_checked(template, data):
    given_values = {field.name: data.draw(values, label=field.name) for field in template.fields}
    message = render(template, given_values)
    if not message.is_sendable:
        return
    names = tuple(v for f in template.fields if f.is_name and (v := given_values.get(f.name, "").strip()))
    text = Text(
        body=message.body,
        channel=template.channel,
        role=template.role,
        practice_name=" ".join(given_values.get("practice_name", "").split()),
        subject=message.subject,
        names=names,
        is_open=template.channel not in ("phone", "portal"),
        purpose=template.purpose,
    )
    # The check made again by itself finds no word that may not go out, and nothing that does not print.
    told = {one.rule for one in check(text, template.wording).found if one.is_problem}
    assert not told & {"private_detail", "promotion", "blame", "urgency", "medical", "control_character"}
    assert "{{" not in message.body
    assert "{%" not in message.body


@pytest.mark.parametrize("language", ["en", "es"])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_the_quick_look_finds_something_exactly_where_a_rule_does(language, data):
    words = WORDS[language]
    plain = st.text(string.ascii_letters + string.digits + " .,'-%$áéíóúñ", max_size=40)
    rule = data.draw(st.sampled_from(words.rules))
    pattern = data.draw(st.sampled_from(rule.patterns))
    middle = data.draw(st.from_regex(re.compile(fold_pattern(pattern), re.ASCII), fullmatch=True) | plain)
    text = f"{data.draw(plain)} {middle} {data.draw(plain)}"
    read = Placed(text, ())
    for is_open in (True, False):
        rules = [one for one in words.rules if is_open or not one.only_open]
        slow = any(
            re.search(rf"(?<!\w)(?:{fold_pattern(one)})(?!\w)", read.folded)
            for each in rules
            for one in each.patterns
        )
        assert words.has_something(read.folded, is_open=is_open) == slow
        found = word_findings(read, words, role="recall", is_open=is_open)
        assert bool(found) == slow
        for one in found:
            assert text[one.start : one.start + len(one.words)] == one.words


@given(st.text(max_size=80), st.lists(st.text(max_size=8), max_size=3))
def test_folding_and_taking_names_out_keep_every_place(text, names):
    assert len(fold(text)) == len(text)
    assert len(without_names(text, names)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("template", TEXTS, ids=lambda one: f"{one.key} {one.place} {one.language}")
def test_a_shipped_text_is_checked_before_anybody_gets_it(template):
    report = lint_template(template)
    assert (report.problems, report.others) == ((), ())
    assert "".join(one.words for one in report.spans) == report.shown.removeprefix("\n")
    # Only a call script of a practice without a telephone leaves no number.
    assert {one.rule for one in report.warnings} <= {"two_segments", "no_number"}


def test_a_template_that_cannot_be_filled_says_why():
    template = next(one for one in TEXTS if one.channel == "sms")
    report = lint_template(type(template)(key="x", channel="sms", language="en", body="{{ nobody }}"))
    assert (report.shown, report.findings) == ("", ())
    assert report.others[0].startswith("bad_template")


def test_marks_that_overlap_keep_the_first():
    words = WORDS["en"]
    read = Placed("Free free diabetes", ())
    found = word_findings(read, words, role="recall", is_open=True)
    spans = marked(read.text, [*found, *found])
    assert "".join(one.words for one in spans) == read.text
    assert [one.words for one in spans if one.finding] == ["Free", "diabetes"]


GOOD = """
language = "xx"
[[rule]]
key = "promotion"
why = "w"
source = "s"
words = "gift, sale"
"""


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ("", "rule", "there is none for medical"),
        ('words = "(gift"', "words", "gift"),
        ('words = "gift*|"', "words", "fits an empty text"),
        ('words = ""', "words", "at least one word"),
        ('words = "gift"\nseverity = "loud"', "severity", "one of"),
        ('words = "gift"\nsign = "x"', "sign", "one of"),
        ('words = "gift"\nonly_open = "yes"', "only_open", "true or false"),
        ('words = "gift"\ncolour = 1', "colour", "unknown"),
    ],
)
def test_a_language_file_that_is_wrong_is_told_file_line_and_field(change, field, reason):
    text = GOOD.replace('words = "gift, sale"', change) if change else GOOD
    with pytest.raises(PackInvalid) as caught:
        read_wording(parse_document("wording.toml", text))
    error = next(one for one in caught.value.errors if one.field == field)
    assert reason in error.reason

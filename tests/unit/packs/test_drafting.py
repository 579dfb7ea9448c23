"""What an editor is told of a text: its fields, and everything that speaks against it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebook.core.outreach.liquid_text import BadLiquid
from rebook.packs.drafting import CLOSED, LONGEST, Draft, check_draft, fields_for, fields_in
from rebook.packs.templates import POSTCARD_FIELDS, known_fields, templates

GOOD = "{{ practice_name }}: {% if first_name %}Hi {{ first_name }}, {% endif %}time for a visit. {{ link }} Reply STOP to end"  # noqa: E501
SMS = Draft("due_visit", "sms", "en", body=GOOD)
MAIL = Draft(
    "due_visit",
    "email",
    "en",
    subject="A visit at {{ practice_name }}",
    body="Choose a time:\n\n{{ link }}\n\n{{ practice_name }}\n{{ postal_address }}"
    "\n\nEnd: {{ unsubscribe_url }}",
)
CARD = Draft("due_visit", "postcard", "en", body="Call us at {{ practice_phone }}.\n\n{{ practice_name }}")


def rules(draft):
    return [one.partition(":")[0] for one in check_draft(draft).problems]


@pytest.mark.parametrize("draft", [SMS, MAIL, CARD], ids=lambda one: one.channel)
def test_a_good_text_may_be_published(draft):
    found = check_draft(draft)
    assert (found.problems, found.may_be_published) == ((), True)
    assert found.longest.body


@pytest.mark.parametrize(
    ("draft", "rule"),
    [
        (replace(SMS, body=""), "empty"),
        (replace(SMS, body="{{ practice_name }}: {{ nickname }} {{ link }} STOP"), "unknown_field"),
        (replace(SMS, body="{% if %}"), "bad_template"),
        (replace(SMS, body="{% include 'x' %}"), "bad_template"),
        (replace(SMS, body=GOOD + " {{ visit_words }}"), "clinical_field"),
        (replace(SMS, body=GOOD.replace("Reply STOP to end", "")), "no_opt_out"),
        (replace(SMS, body=GOOD.replace("{{ practice_name }}", "We")), "no_sender"),
        (replace(SMS, body=GOOD + " and more words than one message takes" * 2), "too_long"),
        (replace(SMS, body="x" * (LONGEST["body"] + 1)), "too_long"),
        (replace(SMS, channel="fax"), "wrong_channel"),
        (replace(SMS, review="machine"), "not_reviewed"),
        (replace(MAIL, subject=""), "no_subject"),
        (replace(MAIL, body=MAIL.body.replace("{{ postal_address }}", "")), "missing_field"),
        (replace(MAIL, body=MAIL.body.replace("{{ unsubscribe_url }}", "")), "missing_field"),
        (replace(CARD, body=CARD.body + " {{ visit_on }}"), "not_on_a_postcard"),
        (replace(CARD, body=CARD.body + " {{ practitioner_name }}"), "not_on_a_postcard"),
    ],
)
def test_what_speaks_against_a_text_is_said(draft, rule):
    assert rule in rules(draft)
    assert not check_draft(draft).may_be_published


def test_a_clinical_field_is_for_closed_channels_only():
    assert "clinical_field" not in rules(Draft("due_visit", "portal", "en", body="{{ visit_words }}"))
    for channel in ("sms", "email", "letter", "postcard"):
        assert "visit_words" not in dict(fields_for(channel))
    for channel in CLOSED:
        assert "visit_words" in dict(fields_for(channel))
    assert set(dict(fields_for("postcard"))) == POSTCARD_FIELDS & set(known_fields())


def test_a_long_text_with_a_short_wording_that_fits_may_be_published():
    long = replace(
        SMS,
        body=GOOD.replace(
            "time for a visit", "it is time again for you to come in and see all of us for a visit"
        ),
    )
    assert "too_long" in rules(long)
    short = replace(long, short_body="{{ practice_name }}: time for a visit. {{ link }} Reply STOP to end")
    assert rules(short) == []
    # The short wording goes out too: it is checked as the long one is.
    assert "no_opt_out" in rules(replace(short, short_body="{{ practice_name }}: come. {{ link }}"))


@pytest.mark.parametrize(
    ("text", "required", "optional"),
    [
        ("{{ a }} {{ b }}", ("a", "b"), ()),
        ("{% if a %}{{ a }}{% endif %} {{ b }}", ("b",), ("a",)),
        ("{%- if a -%}x{%- elsif b -%}y{%- endif -%}", (), ("a", "b")),
        ("{% unless a %}no{% endunless %}{{ c | upcase }}", ("c",), ("a",)),
        ("no value", (), ()),
    ],
)
def test_what_is_asked_for_first_may_be_missing(text, required, optional):
    assert fields_in([text]) == (required, optional)


def test_broken_liquid_is_said_with_its_line():
    with pytest.raises(BadLiquid) as caught:
        fields_in(["one\n{% if a %}"])
    assert caught.value.line >= 1


@pytest.mark.parametrize("template", templates().values(), ids=lambda t: f"{t.key} {t.place} {t.language}")
def test_every_shipped_text_may_be_opened_and_published_as_it_is(template):
    draft = Draft(
        key=template.key,
        channel=template.place,
        language=template.language,
        subject=template.subject,
        body=template.body,
        short_body=template.short_body,
        button=template.button,
        purpose=template.purpose,
        role=template.role,
        is_generic=template.is_generic,
    )
    found = check_draft(draft)
    assert found.problems == ()
    # The very same content: an approval of the shipped text is one of this.
    declared = {one.name: one.is_required for one in template.fields}
    assert {one.name: one.is_required for one in found.template.fields} == declared
    assert found.template.content_hash == template.content_hash


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("{}%| abif\n'\"<>&link_nameés\u202e\u0645"), max_size=60))
def test_whatever_is_typed_is_answered(text):
    found = check_draft(replace(SMS, body=text, short_body=text[:20]))
    assert found.may_be_published == (found.template is not None and not found.problems)

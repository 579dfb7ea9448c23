"""The HTML part of an e-mail: the approved words and no others, whatever they hold."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebook.core.outreach.message import render
from rebook.core.outreach.message_html import RIGHT_TO_LEFT, Look, direction, html_part
from rebook.packs.looks import default_look
from rebook.packs.templates import templates

LOOKS = [Look(), default_look()]
EMAILS = [one for one in templates().values() if one.channel == "email"]
LINK = "https://visits.example.org/p/AbCdEfGhIjKlMnOpQrStUv"


class Seen(HTMLParser):
    """What a reader sees and what a program would follow: words by block, links, and every tag."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.words, self.links, self.tags, self._in_body, self._style = [], [], [], False, 0
        self.attributes = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._in_body |= tag == "body"
        self._style += tag == "style"
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        self._style -= tag == "style"

    def handle_data(self, data):
        if self._in_body and not self._style:
            self.words += data.split()

    def attribute(self, tag, name):
        return [value for where, what, value in self.attributes if (where, what) == (tag, name)]


def seen(body, look=None, **values):
    return Seen(html_part(body=body, language="en", look=look, **{"subject": "s", "button": "Go", **values}))


# Anything printable that a person might type or be called.
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
LINES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
PARAGRAPHS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
BODIES = st.lists(PARAGRAPHS, min_size=1, max_size=5).map("\n\n".join)


@pytest.mark.parametrize("look", LOOKS, ids=["plain", "mjml"])
@settings(max_examples=120, deadline=None)
@given(body=BODIES)
def test_a_reader_sees_the_approved_words_in_their_order_and_nothing_else(look, body):
    wanted = body.split()
    found = seen(body, look, button="")
    assert found.words == wanted
    # Whatever the words hold, they are words: no link but a paragraph that is one, no tag of their own.
    assert set(found.tags) <= set(seen("two\nlines\n\nhttps://x.example", look).tags)


@pytest.mark.parametrize("look", LOOKS, ids=["plain", "mjml"])
@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ subject }}",
        "{% if x %}",
        "a & b < c",
    ],
)
def test_values_stay_values(look, value):
    found = seen(f"Hello {value}", look, subject=value, button=value)
    assert found.words == ["Hello", *value.split()]
    assert not {"script", "img"} & set(found.tags)
    assert not [name for _tag, name, _value in found.attributes if name.startswith("on")]


@pytest.mark.parametrize("look", LOOKS, ids=["plain", "mjml"])
def test_a_link_by_itself_is_the_button(look):
    found = seen(f"Choose:\n\n{LINK}\n\nThank you", look, button="See times")
    assert found.links == [LINK]
    assert found.words == ["Choose:", "See", "times", "Thank", "you"]
    assert seen(f"Choose {LINK} now", look).links == []


@pytest.mark.parametrize("template", EMAILS, ids=lambda one: f"{one.key} {one.language}")
def test_every_shipped_email_says_in_html_what_it_says_in_text(template):
    shown = render(template, {one.name: one.longest for one in template.fields})
    link = next(one.longest for one in template.fields if one.name == "link")
    found = Seen(shown.body_html)
    assert found.words == shown.body.replace(f"\n{link}\n", f"\n{template.button}\n").split()
    assert found.links == [link]


@pytest.mark.parametrize("look", LOOKS, ids=["plain", "mjml"])
@pytest.mark.parametrize(
    ("language", "written"), [("en", "ltr"), ("es", "ltr"), ("ar", "rtl"), ("he-IL", "rtl")]
)
def test_language_and_direction_are_told(look, language, written):
    html = html_part(body="x", subject="s", button="", language=language, look=look)
    found = Seen(html)
    assert found.attribute("html", "lang") == [language]
    assert found.attribute("html", "dir") == [written]
    assert direction(language) == written


def test_a_line_of_the_other_script_keeps_its_own_order():
    # "12 Main Street" within Arabic words must not become "Main Street 12".
    html = html_part(body="مرحبا\n12 Main Street", subject="s", button="", language="ar", look=default_look())
    assert html.count('<span dir="auto">') == 2
    assert "text-align:right" in html


def test_every_right_to_left_language_is_one_word():
    assert all(one == one.lower().partition("-")[0] for one in RIGHT_TO_LEFT)


def test_nothing_is_fetched_from_anywhere():
    look = Look("plain", default_look().html, "#0b6270", "data:image/png;base64,iVBORw0KGgo=")
    found = seen(f"Hello\n\n{LINK}", look, practice_name="Northside")
    assert found.attribute("img", "src") == ["data:image/png;base64,iVBORw0KGgo="]
    assert found.attribute("img", "alt") == ["Northside"]
    fetched = [v for _tag, name, v in found.attributes if name in ("src", "background", "srcset")]
    assert [one for one in fetched if not one.startswith("data:")] == []
    assert not {"link", "script", "iframe", "object"} & set(found.tags)
    html = html_part(body="x", subject="s", button="", language="en", look=look)
    assert "@import" not in html
    assert "url(" not in html


def test_a_logo_voids_a_sign_off_and_a_colour_does_not():
    email = EMAILS[0]
    assert email.look is not None
    darker = replace(email, look=replace(email.look, colour="#000000"))
    with_logo = replace(email, look=replace(email.look, logo="data:image/png;base64,AA=="))
    other = replace(email, look=replace(email.look, html=email.look.html + " "))
    assert darker.content_hash == email.content_hash
    assert len({email.content_hash, with_logo.content_hash, other.content_hash}) == 3

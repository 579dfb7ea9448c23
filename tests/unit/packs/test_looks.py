"""Layouts of e-mails: what comes with Rebook can be drawn; what asks others for something does not load."""

import pytest

from rebook.packs.loader import PackInvalid
from rebook.packs.looks import FOLDER, default_look, look_named, looks, read_look

PLAIN = (FOLDER / "plain.mjml").read_text(encoding="utf-8")


def reading(tmp_path, text):
    path = tmp_path / "mine.mjml"
    path.write_text(text, encoding="utf-8")
    return read_look(path)


def test_the_default_is_there_and_compiled_once():
    assert "plain" in looks()
    assert look_named("plain") is default_look()
    assert "<mj-" not in default_look().html


def test_a_layout_of_ones_own_is_read(tmp_path):
    assert reading(tmp_path, PLAIN.replace("#f6f7f9", "#eeeeee")).key == "mine"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("</mjml>", "", "is not MJML"),
        ("{{ part.words }}", "{{ part.words }} {{ tracker }}", "unknown value tracker"),
        ("{% endfor %}</mj-raw>", "</mj-raw>", "line"),
        ('<mj-image src="{{ logo }}"', '<mj-image src="https://pixel.example/x.gif"', "asks another server"),
        (
            "a { overflow-wrap",
            "@import url(https://fonts.example/a.css); a { overflow-wrap",
            "asks another server",
        ),
        ("<mj-title>", '<mj-raw><script src="x.js"></script></mj-raw><mj-title>', "asks another server"),
        ("{{ part.href }}", "https://elsewhere.example", "asks another server"),
        ("part.lines", "part.words", "does not show every part"),
    ],
)
def test_a_layout_that_would_not_do_is_refused_with_a_reason(tmp_path, old, new, says):
    assert old in PLAIN
    with pytest.raises(PackInvalid) as caught:
        reading(tmp_path, PLAIN.replace(old, new))
    if says != "line":
        assert says in str(caught.value)


def test_no_layout_of_that_name():
    with pytest.raises(PackInvalid, match="no such layout"):
        look_named("../../etc/passwd")

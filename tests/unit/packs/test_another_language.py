"""Another language is a folder: a tiny Arabic one, right to left, read and sent as the shipped ones are."""

import shutil

import pytest

from rebook.channels.letter import PrintedLetter, Sender, letter_code, merge
from rebook.core.outreach.message import render
from rebook.packs.loader import PackInvalid
from rebook.packs.templates import FOLDER, read_templates
from rebook.packs.wordings import NEEDED

WORDING = """
language = "ar"
voicemail = "البريد الصوتي"
opt_out = ["STOP"]
opt_out_words = ["STOP"]

"""
# Every language says what must not be said, for each of the rules that all of them need.
WORDING += "".join(
    f'[[rule]]\nkey = "{key}"\nwhy = "urges"\nsource = "R-E52"\nwords = "عاجل"\n' for key in NEEDED
)
TABLE = """
key = "due_visit"
about = "The interval since the last visit has passed."
status = "human_reviewed"

[sms]
required = ["practice_name", "link"]

[email]
subject = "زيارة في {{ practice_name }}"
button = "المواعيد"
required = ["practice_name", "link", "unsubscribe_url", "postal_address"]
optional = ["first_name"]

[letter]
required = ["practice_name", "practice_phone", "postal_address"]
"""
SMS = "{{ practice_name }}: حان موعد زيارتك {{ link }} STOP"
EMAIL = """{% if first_name %}مرحبا {{ first_name }}،{% else %}مرحبا،{% endif %}

حان موعد زيارتك القادمة.

{{ link }}

{{ practice_name }}
{{ postal_address }}

{{ unsubscribe_url }}
"""
LETTER = """حان موعد زيارتك القادمة.
اتصل بنا على {{ practice_phone }}.

{{ practice_name }}
{{ postal_address }}
"""


@pytest.fixture
def folder(tmp_path):
    to = tmp_path / "messages"
    shutil.copytree(FOLDER, to)
    arabic = to / "ar"
    arabic.mkdir()
    for name, text in {
        "wording.toml": WORDING,
        "due_visit.toml": TABLE,
        "due_visit.sms.liquid": SMS,
        "due_visit.email.liquid": EMAIL,
        "due_visit.letter.liquid": LETTER,
    }.items():
        (arabic / name).write_text(text, encoding="utf-8")
    return to


def test_a_folder_is_a_language(folder):
    found = read_templates(folder)
    assert {place for place in found if place[2] == "ar"} == {
        ("due_visit", channel, "ar") for channel in ("sms", "email", "letter")
    }
    # English and Spanish are none the worse for it.
    assert {place[2] for place in found} == {"ar", "en", "es"}


def test_its_texts_go_out_from_right_to_left(folder):
    found = read_templates(folder)
    email = found["due_visit", "email", "ar"]
    shown = render(email, {one.name: one.longest for one in email.fields}, language="ar")
    assert shown.problems == ()
    assert '<html lang="ar" dir="rtl"' in shown.body_html
    sms = found["due_visit", "sms", "ar"]
    said = render(sms, {one.name: one.longest for one in sms.fields}, language="ar")
    assert (said.problems, said.encoding) == ((), "ucs2")
    letter = found["due_visit", "letter", "ar"]
    body = render(letter, {one.name: one.longest for one in letter.fields}).body
    printed = PrintedLetter(letter_code("x"), ("Dania", "12 Main Street", "Cambridge, MA 02139"), body, "ar")
    pdf = merge([printed], form="letter", sender=Sender("Northside"), title="T")
    assert b"/Lang(ar)" in pdf.replace(b"/Lang (", b"/Lang(")


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("due_visit.sms.liquid", "حان", "عاجل حان", "urges"),
        ("due_visit.sms.liquid", "STOP", "", "no_opt_out"),
        ("due_visit.letter.liquid", "{{ practice_phone }}", "{{ visit_words }}", "declared"),
        ("due_visit.toml", 'key = "due_visit"', 'key = "other"', "like the file"),
        ("wording.toml", "عاجل", "(عاجل", "words"),
    ],
)
def test_what_is_wrong_in_it_is_said_in_its_own_words(folder, name, old, new, says):
    path = folder / "ar" / name
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(PackInvalid) as caught:
        read_templates(folder)
    assert says in str(caught.value) or name in str(caught.value)


def test_a_machines_translation_is_read_and_never_sent(folder):
    path = folder / "ar" / "due_visit.toml"
    path.write_text(path.read_text("utf-8").replace("human_reviewed", "machine"), encoding="utf-8")
    with pytest.raises(PackInvalid, match="not_reviewed"):
        read_templates(folder)

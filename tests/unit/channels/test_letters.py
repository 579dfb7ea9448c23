"""Letters without a provider: codes, files to print, and the list beside them."""

import csv
import io
import re
from itertools import product

import pytest

from rebook.channels.letter import (
    Letters,
    PrintedLetter,
    Sender,
    UnableToPrint,
    letter_code,
    merge,
    picture,
    write_batch,
)
from rebook.core.channel import BadSignature, WebhookRequest
from rebook.core.outreach.message import render
from rebook.packs.letters import OTHERWISE, code_label
from rebook.packs.templates import templates

ADDRESS = "Ana Lopez\n12 Main Street\nCambridge, MA 02139"
SENDER = Sender("Northside", ("1 Elm Street", "Cambridge, MA 02138"))


def letter(number=1, *, body="Dear Ana,\n\nIt is time for a visit.\nCall us.", language="en", to=ADDRESS):
    return PrintedLetter(letter_code(f"c{number}"), tuple(to.split("\n")), body, language)


def test_a_letter_is_accepted_under_the_code_that_is_printed_on_it(text, now):
    said = Letters().send(text(reference="c1-s0-letter-ab12", to=ADDRESS), now=now)
    assert (said.state, said.provider_message_id) == ("accepted", letter_code("c1-s0-letter-ab12"))
    # Handed over twice it is the same letter.
    assert Letters().send(text(reference="c1-s0-letter-ab12", to=ADDRESS), now=now) == said


@pytest.mark.parametrize(
    ("change", "code", "failure"),
    [
        ({"to": ""}, "bad_address", "permanent_channel"),
        ({"to": "Ana Lopez\n12 Main Street"}, "bad_address", "permanent_channel"),
        ({"to": "+16175550123"}, "bad_address", "permanent_channel"),
        ({"to": ADDRESS, "body": "  "}, "empty", "content"),
    ],
)
def test_what_cannot_be_posted_is_not_accepted(text, now, change, code, failure):
    said = Letters().send(text(**change), now=now)
    assert (said.state, said.code, said.failure) == ("failed", code, failure)


def test_codes_can_be_read_out_and_differ():
    codes = {letter_code(f"c{number}") for number in range(20_000)}
    assert len(codes) == 20_000
    assert all(
        re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}", c) for c in codes
    )


def test_letters_have_no_webhooks():
    with pytest.raises(BadSignature):
        Letters().verify_signature(WebhookRequest(url="https://x.example", body=b""))


@pytest.mark.parametrize(("form", "paper"), product(("letter", "postcard"), ("us", "a4")))
def test_the_file_is_one_page_for_each_and_accessible(form, paper):
    pdf = merge(
        [letter(1), letter(2, language="es"), letter(3)], form=form, sender=SENDER, title="T", paper=paper
    )
    assert pdf.startswith(b"%PDF-")
    assert pages(pdf) == 3
    # PDF/UA-1: tagged, with a language and a title of its own.
    assert b"pdfuaid:part" in pdf
    assert b"/Marked true" in pdf
    assert b"/StructTreeRoot" in pdf


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize(("form", "width", "height"), [("letter", 612, 792), ("postcard", 432, 306)])
def test_the_paper_is_as_chosen(form, width, height):
    pdf = merge([letter()], form=form, sender=SENDER, title="T", paper="us")
    assert re.search(rf"/MediaBox ?\[0 0 {width}(\.0+)? {height}(\.0+)?\]".encode(), pdf)


def test_a_long_letter_goes_on_over_the_page():
    body = "\n\n".join(["It is time for your next visit with us, and we say so at length. " * 6] * 12)
    assert pages(merge([letter(body=body)], form="letter", sender=SENDER, title="T")) == 2


@pytest.mark.parametrize("text", [
    "مرحبا دانية،\n\nحان موعد زيارتك القادمة.", "#set page(width: 1pt)", "$x$ *bold* _it_ `raw` @label <tag>",
    "\\ {{ }} \" ' /* no */ // no",
])  # fmt: skip
def test_words_are_words_whatever_they_hold(text):
    pdf = merge([letter(body=text, language="ar")], form="letter", sender=SENDER, title="T")
    assert pages(pdf) == 1


@pytest.mark.parametrize(
    "template",
    [one for one in templates().values() if one.channel == "letter"],
    ids=lambda one: f"{one.key} {one.place} {one.language}",
)
def test_every_shipped_text_fits_one_page(template):
    body = render(template, {one.name: one.longest for one in template.fields}).body
    form = template.form or "letter"
    pdf = merge([letter(body=body, language=template.language)], form=form, sender=SENDER, title="T")
    assert pages(pdf) == 1


def test_a_picture_of_the_first_page():
    assert picture(letter(), form="letter", sender=SENDER).startswith(b"\x89PNG\r\n\x1a\n")


def test_the_batch_is_written_whole_and_for_its_owner_only(tmp_path):
    outbox = tmp_path / "outbox" / "north"
    letters = [letter(1), letter(2, to="=HYPERLINK(1)\n12 Main Street\nCambridge, MA 02139")]
    batch = write_batch(letters, directory=outbox, number=7, form="letter", sender=SENDER)
    assert [path.name for path in sorted(outbox.iterdir())] == ["letters-0007.csv", "letters-0007.pdf"]
    assert outbox.stat().st_mode & 0o077 == 0
    assert batch.pdf.stat().st_mode & 0o077 == 0
    lines = list(csv.reader(io.StringIO(batch.list.read_text("utf-8-sig"))))
    assert lines[0][:4] == ["number", "code", "language", "line_1"]
    assert lines[1] == [
        "1",
        letters[0].code,
        "en",
        "Ana Lopez",
        "12 Main Street",
        "Cambridge, MA 02139",
        "",
        "",
    ]
    # A name is never a formula for the program that opens the list.
    assert lines[2][3] == "'=HYPERLINK(1)"


def test_what_cannot_be_laid_out_says_so_without_the_patient(tmp_path, monkeypatch):
    broken = tmp_path / "broken.typ"
    broken.write_text("#let x = json(bytes(sys.inputs.data)).letters.at(9)")
    monkeypatch.setattr("rebook.channels.letter.printing.layout", lambda form: broken)
    with pytest.raises(UnableToPrint) as caught:
        write_batch([letter()], directory=tmp_path / "o", number=1, form="letter", sender=SENDER)
    assert "Lopez" not in str(caught.value)
    assert list((tmp_path / "o").iterdir()) == []


def test_the_words_beside_the_code_are_in_the_letters_language():
    assert code_label("es-MX") != code_label("en")
    assert code_label("tlh") == OTHERWISE

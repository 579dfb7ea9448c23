"""What stands where on paper: measured on the picture, in inches or millimetres from the top left corner."""

import numpy as np
import pytest

from rebook.channels.letter import PrintedLetter, Sender, pictures
from support.png import ink

DPI = 80
MM = DPI / 25.4
SENDER = Sender("Riverbend Family Health", ("400 River Road, Suite 120", "Springfield, IL 62701"))
SHORT = ("Ana Lopez", "12 Main Street", "Cambridge, MA 02139")
# As long as an address may be: five lines of 42 letters.
LONG = (
    "Maria-Guadalupe Hernandez-Villanueva Cruz", "12345 South Martin Luther King Boulevard 7",
    "Apartment 1204, Building C, third entrance", "Care of the Fitzgerald-Montgomery familyMM",
    "San Francisco del Rincon, CA 94110-123456",
)  # fmt: skip
BODY = "Dear Ana,\n\nIt is time for a visit. Please call (617) 555-0100.\n\nRiverbend Family Health"


def pages(form="letter", paper="us", to=SHORT, body=BODY, language="en", date="November 22, 2026"):
    letter = PrintedLetter("7H2K-9QXD-4M", to, body, language, date)
    return [ink(one) for one in pictures(letter, form=form, sender=SENDER, paper=paper)]


def ink_in(page, *, top, bottom, left=0.0, right=99.0, unit=DPI):
    """The box around all ink between these lines, in the unit; None where there is none."""
    part = page[round(top * unit) : round(bottom * unit), round(left * unit) : round(right * unit)]
    ys, xs = np.nonzero(part)
    if not len(ys):
        return None
    return (top + ys.min() / unit, top + ys.max() / unit, left + xs.min() / unit, left + xs.max() / unit)


@pytest.mark.parametrize("to", [SHORT, LONG], ids=["short", "long"])
def test_in_a_10_window_the_whole_address_is_seen_wherever_the_sheet_slips(to):
    (page,) = pages(to=to)
    top, bottom, left, right = ink_in(page, top=2.1, bottom=3.9, left=0.5)
    # Window 4 1/2 x 1 1/8 in, 7/8 in from the left, 1/2 in from below; sheet slips 1 in and 0.46 in.
    assert top >= 2.5
    assert bottom <= 3.17
    assert left >= 0.875
    assert right <= 4.375


def test_in_a_10_window_nothing_else_is_seen():
    (page,) = pages()
    # Above and below the address, as far as the window may come, the sheet is empty.
    assert ink_in(page, top=1.2, bottom=2.5, left=0.5) is None
    assert ink_in(page, top=3.2, bottom=3.64, left=0.5) is None


@pytest.mark.parametrize("to", [SHORT, LONG], ids=["short", "long"])
def test_on_a4_the_address_stands_as_din_5008_b_wants_it(to):
    (page,) = pages(paper="a4", to=to)
    top, bottom, left, right = ink_in(page, top=61, bottom=92, left=10, unit=MM)
    assert top >= 62.7
    assert bottom <= 90
    assert left >= 24.5
    assert right <= 105
    # The line of the sender above it, within the window of 45 mm.
    sender = ink_in(page, top=45, bottom=61, left=10, unit=MM)
    assert sender is not None
    assert sender[0] >= 45


@pytest.mark.parametrize(("paper", "folds", "unit"), [("us", (3.667, 7.333), DPI), ("a4", (105, 210), MM)])
def test_the_sheet_says_where_it_is_folded(paper, folds, unit):
    long = "\n\n".join([BODY] * 9)
    first, second = pages(paper=paper, body=long)[:2]
    edge = 9 * MM
    marks = np.nonzero(first[:, : round(edge)].any(axis=1))[0] / unit
    assert sorted({round(one, 0 if unit == MM else 1) for one in marks}) == pytest.approx(folds, rel=0.02)
    assert not second[:, : round(edge)].any()


def test_the_second_page_has_its_number_and_the_code_and_no_address():
    long = "\n\n".join([BODY] * 9)
    first, second = pages(body=long)[:2]
    foot = {"top": 10.2, "bottom": 10.8}
    assert ink_in(first, **foot, left=7) is None
    assert ink_in(second, **foot, left=7) is not None
    assert ink_in(second, **foot, right=4) is not None
    # It begins at the top: nothing is kept free for an address there.
    assert ink_in(second, top=0, bottom=1)[0] < 0.9


def test_every_letter_of_a_batch_begins_its_own_count():
    long = "\n\n".join([BODY] * 9)
    alone, _second = pages(body=long)[:2]
    assert ink_in(alone, top=10.2, bottom=10.8, left=7) is None


@pytest.mark.parametrize("paper", ["us", "a4"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_on_a_card_the_address_is_on_the_right_in_every_language(paper, language):
    (card,) = pages(form="postcard", paper=paper, to=LONG, language=language)
    width = card.shape[1]
    address = card[round(38 * MM) : round(70 * MM), :]
    xs = np.nonzero(address.any(axis=0))[0]
    assert xs.min() > width * 0.4
    assert xs.max() < width - 4 * MM
    # The corner of the stamp.
    assert not card[: round(25 * MM), round(width - 25 * MM) :].any()


def test_a_number_reads_from_left_to_right_among_words_that_do_not():
    """The same picture of the number in both: its groups are not turned around."""
    number = "(617) 555-0100"
    (english,) = pages(body=number, date="")
    (arabic,) = pages(body=number, language="ar", date="")
    one, other = (cut(page) for page in (english, arabic))
    (around,) = (cut(page) for page in pages(body="0100-555 (617)", date=""))
    shapes = [
        page.sum(axis=0)[: min(one.shape[1], other.shape[1], around.shape[1])]
        for page in (one, other, around)
    ]
    assert np.corrcoef(shapes[0], shapes[1])[0, 1] > 0.7
    # What it would look like turned around is told apart.
    assert np.corrcoef(shapes[0], shapes[2])[0, 1] < 0.4


def cut(page):
    part = page[round(4 * DPI) : round(5 * DPI), round(0.6 * DPI) :]
    ys, xs = np.nonzero(part)
    return part[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]

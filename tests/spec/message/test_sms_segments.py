"""How many segments a text takes (R-D1 to R-D4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.segments import GSM_BASIC, GSM_EXTENDED, plain, segments

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # eight UTF-16 units that stay together
COUNTS = [
    # text, encoding, segments, units
    ("", "gsm7", 1, 0),
    ("a" * 160, "gsm7", 1, 160),
    ("a" * 161, "gsm7", 2, 161),
    ("a" * 306, "gsm7", 2, 306),
    ("a" * 307, "gsm7", 3, 307),
    ("ñéüàÑÉ¿¡" * 20, "gsm7", 1, 160),
    ("€" * 80, "gsm7", 1, 160),
    ("€" * 152, "gsm7", 2, 304),
    ("€" * 153, "gsm7", 3, 306),  # 76 signs of two units fill 152 of 153: one unit stays empty
    ("a" * 152 + "€" + "b" * 152, "gsm7", 3, 306),  # the euro sign does not straddle
    ("a" * 151 + "€" + "b" * 153, "gsm7", 2, 306),
    ("á" * 70, "ucs2", 1, 70),
    ("á" * 71, "ucs2", 2, 71),
    ("á" * 134, "ucs2", 2, 134),
    ("á" * 135, "ucs2", 3, 135),
    ("a" * 70 + "ç", "ucs2", 2, 71),
    ("\U0001f600" * 35, "ucs2", 1, 70),
    ("\U0001f600" * 36, "ucs2", 2, 72),
    ("a" * 66 + "\U0001f600" + "b" * 67, "ucs2", 3, 135),  # the pair is not split: 66, 68 do not fit
    ("a" * 65 + "\U0001f600" + "b" * 67, "ucs2", 2, 134),
    ("á" * 66 + "e\u0301" + "b" * 66, "ucs2", 3, 134),  # nor a letter from its accent
    ("a" * 63 + FAMILY + "b" * 63, "ucs2", 3, 134),
]


@pytest.mark.parametrize(("text", "encoding", "count", "units"), COUNTS, ids=lambda one: str(one)[:12])
def test_the_count(text, encoding, count, units):
    size = segments(text)
    assert (size.encoding, size.count, size.units) == (encoding, count, units)


@pytest.mark.parametrize(
    ("text", "offending"),
    [
        ("It’s time — “now”…", (("’", "'"), ("—", "-"), ("“", '"'), ("”", '"'), ("…", "..."))),
        ("María, Óscar", (("í", "i"), ("Ó", "O"))),
        ("ça 李 ok 😀", (("ç", "c"), ("李", ""), ("😀", ""))),
        ("Ñandú año", (("ú", "u"),)),
        ("plain @£$¥ [ok] {x} ~ €", ()),
    ],
)
def test_what_makes_it_dear_and_the_plain_way_to_say_it(text, offending):
    assert segments(text).offending == offending


def test_plain_writes_what_it_can_and_keeps_the_rest():
    assert plain("José María Núñez — 李") == "José Maria Nuñez - 李"
    assert plain("e\u0301") == "é"


def test_the_alphabet_has_its_size():
    """127 signs beside the escape, ten behind it."""
    assert (len(GSM_BASIC), len(GSM_EXTENDED)) == (127, 10)
    assert not GSM_BASIC & GSM_EXTENDED


@given(st.text(st.sampled_from(sorted(GSM_BASIC | GSM_EXTENDED)), max_size=700))
def test_gsm_texts_never_cost_less_than_their_units(text):
    size = segments(text)
    assert size.encoding == "gsm7"
    assert size.count >= max(1, -(-size.units // 160))
    # At most one unit is lost at each boundary.
    assert size.count <= max(1, -(-size.units // 152))


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text):
    size = segments(text)
    if size.encoding == "ucs2":
        assert size.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
        assert size.count >= max(1, -(-size.units // 70))
    assert all(plain(replacement) == replacement for _, replacement in size.offending)
    assert plain(plain(text)) == plain(text)

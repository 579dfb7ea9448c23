"""The table of what a channel may carry: the shipped one, and what is wrong with others."""

import pytest

from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.sensitivity import KINDS, read_tables, sensitivity_tables

ROW = 'sms = "generic"\nemail = "generic"\nletter = "generic"\nportal = "any"\nphone = "live"\ncall = "any"\n'
ANY = f'[[tag]]\nkey = "*"\n{ROW}source = "R-A140"\n'


def read(text):
    return read_tables(parse_document("own.toml", text))


def test_the_shipped_table_names_every_tag_of_the_rules():
    forms = sensitivity_tables().forms
    assert {"*", "substance_use", "psychotherapy_notes", "domestic_violence", "minor_confidential"} <= set(
        forms
    )
    assert all(set(row) == set(KINDS) for row in forms.values())
    # Nothing of therapy notes, and no text of addiction care under a name that tells (R-A142, R-A143).
    assert set(forms["psychotherapy_notes"].values()) == {"none"}
    assert {forms["substance_use"][kind] for kind in ("sms", "email", "letter")} == {"neutral"}


def test_every_need_bars_something_and_leaves_something():
    for need in sensitivity_tables().needs.values():
        assert need.bars
        assert need.bars < set(KINDS)


def test_no_tag_is_looser_than_the_row_for_unknown_tags():
    forms = sensitivity_tables().forms
    order = ("any", "generic", "neutral", "live", "none")
    for row in forms.values():
        for kind in KINDS:
            assert order.index(row[kind]) >= order.index(forms["*"][kind])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[tag]]\nkey = "a"\n' + ROW + 'source = "R"\n', 'no row "*"'),
        (ANY + '[[tag]]\nkey = "a"\nsource = "R"\n', "sms: is required"),
        (
            ANY + '[[tag]]\nkey = "a"\n' + ROW.replace('"live"', '"loud"') + 'source = "R"\n',
            "phone: must be one of",
        ),
        (ANY + '[[tag]]\nkey = "*"\n' + ROW + 'source = "R"\n', "names a tag, once"),
        (ANY + '[[tag]]\nkey = "a"\n' + ROW, "where it is from"),
        (ANY + '[[tag]]\nkey = "a"\nfax = "any"\n' + ROW + 'source = "R"\n', "fax: unknown field"),
        (ANY + '[[need]]\nkey = "n"\nlabel = "N"\nbars = ["fax"]\n', "bars: wants kinds"),
        (ANY + '[[need]]\nkey = "n"\nbars = ["sms"]\n', "names a need"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, says):
    with pytest.raises(PackInvalid, match=says) as told:
        read(text)
    assert all(error.file == "own.toml" for error in told.value.errors)

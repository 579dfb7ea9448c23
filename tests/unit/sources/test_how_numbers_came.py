"""How the practice got a number, as files say it: words of ours, of others, and of nobody (R-A4)."""

from datetime import date
from pathlib import Path

import pytest

from rebook.core.facts import PatientFact
from rebook.core.outreach.number_source import (
    GIVEN_BY_PATIENT,
    SOURCE_WORDS,
    purposes_of,
    read_scope,
    read_source,
)
from rebook.core.words import NUMBER_SOURCES
from rebook.sources import csv, fhir
from rebook.sources.mappings import UnableToUseMapping
from support.exports import read_csv, write

MAPPING = """
{top}
[[table]]
files = "people.csv"
formats = ["%m/%d/%Y"]

[table.patient]
external_id = "pid"

[[table.patient.contacts]]
system = "phone"
value = "cell"
use = "mobile"
number_source = {{ column = "from", words = {{ BCBS = "insurer", Intake = "patient_form" }} }}
given_on = "since"
given_for = "for"

[[table.patient.contacts]]
system = "email"
value = "mail"
"""
HEAD = "pid,cell,from,since,for,mail\n"


def read(tmp_path: Path, *rows: str, top: str = ""):
    content = HEAD + "".join(row + "\n" for row in rows)
    return read_csv(tmp_path, content, name="people.csv", mapping=MAPPING.format(top=top))


def phone(found):
    return found.one(PatientFact).contacts[0]


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Intake", "patient_form"),
        ("bcbs", "insurer"),
        ("skip trace", "skip_trace"),
        ("Previous Practice", "previous_practice"),
        ("portal", "patient_page"),
        ("", ""),
    ],
)
def test_the_files_word_becomes_ours(tmp_path, said, source):
    found = read(tmp_path, f"p1,617-555-0100,{said},,,")
    assert phone(found).number_source == source
    assert found.rejects == []


def test_day_and_purpose_stand_beside_it(tmp_path):
    found = read(tmp_path, "p1,617-555-0100,Intake,03/17/2025,Appointments; recall,")
    assert (phone(found).given_on, phone(found).given_for) == (date(2025, 3, 17), ("appointments", "recall"))
    assert purposes_of(phone(found).given_for) == {"operations", "treatment_recall"}


def test_a_word_that_nobody_knows_counts_against_the_number_and_is_told(tmp_path):
    found = read(tmp_path, "p1,617-555-0100,a little bird,soon,golf,a@example.org")
    assert (phone(found).number_source, phone(found).given_on) == ("other", None)
    assert phone(found).number_source not in GIVEN_BY_PATIENT
    # It allows nothing at all, where no purpose is known.
    assert purposes_of(phone(found).given_for) == {"nothing"}
    assert [(one.field, one.taken) for one in found.rejects] == [
        ("from", True),
        ("since", True),
        ("for", True),
    ]


def test_a_whole_file_may_have_come_one_way(tmp_path):
    found = read(tmp_path, "p1,617-555-0100,,,,a@example.org", top='number_source = "insurer"')
    assert [one.number_source for one in found.one(PatientFact).contacts] == ["insurer", "insurer"]
    named = read(tmp_path, "p1,617-555-0100,Intake,,,", top='number_source = "insurer"')
    assert phone(named).number_source == "patient_form"


@pytest.mark.parametrize(
    ("top", "old", "new", "message"),
    [
        ('number_source = "gossip"', "", "", 'number_source: "gossip" is not one of our words'),
        ("", 'BCBS = "insurer"', 'BCBS = "payers"', '"payers" is not one of our words: patient_form'),
        ("", '"since"', '{ colum = "since" }', "given_on"),
    ],
)
def test_a_mapping_that_cannot_be_names_the_place(tmp_path, top, old, new, message):
    text = MAPPING.format(top=top).replace(old, new) if old else MAPPING.format(top=top)
    with pytest.raises(UnableToUseMapping, match=r"mapping\.toml") as caught:
        csv.load_mapping(write(tmp_path / "mapping.toml", text))
    assert message in str(caught.value)


def test_fhir_says_it_for_the_whole_source(tmp_path):
    mapping = fhir.load_mapping(write(tmp_path / "mapping.toml", 'number_source = "registration"\n'))
    assert mapping.number_source == "patient_form"
    with pytest.raises(UnableToUseMapping, match="line 1: number_source"):
        fhir.load_mapping(write(tmp_path / "mapping.toml", 'number_source = "rumour"\n'))


def test_every_word_of_the_ledger_has_a_sentence_and_reads_as_itself():
    assert set(SOURCE_WORDS) == set(NUMBER_SOURCES)
    assert all(read_source(word) == word for word in NUMBER_SOURCES)
    assert read_source("telepathy") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [("", ()), ("all", ("all",)), ("Care, care", ("care",)), ("tea", None), ("care, tea", None),
     ("recall;  newsletter", ("recall", "newsletter"))],
)  # fmt: skip
def test_a_cell_of_purposes(text, words):
    assert read_scope(text) == words


def test_all_narrows_nothing():
    assert purposes_of(("all", "marketing")) == frozenset() == purposes_of(())

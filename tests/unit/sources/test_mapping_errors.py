"""A mapping that cannot be: the error names file, line and key."""

import re

import pytest

from rebook.sources import csv, fhir
from rebook.sources.mappings import UnableToUseMapping
from support.exports import DIARY, write

GOOD = """\
[[table]]
files = "*.csv"

[table.patient]
external_id = "pid"
sex = { column = "sex", words = { F = "female" } }
"""

CSV_FAULTS = [
    # what becomes of the good mapping, what the error says
    ("[[table]\nfiles = 1", r"mapping.toml: .*line 1"),
    (GOOD.replace("files", "fils"), r"line \d+: table\[0\].fils: there is no such setting"),
    (GOOD.replace('"*.csv"', "7"), r'line 2: table\[0\].files: Expected "str", got "int"'),
    (GOOD + 'firstname = "x"\n', r"line 7: table\[0\].patient.firstname: there is no such field; .*given"),
    (GOOD.replace('external_id = "pid"\n', ""), r'line 4: table\[0\].patient: "external_id" is missing'),
    (GOOD.replace('"female"', '"woman"'), r'line 6: table\[0\].patient.sex: "woman" is not one of our words'),
    (GOOD.replace("words", "word"), r"line 6: table\[0\].patient.sex: .*unknown field \"word\""),
    (GOOD.replace('column = "sex", ', ""), r"line 6: .*say one of column, columns, template, constant"),
    (GOOD + 'birth_on = { age = "age" }\n', r"line 7: .*an age needs the date"),
    (GOOD + 'birth_on = { column = "b", unit = "minutes" }\n', r'line 7: .*it has no unit "minutes"'),
    ('time_zone = "Mars/North"\n' + GOOD, r'line 1: time_zone: there is no time zone "Mars/North"'),
    ('encoding = "utf-9"\n' + GOOD, r'line 1: encoding: there is no encoding "utf-9"'),
    ('delimiter = "::"\n' + GOOD, r"line 1: delimiter: it is one character"),
    ('[[table]]\nfiles = "x"\n', r"line 1: table\[0\]: it gives nothing"),
    ("table = []\n", r"line 1: table: there is no \[\[table\]\]"),
    ("", r"table"),
    (GOOD + "[[table.patient.contacts]]\nsystem = 'pigeon'\nvalue = 'x'\n", r"patient: Invalid enum value"),
    (GOOD + "[table.visit]\nexternal_id = 'v'\npatient_id = 'p'\nstarted_at = 'd'\n"
     "visit_type = { constant = 'Check up' }\n", r'line 11: .*"Check up" is not a key'),
]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), CSV_FAULTS)
def test_csv(tmp_path, content, message):
    with pytest.raises(UnableToUseMapping) as caught:
        csv.load_mapping(write(tmp_path / "mapping.toml", content))
    assert re.search(message, str(caught.value)), str(caught.value)
    assert "mapping.toml" in str(caught.value)


FHIR_FAULTS = [
    ("[[visit_type]]\nkey = 'Annual visit'\ncodes = ['1']\n", r'line 2: .*"Annual visit" is not a key'),
    ("[[visit_type]]\nkey = 'annual'\n", r"line 1: visit_type\[0\]: it names neither codes nor text"),
    ("skip_class = ['EMER']\n", r"line 1: skip_class: there is no such setting"),
]


@pytest.mark.parametrize(("content", "message"), FHIR_FAULTS)
def test_fhir(tmp_path, content, message):
    with pytest.raises(UnableToUseMapping) as caught:
        fhir.load_mapping(write(tmp_path / "codes.toml", content))
    assert re.search(message, str(caught.value)), str(caught.value)


def test_a_good_mapping_passes(tmp_path):
    assert csv.load_mapping(write(tmp_path / "mapping.toml", GOOD)).tables[0].files == "*.csv"
    assert csv.load_mapping(write(tmp_path / "mapping.toml", DIARY)).region == "US"


def test_a_mapping_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(UnableToUseMapping, match="No such file"):
        csv.load_mapping(tmp_path / "nowhere.toml")
    with pytest.raises(UnableToUseMapping, match="not UTF-8"):
        csv.load_mapping(write(tmp_path / "mapping.toml", b"\xff\xfe"))


def test_the_mapping_kept_for_the_no_show_list(request):
    mapping = csv.load_mapping(request.config.rootpath / "tests" / "data" / "noshow.toml")
    assert [entity.name for entity in mapping.tables[0].entities] == [
        "patient",
        "appointment",
        "visit",
        "condition",
        "condition",
    ]

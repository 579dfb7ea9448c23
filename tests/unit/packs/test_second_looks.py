"""The weights and topics of the second look are files that may be wrong: told with file and field."""

import json
import shutil

import pytest

from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.second_looks import FOLDER, read_second_look, read_topics

TOPICS = """
language = "en"
spared = ["telegram"]
calm = "monday"
plain = "drop"
[topics]
medicine = "drop syrups"
[endings]
test = ["gram"]
"""


def topics(text):
    return read_topics(parse_document("second_look.toml", text))


@pytest.fixture
def folder(tmp_path):
    for name in ("second_look.toml", "second_look.json"):
        shutil.copy(FOLDER / "en" / name, tmp_path / name)
    return tmp_path


def test_words_are_kept_by_their_stems():
    found = topics(TOPICS)
    assert found.of("syrup", "syrup") == ("medicine",)
    assert found.of("sonogram", "sonogram") == ("test",)
    assert found.of("telegram", "telegram") == ()
    assert (found.calm, found.plain) == ({"monday"}, {"drop"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("calm =", "clam ="), "clam"),
        (('medicine = "drop syrups"', "medicine = 3"), "topics"),
        (("[topics]\nmedicine", "topics = 3\n[other]\nmedicine"), "topics"),
        (('spared = ["telegram"]', "spared = 3"), "spared"),
        (('test = ["gram"]', "test = 3"), "endings"),
    ],
)
def test_topics_that_are_wrong_are_told(change, field):
    with pytest.raises(PackInvalid) as told:
        topics(TOPICS.replace(*change))
    assert field in {one.field for one in told.value.errors}
    assert {one.file for one in told.value.errors} == {"second_look.toml"}


def test_both_languages_load(folder):
    assert read_second_look(folder).topics.language == "en"
    assert read_second_look(FOLDER / "es").topics.language == "es"


@pytest.mark.parametrize(
    "change",
    [
        {"bias": "much"},
        {"bias": float("nan")},
        {"language": "es"},
        {"kinds": ["nonsense"]},
        {"weights": {"a": [1.0, 99, 1.0]}},
        {"weights": {"a": 1.0}},
        {"weights": []},
    ],
)
def test_weights_that_are_wrong_are_told(change, folder):
    path = folder / "second_look.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(PackInvalid, match=r"second_look\.json"):
        read_second_look(folder)


def test_weights_that_are_no_json_are_told(folder):
    (folder / "second_look.json").write_text("{", encoding="utf-8")
    with pytest.raises(PackInvalid, match=r"second_look\.json.*cannot be read"):
        read_second_look(folder)

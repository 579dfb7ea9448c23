"""A wrong pack is refused with the file, the line and the field of everything that is wrong in it."""

import re
from datetime import date
from pathlib import Path

import pytest

from rebook.packs.gaps import gap_definitions, pack_keys, read_gaps
from rebook.packs.loader import PackInvalid, parse_document, read_document

GOOD = """about = "one rule"

[[gap]]
key = "cleaning"
label = { en = "cleaning" }
interval_months = 6
grace_days = 45
risk_class = 1
visit_type = "hygiene"
minutes = 60
source = "R-C90"
valid_until = 2027-01-01
[[gap.last]]
visit_types = ["hygiene"]
"""


def errors_of(text, name="gaps.toml"):
    with pytest.raises(PackInvalid) as caught:
        read_gaps(parse_document(name, text), pack="test")
    return [(one.file, one.line, one.field, one.reason) for one in caught.value.errors]


def with_line(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


def test_a_good_rule_is_read_with_all_its_fields():
    (one,) = read_gaps(parse_document("gaps.toml", GOOD), pack="test")
    assert (one.key, one.specialty, one.interval_months, one.grace_days) == ("test.cleaning", "test", 6, 45)
    assert (one.risk_class, one.visit_type, one.minutes) == (1, "hygiene", 60)
    assert one.valid_until == date(2027, 1, 1)
    assert one.is_expired(date(2027, 1, 2))
    assert not one.is_expired(date(2027, 1, 1))
    assert one.qualifying[0].visit_types == ("hygiene",)


@pytest.mark.parametrize(
    ("text", "line", "field", "reason"),
    [
        (with_line("grace_days = 45", "grace = 45"), 7, "grace", "unknown field"),
        (with_line("grace_days = 45", 'grace_days = "45"'), 7, "grace_days", "wants a whole number"),
        (with_line("grace_days = 45", "grace_days = -1"), 7, "grace_days", "cannot be negative"),
        (
            with_line("interval_months = 6", "interval_months = 0"),
            6,
            "interval_months",
            "the interval is zero",
        ),
        (
            with_line("interval_months = 6", "interval_months = -6"),
            6,
            "interval_months",
            "cannot be negative",
        ),
        (with_line("interval_months = 6", "interval_months = true"), 6, "interval_months", "whole number"),
        (with_line("interval_months = 6", "interval_months = 6.5"), 6, "interval_months", "whole number"),
        (with_line("risk_class = 1", "risk_class = 5"), 8, "risk_class", "must be 0 to 4"),
        (with_line('source = "R-C90"\n', ""), 3, "source", "is missing"),
        (with_line('source = "R-C90"', 'source = ""'), 11, "source", "is missing"),
        (with_line("minutes = 60", "minutes = 0"), 10, "minutes", "more than 0"),
        (with_line('label = { en = "cleaning" }', 'label = "cleaning"'), 5, "label", "by language"),
        (with_line('label = { en = "cleaning" }', 'label = { es = "limpieza" }'), 5, "label", "English"),
        (with_line('["hygiene"]', '"hygiene"'), 14, "visit_types", "list of words"),
        (with_line('visit_types = ["hygiene"]', 'visit_type = "hygiene"'), 14, "visit_type", "unknown field"),
        (with_line("2027-01-01", '"2027"'), 12, "valid_until", "a date like"),
        (with_line("grace_days = 45", "min_age = 40\nmax_age = 30"), 8, "max_age", "below min_age"),
        (with_line("grace_days = 45", 'first_due = "age"'), 3, "first_due_age", "is missing"),
        (with_line("grace_days = 45", 'first_due = "condition"'), 7, "first_due", "conditions is empty"),
        (with_line("grace_days = 45", 'first_due = "soon"'), 7, "first_due", "must be one of"),
        (with_line('about = "one rule"', "version = 3"), 1, "version", "unknown field"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, line, field, reason):
    found = errors_of(text)
    assert any(
        (file, at, name) == ("gaps.toml", line, field) and reason in why for file, at, name, why in found
    ), found


def test_every_error_of_a_file_is_told_at_once_in_order():
    second = (
        GOOD[GOOD.index("[[gap]]") :]
        .replace('"cleaning"', '"exam"', 1)
        .replace("minutes = 60", "minute = 60")
    )
    found = errors_of(with_line("risk_class = 1", 'risk_class = "1"') + second)
    assert [(line, field) for _, line, field, _ in found] == [
        (8, "risk_class"),
        (15, "minutes"),
        (22, "minute"),
    ]


def test_a_key_defined_twice_is_refused_at_the_second():
    found = errors_of(GOOD + GOOD[GOOD.index("[[gap]]") :])
    assert [(line, field) for _, line, field, _ in found] == [(16, "key")]
    assert "twice" in found[0][3]


def test_broken_toml_is_told_with_its_line():
    (error,) = errors_of(with_line("minutes = 60", "minutes = "))
    assert error[1] == 10


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path):
    with pytest.raises(PackInvalid, match="no such file"):
        read_document(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(PackInvalid, match=re.escape("odd.toml:2")):
        read_document(tmp_path / "odd.toml")


def test_an_unknown_pack_is_refused_by_name():
    with pytest.raises(PackInvalid, match=r"there is no such pack; known: .*dental"):
        gap_definitions(("dentist",))


@pytest.mark.parametrize("pack", pack_keys())
def test_a_shipped_rule_names_its_source_and_is_not_signed(pack):
    for one in gap_definitions((pack,)):
        assert re.match(r"R-C\d+", one.source), one.key
        assert one.signed_off_by == ""
        assert one.guideline
        assert one.guideline_version
        assert one.valid_until
        assert set(one.label) == {"en", "es"}


def test_the_hash_changes_with_the_content_and_not_with_the_signature():
    from dataclasses import replace

    (one,) = read_gaps(parse_document("gaps.toml", GOOD), pack="test")
    assert replace(one, signed_off_by="a clinician").content_hash == one.content_hash
    assert replace(one, grace_days=44).content_hash != one.content_hash
    assert replace(one, label={"en": "cleaning", "es": "limpieza"}).content_hash != one.content_hash


def test_no_pack_holds_a_licensed_code():
    for path in Path(read_gaps.__code__.co_filename).parent.glob("specialty/*/gaps.toml"):
        assert not re.search(r"\b(?:9\d{4}|G0\d{3}|D\d{4})\b", path.read_text(encoding="utf-8")), path

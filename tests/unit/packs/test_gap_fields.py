"""The fields of a schedule, and what rules say of one another: read whole, or refused at their line."""

import pytest

from rebook.core.gaps import in_words
from rebook.core.gaps.schedule import Phase
from rebook.packs import gaps
from rebook.packs.exclusions import barring_words
from rebook.packs.gaps import gap_definitions, pack_keys, read_gaps, superseding_errors
from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.outreach import guard_policy

RULE = """[[gap]]
key = "{key}"
label = {{ en = "a visit" }}
risk_class = 1
visit_type = "lab"
minutes = 10
source = "spec"
{fields}
[[gap.last]]
visit_types = ["lab"]
"""
FIELDS_LINE = 8


def text_of(fields, key="rule"):
    return RULE.format(key=key, fields=fields)


def read(fields):
    (one,) = read_gaps(parse_document("gaps.toml", text_of(fields)), pack="test")
    return one


def error_of(text):
    with pytest.raises(PackInvalid) as caught:
        read_gaps(parse_document("gaps.toml", text), pack="test")
    return [(one.line, one.field, one.reason) for one in caught.value.errors]


def test_every_field_is_read():
    one = read(
        'medications = ["a", "b"]\nnone_of_medications = ["c"]\nfirst_due = "medication"\n'
        'season = ["09-01", "03-31"]\nlapses_after_days = 90\nsupersedes = ["other.rule"]\n'
        'outreach = "staff"\ncombine = false\nretired_note = "see the other"\n'
        'eligible_when = { any = [ { condition = "x" }, { visit = "y", within_days = 30, at_least = 2 } ] }\n'
        "[[gap.phase]]\nuntil_months = 6\ninterval_months = 1\n[[gap.phase]]\ninterval_days = 90"
    )
    assert (one.medications, one.none_of_medications, one.first_due) == (("a", "b"), ("c",), "medication")
    assert one.phases == (Phase(1, 0, 6), Phase(0, 90, None))
    assert (one.season, one.lapses_after_days, one.supersedes) == (("09-01", "03-31"), 90, ("other.rule",))
    assert (one.outreach, one.combine, one.retired_note) == ("staff", False, "see the other")
    assert set(one.eligible_when.words) == {("condition", "x"), ("visit", "y")}


def test_the_phases_of_a_second_rule_are_its_own():
    start = 'first_due = "procedure"\nanchor_procedures = ["p"]\n'
    one = text_of(
        f"{start}[[gap.phase]]\nuntil_months = 1\ninterval_days = 7\n[[gap.phase]]\ninterval_days = 9"
    )
    other = text_of(f"{start}[[gap.phase]]\ninterval_days = 0", key="second")
    ((line, field, reason),) = error_of(one + other)
    assert (field, reason) == ("phase", "the interval is zero: give interval_months or interval_days")
    # At the second rule, not at the first.
    assert line > len(one.splitlines())


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ('at_ages = ["2m", "1m"]', "at_ages", "'1m' does not come after '2m'"),
        ('at_ages = ["2 months"]', "at_ages", "is not an age"),
        ('at_ages = ["2m"]\ninterval_months = 6', "interval_months", "beside at_ages"),
        ('at_ages = ["2m"]\nfirst_due = "age"\nfirst_due_age = 1', "at_ages", "do not go with it"),
        ("interval_months = 1\nearly_days = 3", "early_days", "needs at_ages"),
        ('interval_months = 1\nseason = ["09-01"]', "season", "two days of the year"),
        ('interval_months = 1\nseason = ["09-01", "13-31"]', "season", "two days of the year"),
        ('interval_months = 1\nseason = ["02-30", "03-31"]', "season", "two days of the year"),
        ('interval_months = 1\nseason = ["09-01", "09-01"]', "season", "is empty"),
        ("interval_months = 1\ngrace_days = 5\nlead_days = 5", "lead_days", "no grace_days"),
        ("interval_months = 1\nlead_days = -5", "lead_days", "cannot be negative"),
        (
            "interval_months = 1\ngrace_days = 5\nlapses_after_days = 5",
            "lapses_after_days",
            "before the grace",
        ),
        ("interval_months = 1201", "interval_months", "longer than a lifetime"),
        ("interval_days = 40000", "interval_months", "longer than a lifetime"),
        ("once = true", "once", "would never be due"),
        ('interval_months = 1\nfirst_due = "medication"', "first_due", "medications is empty"),
        ('interval_months = 1\nfirst_due = "procedure"', "first_due", "anchor_procedures is empty"),
        ('interval_months = 1\nanchor_procedures = ["x"]', "anchor_procedures", 'first_due = "procedure"'),
        ("[[gap.phase]]\ninterval_months = 1", "phase", "counts from an anchor"),
        ('interval_months = 1\nsupersedes = ["test.rule"]', "supersedes", "cannot supersede itself"),
        ('interval_months = 1\nsupersedes = ["test.nobody"]', "supersedes", "there is no rule 'test.nobody'"),
        ('interval_months = 1\noutreach = "perhaps"', "outreach", "must be one of"),
        ('interval_months = 1\ncombine = "no"', "combine", "wants true or false"),
        ("interval_months = 1\neligible_when = { all = [] }", "eligible_when", "wants a list"),
        (
            'interval_months = 1\nexcluded_when = { colour = "red" }',
            "excluded_when",
            "unknown field 'colour'",
        ),
        (
            'interval_months = 1\nconditions = ["x"]\nnone_of_conditions = ["x"]',
            "none_of_conditions",
            "is wanted",
        ),
        (
            'interval_months = 1\nmedications = ["x"]\nnone_of_medications = ["x"]',
            "none_of_medications",
            "wanted",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_line(fields, field, reason):
    ((line, found, said),) = error_of(text_of(fields))
    assert found == field
    assert reason in said
    written = text_of(fields).splitlines()
    assert line == 1 or written[line - 1].startswith((field, "[[gap.phase]]"))


@pytest.mark.parametrize(
    ("phases", "reason"),
    [
        ([("until_months = 6", "interval_months = 1")], "lasts for good"),
        ([("", "interval_months = 1"), ("", "interval_months = 3")], "only the last one"),
        (
            [
                ("until_months = 6", "interval_days = 7"),
                ("until_months = 6", "interval_days = 8"),
                ("", "interval_days = 9"),
            ],
            "rise from phase to phase",
        ),
        ([("until_months = 0", "interval_days = 7"), ("", "interval_days = 9")], "above 0"),
        ([("until_months = 6", ""), ("", "interval_days = 9")], "interval is zero"),
        ([("until_months = 6", "interval_days = -7"), ("", "interval_days = 9")], "cannot be negative"),
    ],
)
def test_phases_rise_and_the_last_one_stays(phases, reason):
    start = 'medications = ["m"]\nfirst_due = "medication"\n'
    tables = "\n".join(f"[[gap.phase]]\n{until}\n{length}" for until, length in phases)
    ((_, field, said),) = error_of(text_of(start + tables))
    assert field == "phase"
    assert reason in said


def test_rules_that_supersede_one_another_in_a_circle_are_named():
    text = "".join(
        text_of(f'interval_months = 1\nsupersedes = ["test.{other}"]', key=key)
        for key, other in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    said = error_of(text)
    assert [field for _, field, _ in said] == ["supersedes"] * 3
    assert said[0][2] == "supersedes itself: test.a > test.b > test.c > test.a"


def test_a_circle_through_other_packs_is_found():
    known = {"one.a", "two.b", "three.c"}
    circle = {"one.a": ("two.b",), "two.b": ("three.c",), "three.c": ("two.b",)}
    assert {key for key, _ in superseding_errors(circle, known=known)} == {"two.b", "three.c"}
    assert superseding_errors({"one.a": ("two.b",), "two.b": ("three.c",)}, known=known) == []
    assert superseding_errors({"one.a": ("nowhere.x",)}, known=known) == [
        ("one.a", "there is no rule 'nowhere.x'")
    ]


def test_a_pack_may_supersede_a_rule_of_one_that_is_not_in_use(tmp_path, monkeypatch):
    for pack, fields in (
        ("heart", 'interval_months = 1\nsupersedes = ["general.rule"]'),
        ("general", "interval_months = 12"),
        ("lost", 'interval_months = 1\nsupersedes = ["general.gone"]'),
    ):
        (tmp_path / pack).mkdir()
        (tmp_path / pack / "gaps.toml").write_text(text_of(fields), encoding="utf-8")
    monkeypatch.setattr(gaps, "SPECIALTIES", tmp_path)
    for one in (gaps._of_pack, gaps.gap_definitions):
        one.cache_clear()
    try:
        assert [one.key for one in gap_definitions(("heart",))] == ["heart.rule"]
        with pytest.raises(PackInvalid) as caught:
            gap_definitions(("lost",))
        (error,) = caught.value.errors
        assert (error.line, error.field) == (9, "supersedes")
        assert "there is no rule 'general.gone'" in error.reason
    finally:
        for one in (gaps._of_pack, gaps.gap_definitions):
            one.cache_clear()


def test_every_shipped_rule_can_be_said_in_words():
    for one in gap_definitions(pack_keys()):
        assert in_words.for_whom(one)
        assert in_words.how_often(one)
        said = " ".join((in_words.left_out(one), in_words.first_time(one), in_words.opening(one)))
        assert "None" not in said + in_words.how_often(one) + in_words.for_whom(one)


def test_a_field_that_came_later_voids_no_signature():
    plain = read("interval_months = 6")
    assert read("interval_months = 6\ncombine = true\nearly_days = 0").content_hash == plain.content_hash
    assert read("interval_months = 6\nlead_days = 5").content_hash != plain.content_hash
    assert read('interval_months = 6\nretired_note = "x"').content_hash == plain.content_hash
    asked = 'interval_months = 6\neligible_when = { condition = "x" }'
    assert read(asked).content_hash != read(asked.replace('"x"', '"y"')).content_hash


def test_one_list_of_words_bars_recall_everywhere():
    policy = guard_policy(jurisdiction_keys=("us-ny",), years=(2026,))
    assert policy.barring_exclusions == barring_words()
    assert {"hospice", "nursing_facility", "no_recall", "do_not_recall"} <= barring_words()

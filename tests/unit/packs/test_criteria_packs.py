"""Criteria files: what is wrong is named with file, line and field; what is right is read as written."""

import pytest

from rebook.core.criteria import (
    AgedAt,
    Counted,
    Every,
    FlagIs,
    HasCode,
    Measured,
    Pick,
    Point,
    Related,
    Some,
    Timing,
    WordIs,
    walk_tests,
)
from rebook.packs.criteria import load_measure, measure_keys, read_measure
from rebook.packs.loader import PackInvalid, parse_document

SHARED = parse_document(
    "value_sets.toml",
    """[value_sets]
visit_codes = "http://example.org/visits"
test_codes = "http://example.org/tests"
unused_codes = "http://example.org/unused"
""",
)
HEAD = """key = "M1"
version = "1"
title = "A measure"
source = "invented"
"""
GROUP = """
[[group]]
initial_population = { exists = "visits" }
"""
VISITS = """
[set.visits]
kind = "visit"
in = "visit_codes"
"""


def read(text, folder=None):
    document = parse_document("m1.toml", text)
    return read_measure(document, shared=SHARED, **({"folder": folder} if folder else {}))


def refused(text, **more):
    with pytest.raises(PackInvalid) as error:
        read(text, **more)
    return [(one.file, one.line, one.field, one.reason) for one in error.value.errors]


def the_set(body, name="tests"):
    """The set ``tests`` with this body, in a measure that asks for it."""
    loaded = read(f'{HEAD}{VISITS}\n[set.{name}]\n{body}{GROUP}numerator = {{ exists = "{name}" }}\n')
    return loaded.measure.criteria.sets[name]


def test_every_measure_that_comes_along_can_be_read():
    """All 16, with a version, a source, and value sets by canonical address."""
    assert len(measure_keys()) == 16
    for key in measure_keys():
        loaded = load_measure(key)
        assert loaded.measure.version
        assert loaded.measure.source
        assert loaded.measure.key.lower().startswith(f"{key}fhir")
        assert all(one.canonical.startswith("http://cts.nlm.nih.gov/") for one in loaded.value_sets)


def test_a_set_reads_as_it_is_written():
    """Each field becomes the test it says."""
    found = the_set(
        """kind = "observation"
in = ["test_codes", "loinc:1234-5"]
profile = "lab"
category = ["laboratory", "health-concern"]
status = ["final", "amended"]
has_value = true
measured = { component = "loinc:8480-6", unit = "mm[Hg]", at_least = 90, below = 140 }
age = { at = "latest", at_least = 30 }
when = ["ends during day of period", "starts within 14 days on or before start of period"]
related = { to = "visits", when = "overlaps after day of it", refers = "patient", pick = "last", by = "ends" }
pick = "last day by latest"
"""
    )
    tests = list(walk_tests(found.test))
    assert HasCode("code", ("http://example.org/tests",), (("http://loinc.org", "1234-5"),)) in tests
    assert HasCode("profile", (), (("profile", "lab"),)) in tests
    assert WordIs("status", ("final", "amended")) in tests
    assert FlagIs("has_value", True) in tests
    assert FlagIs("is_not_done", False) in tests
    assert Measured(("http://loinc.org", "8480-6"), "mm[Hg]", at_least=90, below=140) in tests
    assert AgedAt("latest", at_least=30) in tests
    assert Timing("ends", "during", "period", by_day=True) in tests
    assert Timing("starts", "on or before", "period", edge="start", within=(14, "days")) in tests
    relation = Timing("whole", "overlaps after", "it", by_day=True)
    assert Related("visits", when=(relation,), refers="patient", pick="last", by="ends") in tests
    assert found.pick == Pick("last", "latest", is_day=True)
    systems = [one for one in tests if isinstance(one, HasCode) and one.role == "category"]
    assert [system.rpartition("/")[2] for system, _ in systems[0].codes] == [
        "observation-category",
        "condition-category",
    ]


def test_what_was_refused_is_only_found_by_those_who_ask():
    """``not_done`` false unless said otherwise."""
    assert FlagIs("is_not_done", True) in list(walk_tests(the_set('kind = "order"\nnot_done = true\n').test))
    assert FlagIs("is_not_done", False) in list(walk_tests(the_set('kind = "order"\n').test))


def test_conditions_read_as_they_are_written():
    """Joining words, counts, ages."""
    loaded = read(
        f"""{HEAD}{VISITS}
[condition.often]
any = [
    {{ count = "visits", at_least = 2, days = "starts" }},
    {{ age = {{ at = "birth + 2 years", at_most = 3 }} }},
]
{GROUP}numerator = {{ condition = "often" }}
"""
    )
    often = loaded.measure.criteria.conditions["often"]
    assert isinstance(often, Some)
    assert often.parts[0] == Counted("visits", 2, "starts")
    assert often.parts[1].at == Point("birth", "start", ((2, "years"),))


def test_only_what_is_reached_is_kept():
    """A shared file may hold much that one measure does not ask; its value sets need not be there."""
    loaded = read(f'{HEAD}{VISITS}\n[set.other]\nkind = "visit"\nin = "unused_codes"\n{GROUP}')
    assert set(loaded.measure.criteria.sets) == {"visits"}
    assert [one.name for one in loaded.value_sets] == ["visit_codes"]


def test_a_missing_value_set_is_named_with_its_line():
    """So that whoever supplies them sees which address is meant."""
    loaded = read(HEAD + VISITS + GROUP)
    assert loaded.missing({"http://example.org/visits"}) == ()
    (error,) = loaded.missing({})
    assert str(error) == "value_sets.toml:2: visit_codes: value set http://example.org/visits is missing"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("[set.a]\nkind = 'visit'\nstate = 'x'\n", ("state", 9), "unknown field"),
        ("[set.a]\nkind = 'mood'\n", ("kind", 8), "must be one of visit"),
        ("[set.a]\nstatus = 'x'\n", ("kind", 7), "name a kind, or the sets"),
        ("[set.a]\nkind = 'visit'\namong = ['visits']\n", ("kind", 8), "name a kind, or the sets"),
        ("[set.a]\nkind = 'visit'\nminus = ['visits']\n", ("minus", 9), "goes with 'among'"),
        ("[set.a]\nkind = 'visit'\nin = 'no_such'\n", ("in", 9), "there is no value set 'no_such'"),
        ("[set.a]\nkind = 'visit'\nreason = 'no_such'\n", ("reason", 9), "there is no value set"),
        ("[set.a]\nkind = 'visit'\nwhen = 'around period'\n", ("when", 9), "is no timing"),
        ("[set.a]\nkind = 'visit'\nwhen = 'during nowhere'\n", ("", 7), "there is no window 'nowhere'"),
        (
            "[set.a]\nkind = 'visit'\nwhen = 'within 3 days during period'\n",
            ("when", 9),
            "'within' goes with",
        ),
        ("[set.a]\nkind = 'visit'\nwhen = 'during period + 3 days'\n", ("when", 9), "say which end"),
        ("[set.a]\nkind = 'visit'\npick = 'newest'\n", ("pick", 9), "write like 'last by starts'"),
        ("[set.a]\nkind = 'visit'\npick = 'last by mood'\n", ("", 7), "'mood' is no time of an event"),
        ("[set.a]\nkind = 'visit'\nany = [{ state = 'x' }]\n", ("any", 9), "unknown field 'state'"),
        ("[set.a]\nkind = 'visit'\nany = 'x'\n", ("any", 9), "wants a table, or a list"),
        ("[set.a]\nkind = 'visit'\nstatus = [1]\n", ("status", 9), "wants a word in quotes"),
        ("[set.a]\nkind = 'visit'\nhas_value = 'yes'\n", ("has_value", 9), "wants true or false"),
        ("[set.a]\nkind = 'visit'\nrelated = { to = 'b' }\n", ("", 7), "there is no set 'b'"),
        ("[set.a]\nkind = 'visit'\nrelated = { when = 'during it' }\n", ("related", 9), "wants 'to'"),
        ("[set.a]\nkind = 'visit'\nmeasured = { above = 'x' }\n", ("measured", 9), "wants a number"),
        ("[set.a]\nkind = 'visit'\nmeasured = { component = 'x' }\n", ("measured", 9), "wants a code like"),
        ("[set.a]\nkind = 'visit'\nage = { at = 'never' }\n", ("age", 9), "is no time of an event"),
        ("[set.a]\namong = ['b']\n[set.b]\namong = ['a']\n", ("", 7), "in a circle: a > b > a"),
        ("[set.visits]\nkind = 'visit'\n", ("", 5), "Cannot declare"),
        ("[window.w]\nfrom = 'period'\n", ("", 7), "'period' is no moment"),
        ("[window.w]\nfrom = 'start of visits'\n", ("", 7), "picks no single event"),
        ("[window.w]\nfrom = 'start of nothing'\n", ("", 7), "there is no set 'nothing'"),
        ("[condition.c]\ncondition = 'd'\n", ("", 7), "there is no condition 'd'"),
        ("[condition.c]\ncondition = 'c'\n", ("", 7), "in a circle: c > c"),
        ("[condition.c]\nexists = 'visits'\nat_least = 2\n", ("", 7), "unknown field 'at_least'"),
        ("[condition.c]\nmaybe = 'x'\n", ("", 7), "wants one of any, all, not"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text, place, reason):
    """File, line, field and why."""
    broken = HEAD.rstrip() + "\n\n" + text.replace("'", '"') + VISITS + GROUP
    found = refused_or_unparsed(broken)
    assert any(
        file == "m1.toml" and (field, line) == (place[0], place[1] - 1) and reason in said
        for file, line, field, said in found
    ) or any(reason in said for _, _, _, said in found if reason == "Cannot declare"), found


def refused_or_unparsed(text):
    try:
        return refused(text)
    except PackInvalid as error:
        return [(one.file, one.line, one.field, one.reason) for one in error.errors]


def test_a_measure_lacks_nothing():
    """Key, version, title, source, a group with an initial population."""
    assert {field for _, _, field, _ in refused("")} == {"key", "version", "title", "source", "group"}
    text = HEAD + VISITS + '\n[[group]]\nnumerator = { exists = "visits" }\nwho = 1\n'
    assert {(field, reason) for _, _, field, reason in refused(text)} == {
        ("initial_population", "is missing"),
        ("who", "unknown field"),
    }


def test_a_measure_of_events_counts_sets():
    """Not conditions: there would be nothing to count."""
    text = 'basis = "event"\n' + HEAD + VISITS + GROUP + "numerator = { age = { at_least = 3 } }\n"
    ((_, line, field, reason),) = refused(text)
    assert (line, field) == (
        text.splitlines().index("numerator = { age = { at_least = 3 } }") + 1,
        "numerator",
    )
    assert "names one set" in reason


def test_included_files_are_named_when_they_are_wrong(tmp_path):
    """An error stands where it was made; a name twice is refused."""
    (tmp_path / "shared.toml").write_text('[set.visits]\nkind = "visit"\nstate = "x"\n', "utf-8")
    text = 'include = ["shared", "missing"]\n' + HEAD + VISITS + GROUP
    found = refused(text, folder=tmp_path)
    assert ("shared.toml", 3, "state", "unknown field") in found
    assert any(file == "missing.toml" and "no such file" in reason for file, _, _, reason in found)
    assert any(file == "m1.toml" and "defined twice" in reason for file, _, _, reason in found)


def test_nothing_in_every_is_true():
    """A set without tests keeps everything of its kind that was done."""
    assert the_set('kind = "task"\n').test == Every((FlagIs("is_not_done", False), Every(())))

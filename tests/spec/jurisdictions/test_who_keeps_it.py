"""Every duty, figure and field of every row is kept: by guard, program or people, or need not be."""

from datetime import date

import pytest

from rebook.core.outreach.guard import RULES
from rebook.core.outreach.law import Law
from rebook.packs.duties import BY_WORDS, FILE, duties, duties_of, read_duties, words_of
from rebook.packs.jurisdictions import base_policy
from rebook.packs.jurisdictions_figures import LOWERS, lowered
from rebook.packs.jurisdictions_law import every_row, rule_file
from rebook.packs.loader import Document, PackInvalid

ROWS = [row for row in every_row() if row.terms]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id}@{row.effective_from or ''}")
def test_what_a_row_asks_is_spoken_of(row):
    assert [word for word in words_of(row) if word not in duties()] == []


def test_nothing_is_spoken_of_that_no_row_asks():
    asked = {word for row in ROWS for word in words_of(row)}
    assert set(duties()) - asked == set()


def test_a_duty_of_the_guard_names_one_of_its_rules():
    known = {rule.key for rule in RULES}
    assert {one.rule for one in duties().values() if one.by == "guard"} <= known
    assert all(one.rule == "" for one in duties().values() if one.by != "guard")
    assert all(one.who in BY_WORDS.values() for one in duties().values())


def test_what_is_for_people_says_what_to_do():
    """A sentence that begins with what to do, or tells how far the program helps."""
    for one in duties().values():
        assert one.says[0].isupper(), one.key
        assert one.says.endswith("."), one.key


def test_a_row_without_duties_has_none():
    row = next(row for row in every_row() if row.hours)
    assert duties_of(row) == ()


def law(**figures):
    return Law("us", "test", (), figures=figures)


@pytest.mark.parametrize(
    ("figure", "limit", "value"),
    [
        ("confirmation_minutes", "opt_out_confirmation_minutes", 3),
        ("exempt_per_day", "max_per_day", 1),
        ("exempt_per_week", "max_per_week", 2),
        ("number_unverified_after_months", "unseen_number_months", 12),
        ("offer_item_dollars", "offer_item_cents", 10),
        ("offer_year_dollars", "offer_year_cents", 50),
    ],
)
def test_a_figure_lowers_its_limit_and_never_raises_it(figure, limit, value):
    times = LOWERS[figure][1]
    assert lowered({limit: 10_000}, [law(**{figure: value})])[limit] == value * times
    assert lowered({limit: 1}, [law(**{figure: value})])[limit] == 1
    # Of two places the stricter counts, and what no limit follows is left alone.
    assert lowered({}, [law(**{figure: value}), law(**{figure: value + 1})])[limit] == value * times
    assert lowered({limit: 5}, [law(number_aging_days=1)])[limit] == 5


def test_every_figure_that_lowers_is_in_some_row_and_in_the_policy():
    figures = {name for row in ROWS for name in row.terms.get("figures", {})}
    assert set(LOWERS) <= figures
    policy = base_policy(frozenset({"us-ma"}), (2026, 2027), date(2026, 12, 1))
    assert (policy.offer_item_cents, policy.offer_year_cents) == (1500, 7500)
    assert (policy.unseen_number_months, policy.opt_out_confirmation_minutes) == (18, 5)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"key": "x", "by": "somebody", "says": "Y."}, "by"),
        ({"key": "x", "by": "guard", "says": "Y."}, "rule"),
        ({"key": "x", "by": "people", "rule": "hold", "says": "Y."}, "rule"),
        ({"key": "", "by": "people", "says": "Y."}, "key"),
        ({"key": "x", "by": "people"}, "says"),
        ({"key": "x", "by": "people", "says": "Y.", "who": "me"}, "who"),
    ],
)
def test_a_table_that_is_wrong_names_the_field(data, field):
    document = Document(FILE.name, "", {"duty": [data]})
    with pytest.raises(PackInvalid, match=field):
        read_duties(document)


def test_the_states_tell_texas_apart():
    rows = [row for row in rule_file("us").rows if row.id == "us-tx.marketing_mail"]
    assert [one.by for one in duties_of(rows[0])] == ["guard", "guard", "rebook"]

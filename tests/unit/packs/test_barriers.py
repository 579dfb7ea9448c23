"""Branches on what keeps a patient away: written once, taken by name, told with their line when wrong."""

from itertools import product

import pytest

from rebook.core.outreach.sequence_effort import shortfalls, steps_when_silent
from rebook.core.outreach.sequence_when import SoFar, unmet
from rebook.core.response.dispositions import BARRIERS
from rebook.packs import outreach
from rebook.packs.barriers import branches, read_branches
from rebook.packs.loader import PackInvalid, parse_document, read_document
from rebook.packs.sequences import HOUSE, SPECIALTIES, read_sequences
from rebook.packs.specialties import specialty_keys

BRANCH = """
[[branch]]
key = "b"
instead_from = 1
[[branch.step]]
day = 5
channel = "phone"
when = { barrier = ["cost"] }
[[branch.step]]
day = 7
channel = "phone"
last = true
when = { barrier = ["fear"] }
"""
PLAN = """
[[sequence]]
key = "x.a"
max_class = 1
barriers = "house"
[[sequence.step]]
day = 0
channel = "sms"
template_key = "dental_visit"
[[sequence.step]]
day = 4
channel = "email"
template_key = "dental_visit"
[[sequence.step]]
day = 21
channel = "letter"
template_key = "dental_visit"
"""


def read(text=PLAN):
    return read_sequences(parse_document("s.toml", text), pack="x")["x.a"]


def days_for(plan, barrier="", risk_class=1):
    day, taken = 0, []
    for step in plan.steps:
        day += step.delay_days
        if unmet(step.when, SoFar(barrier=barrier, risk_class=risk_class)) is None:
            taken.append((day, step.channel))
    return taken


SAID = [
    # the reason given, what comes on which day
    ("", [(0, "sms"), (4, "email"), (21, "letter")]),
    ("forgot", [(0, "sms"), (4, "email"), (21, "letter")]),
    ("cost", [(0, "sms"), (5, "phone"), (21, "letter")]),
    ("transport", [(0, "sms"), (5, "phone"), (21, "letter")]),
    ("fear", [(0, "sms"), (7, "phone")]),
    ("schedule", [(0, "sms"), (14, "sms"), (21, "letter")]),
]


@pytest.mark.parametrize(("barrier", "days"), SAID)
def test_a_reason_changes_what_comes_next(barrier, days):
    assert days_for(read(), barrier) == days


def test_a_branch_speaks_in_the_words_of_its_plan():
    assert {step.template_key for step in read().steps} == {"dental_visit"}
    # Of a plan that says more by voice than in writing, those of what is written.
    guarded = PLAN.replace('channel = "sms"\ntemplate_key = "dental_visit"', 'channel = "phone"')
    assert {step.template_key for step in read(guarded).steps[1:]} == {"dental_visit"}


def test_what_a_step_says_of_reasons_itself_stays():
    own = PLAN.replace("day = 21", 'day = 21\nwhen = { not_barrier = ["cost"], min_class = 1 }')
    assert days_for(read(own), "fear")[-1] == (21, "letter")
    assert days_for(read(own), "cost")[-1] == (5, "phone")
    with_class = PLAN.replace("day = 21", "day = 21\nwhen = { min_class = 1 }")
    assert read(with_class).steps[-1].when.min_class == 1
    assert days_for(read(with_class), "fear")[-1] == (7, "phone")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('barriers = "house"', 'barriers = "yours"', r"s.toml:5: barriers: barriers must be one of: house"),
        ('barriers = "house"', "barriers = 5", r"s.toml:5: barriers"),
        # a step after the branch still stands on its own line
        ('channel = "letter"', 'channel = "owl"', r"s.toml:16: channel: step \d: channel must be"),
        ("day = 21", "day = 2", r"s.toml:15: day: step 2: day must be"),
        ("day = 21", 'day = 21\nowner_role = "chef"', r"s.toml:16: owner_role"),
        ('channel = "letter"\ntemplate_key = "dental_visit"', 'channel = "letter"\ntemplate_key = "poem"',
         r"s.toml:17: template_key: step \d: there is no template poem"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_plan_with_a_branch_is_told_with_its_line(old, new, says):
    with pytest.raises(PackInvalid, match=says):
        read(PLAN.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("day = 5", "day = 0", r"b.toml:6: day: must be a whole number from 1"),
        ("day = 5", "", r"b.toml:5: day: must be"),
        ('when = { barrier = ["cost"] }', "", r"b.toml:5: when: must name the reasons"),
        ('when = { barrier = ["cost"] }', 'when = { delivered = "no" }', r"b.toml:8: when: must name"),
        ('barrier = ["cost"]', 'barrier = ["rain"]', r"b.toml:8: when: step 0: barrier must be"),
        ("day = 5", 'day = 5\ntemplate_key = "no_show"', r"b.toml:7: template_key: the words are those"),
        ('day = 7\nchannel = "phone"', 'day = 7\nchannel = "owl"', r"b.toml:11: channel"),
        ('key = "b"', 'key = ""', r"b.toml:3: key"),
        ("instead_from = 1", "instead_from = 0", r"b.toml:4: instead_from"),
        ("instead_from = 1", "colour = 1", r"b.toml:4: colour"),
    ],
)  # fmt: skip
def test_a_bad_branch_is_told_with_file_line_and_field(old, new, says):
    assert "b" in read_branches(parse_document("b.toml", BRANCH))
    with pytest.raises(PackInvalid, match=says):
        read_branches(parse_document("b.toml", BRANCH.replace(old, new, 1)))


def test_two_branches_of_one_name_and_one_without_steps_are_told():
    with pytest.raises(PackInvalid, match="come once"):
        read_branches(parse_document("b.toml", BRANCH + BRANCH))
    with pytest.raises(PackInvalid, match="at least one"):
        read_branches(parse_document("b.toml", '[[branch]]\nkey = "b"\n'))


def shipped():
    """(pack, the plan as written, the plan as read) of every shipped plan."""
    for pack in ("", *specialty_keys()):
        document = read_document(SPECIALTIES / pack / "sequences.toml" if pack else HOUSE)
        plans = read_sequences(document, pack=pack)
        for written in document.data.get("sequence", []):
            yield pytest.param(written, plans[written["key"]], id=f"{pack}:{written['key']}")


# A freed time is one offer, and what is advertising asks nobody for reasons.
WITHOUT = ("time_opened", "behavioural_health.time_opened", "aesthetics.by_wish")


@pytest.mark.parametrize(("written", "plan"), shipped())
def test_every_shipped_plan_shares_a_branch_that_fits_its_classes(written, plan):
    if written["key"] in WITHOUT:
        assert "barriers" not in written
        return
    fits = {0: "house", 1: "house", 2: "house", 3: "house_close", 4: "house_critical"}
    assert written["barriers"] == fits[plan.min_class]
    # Nothing of it is copied into the plan.
    assert not any("when" in step for step in written["step"])
    assert any(step.when.barrier for step in plan.steps)


@pytest.mark.parametrize(("written", "plan"), shipped())
def test_no_reason_given_costs_a_patient_of_a_grave_class_a_contact(written, plan):
    silent = steps_when_silent(plan, risk_class=plan.max_class)
    for barrier, risk_class in product(BARRIERS, range(3, plan.max_class + 1)):
        assert len(days_for(plan, barrier, risk_class)) >= len(silent)
    assert shortfalls(plan) == ()


@pytest.mark.parametrize(("written", "plan"), shipped())
def test_default_plans_of_class_1_end_with_the_letter_of_day_21(written, plan):
    """R-C146: a text, an e-mail or portal message on day 4, a call on day 10, a letter on day 21, 60 days."""
    if "R-C146" not in plan.source or plan.min_class > 1:
        return
    days = days_for(plan)
    assert days[-1] == (21, "letter")
    letter = plan.steps[-1]
    # Without an address something else comes in its place.
    assert letter.fallbacks == ("email", "sms")
    assert all((letter.template_key, "letter", one) in outreach.templates() for one in ("en", "es")) or (
        letter.template_key == "by_gap_kind"
    )
    if plan.key != "orthodontics.visit":
        # A fortnight is long with wires in place: it has days of its own before.
        assert days[:3] == [(0, "sms"), (4, "email"), (10, "phone")]
        assert "portal" in plan.steps[1].fallbacks
        assert plan.rest_days >= 60


def test_the_three_shipped_branches():
    assert set(branches()) == {"house", "house_close", "house_critical"}
    for branch in branches().values():
        assert len(branch.reasons) == len(set(branch.reasons)) >= 10
        assert {step.get("owner_role", "coordinator") for step in branch.steps} >= {
            "coordinator",
            "clinician",
        }

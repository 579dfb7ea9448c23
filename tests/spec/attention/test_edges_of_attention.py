"""Who looks after a patient where several facts hold at once: which of them decides."""

from dataclasses import replace

import pytest

from rebook.core.attention import AWAITS_ANSWER_DAYS, STATES, AttentionFacts, attention

FREE = AttentionFacts()
PAUSED = AttentionFacts(case_arm="contact", campaign_state="active", case_is_paused=True)
GONE = ("merged", "deceased", "left_practice", "do_not_contact")


def stands(facts):
    found = attention(facts)
    return found.state, found.reason.rule


@pytest.mark.parametrize("bar", GONE)
@pytest.mark.parametrize(
    "beside",
    [
        {"is_snoozed": True},
        {"is_held_for_good": True},
        {"has_staff_gap": True},
        {"has_staff_gap": True, "has_message_gap": False},
        {"fits_active": True},
        {"is_resting": True},
    ],
)
def test_nobody_waits_for_whoever_is_gone(bar, beside):
    assert stands(AttentionFacts(bar=bar, **beside)) == ("excluded", bar)


TABLE = [
    ("barred, with a result nobody has", replace(FREE, bar="opted_out", has_staff_gap=True),
     ("nobody", "staff_gap_without_task")),
    ("a result, and staff did it lately", replace(FREE, bar="opted_out", has_staff_gap=True,
     staff_did_lately=True), ("excluded", "opted_out")),
    ("paused, held until a date and for good", replace(PAUSED, is_held=True, is_held_for_good=True),
     ("nobody", "held_alone")),
    ("paused, held for good, a person has it", replace(PAUSED, is_held_for_good=True, has_person=True),
     ("in_case", "waits_for_person")),
    ("held until a date and for good, a person has it", replace(FREE, is_held=True, is_held_for_good=True,
     has_person=True), ("excluded", "hold")),
    ("free, held until a date", replace(FREE, is_held=True), ("excluded", "hold")),
    ("free, held for good, a person has it", replace(FREE, is_held_for_good=True, has_person=True),
     ("excluded", "hold")),
    ("free, held for good", replace(FREE, is_held_for_good=True), ("nobody", "held_alone")),
    ("put off beside a hold without end", replace(FREE, is_snoozed=True, is_held_for_good=True),
     ("snoozed", "snoozed")),
    ("a bar before everything that could be done", replace(FREE, bar="opted_out", is_resting=True,
     fits_active=True, has_person=True, has_message_gap=False), ("excluded", "opted_out")),
    ("rests although its campaign is paused", replace(FREE, is_resting=True, fits_paused=True),
     ("resting", "rest_after_case")),
    ("one campaign runs and one is paused", replace(FREE, fits_active=True, fits_paused=True),
     ("waiting", "capacity")),
    ("waits beside an open task", replace(FREE, fits_active=True, has_person=True), ("waiting", "capacity")),
    ("tried once, a task is open", replace(FREE, was_tried=True, has_person=True),
     ("with_staff", "task_open")),
    ("compared, booked and paused", replace(PAUSED, case_arm="holdout", is_booked=True),
     ("in_case", "held_out")),
    ("a case is left to run while a hold is on", replace(PAUSED, case_is_paused=False, case_goes_on=True,
     is_held_for_good=True), ("in_case", "under_way")),
]  # fmt: skip


@pytest.mark.parametrize(("what", "facts", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_which_fact_decides(what, facts, expected):
    assert stands(facts) == expected


def test_the_states_and_the_patience_are_the_stated_ones():
    assert STATES == ("in_case", "waiting", "resting", "snoozed", "with_staff", "excluded", "nobody")
    # Thirty days of silence end a case, and the pass of the day may be two days late.
    assert AWAITS_ANSWER_DAYS == 32

"""Where an overdue patient stands: one answer for every set of facts, and silence is never one of them."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.attention import STATES, AttentionFacts, attention

CASE = AttentionFacts(case_arm="contact", campaign_state="active")
GOES_ON = replace(CASE, case_goes_on=True)
PAUSED = replace(CASE, case_is_paused=True)
FREE = AttentionFacts()

TABLE = [
    ("a step is planned", GOES_ON, "in_case", "under_way"),
    ("tried lately", replace(CASE, case_awaits=True), "in_case", "awaits_answer"),
    ("exhausted, a call is open", replace(CASE, has_person=True), "in_case", "awaits_answer"),
    ("exhausted and forgotten", CASE, "nobody", "stuck"),
    ("for comparison", replace(CASE, case_arm="holdout"), "in_case", "held_out"),
    ("campaign paused", replace(GOES_ON, campaign_state="paused"), "in_case", "campaign_paused"),
    ("campaign ended", replace(CASE, campaign_state="archived"), "in_case", "campaign_archived"),
    ("paused for a reply that is open", replace(PAUSED, has_person=True), "in_case", "waits_for_person"),
    ("paused until a date", replace(PAUSED, is_held=True), "in_case", "held"),
    ("paused, nobody there", PAUSED, "nobody", "paused_alone"),
    ("paused for good, nobody there", replace(PAUSED, is_held_for_good=True), "nobody", "held_alone"),
    ("a result waits and no task", replace(GOES_ON, has_staff_gap=True), "nobody", "staff_gap_without_task"),
    (
        "a result waits and a task is open",
        replace(FREE, has_staff_gap=True, has_message_gap=False, has_person=True),
        "with_staff",
        "task_open",
    ),
    (
        "staff did it lately",
        replace(FREE, has_staff_gap=True, has_message_gap=False, staff_did_lately=True),
        "with_staff",
        "task_done_lately",
    ),
    ("paused because booked", replace(PAUSED, is_booked=True), "in_case", "booked"),
    ("died, with a result", replace(FREE, has_staff_gap=True, bar="deceased"), "excluded", "deceased"),
    ("opted out", replace(FREE, bar="opted_out", fits_active=True), "excluded", "opted_out"),
    ("booked", replace(FREE, bar="appointment_booked"), "excluded", "appointment_booked"),
    ("put off", replace(FREE, is_snoozed=True, bar="hold", fits_active=True), "snoozed", "snoozed"),
    ("held until a date", replace(FREE, is_held=True, bar="hold"), "excluded", "hold"),
    ("held for good, no task", replace(FREE, is_held_for_good=True, bar="hold"), "nobody", "held_alone"),
    (
        "held for good, a task is open",
        replace(FREE, is_held_for_good=True, has_person=True, bar="hold"),
        "excluded",
        "hold",
    ),
    ("only for the visit", replace(FREE, has_message_gap=False), "excluded", "at_visit"),
    ("rests", replace(FREE, is_resting=True, fits_active=True), "resting", "rest_after_case"),
    ("no room yet", replace(FREE, fits_active=True, was_tried=True), "waiting", "capacity"),
    ("its campaign is paused", replace(FREE, fits_paused=True), "waiting", "campaign_paused"),
    ("a call is open", replace(FREE, has_person=True), "with_staff", "task_open"),
    ("tried once, never again", replace(FREE, was_tried=True), "nobody", "tried_before"),
    ("no campaign", FREE, "nobody", "no_campaign"),
]


@pytest.mark.parametrize(("what", "facts", "state", "rule"), TABLE, ids=[row[0] for row in TABLE])
def test_each_patient_stands_in_one_state(what, facts, state, rule):
    found = attention(facts)
    assert (found.state, found.reason.rule) == (state, rule)


BARS = ["", "merged", "deceased", "left_practice", "do_not_contact", "opted_out", "hold", "excluded"]
ANY_FACTS = st.builds(
    AttentionFacts,
    **{
        one.name: {
            "case_arm": st.sampled_from(["", "contact", "holdout"]),
            "campaign_state": st.sampled_from(["active", "paused", "archived"]),
            "bar": st.sampled_from(BARS),
        }.get(one.name, st.booleans())
        for one in fields(AttentionFacts)
    },
)


@given(ANY_FACTS)
def test_every_set_of_facts_has_an_answer_with_a_reason(facts):
    found = attention(facts)
    assert found.state in STATES
    assert found.reason.rule


@given(ANY_FACTS)
def test_nobody_is_said_only_where_no_person_and_no_machine_is_at_it(facts):
    if attention(facts).state != "nobody":
        return
    alone = replace(facts, case_goes_on=False, case_awaits=False)
    assert not facts.has_person
    # Whoever opens a task for the patient takes them out of the alarm.
    assert attention(replace(alone, has_person=True)).state != "nobody"


@given(ANY_FACTS)
def test_a_result_that_waits_for_staff_is_never_hidden_by_a_case(facts):
    waiting = replace(facts, has_staff_gap=True, has_person=False, staff_did_lately=False, bar="")
    assert attention(waiting).state == "nobody"

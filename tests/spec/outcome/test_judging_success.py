"""When a case is a success: one row, one story, both arms alike."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebook.core.outcome.judging import Success, judge_success
from rebook.core.outcome.success import NARROWS, WHATS
from support.success_plainly import plainly
from support.success_rows import ROWS, booked, came, closed, day, facts


@pytest.mark.parametrize(("story", "given_facts", "on", "met"), ROWS, ids=[row[0] for row in ROWS])
def test_when_it_is_met(story, given_facts, on, met):
    found = judge_success(given_facts, now=day(on))
    assert (found.met_at if found else None) == (None if met is None else day(met))


def test_the_appointment_that_was_kept_is_named():
    assert judge_success(facts(appointments=(booked(9, number=12),)), now=day(90)) == Success(day(9), 12)


days = st.integers(-3, 130)
kinds = st.sampled_from(["hygiene", "hygiene", "acute", ""])
statuses = st.sampled_from(
    ["booked", "fulfilled", "arrived", "cancelled", "noshow", "entered-in-error", "pending"]
)
appointments = st.builds(
    lambda starts, status, made, number, kind: booked(starts, status, made, number, kind),
    days, statuses, st.none() | days, st.integers(1, 5), kinds,
)  # fmt: skip
histories = st.builds(
    lambda what, within, made, visits, gap: facts(
        what, within, appointments=tuple(made), visits=tuple(visits), **gap
    ),
    st.sampled_from(WHATS),
    st.integers(7, 120),
    st.lists(appointments, max_size=4),
    st.lists(st.builds(came, days, kinds), max_size=3),
    st.just({})
    | st.builds(
        closed,
        st.integers(0, 130),
        st.sampled_from(["satisfied_by_visit", "done_at_source", "appointment_booked", "no_longer_due"]),
    ),
)


@settings(max_examples=600)
@given(histories, st.integers(0, 140))
def test_it_is_what_a_plain_statement_says(history, on):
    """The same rules, said once more and slowly, with none of the code in common."""
    found = judge_success(history, now=day(on))
    assert (found.met_at if found else None) == plainly(history, now=day(on))


@settings(max_examples=400)
@given(histories, st.integers(0, 140))
def test_successes_are_never_more_than_kept_visits(history, on):
    """Who meets a narrower definition meets the wider ones, and nobody succeeds by a visit without one."""
    now = day(on)
    found = judge_success(history, now=now)
    for wider in NARROWS[history.rule.what] if found else ():
        held = judge_success(replace(history, rule=replace(history.rule, what=wider)), now=now)
        assert held is not None
        assert held.met_at <= found.met_at
    if found and history.rule.what != "item_done":
        kept = [one.started_at for one in history.visits]
        kept += [one.starts_at for one in history.appointments if one.status in ("fulfilled", "arrived")]
        assert any(history.opened_at < at <= now for at in kept)


@settings(max_examples=300)
@given(histories, st.integers(0, 140), st.integers(0, 60), st.integers(1, 113))
def test_a_success_stays_one_and_a_longer_window_loses_none(history, on, later, longer):
    now = day(on)
    found = judge_success(history, now=now)
    if found is None:
        return
    assert found.met_at <= now
    assert judge_success(history, now=now + timedelta(days=later)) == found
    rule = replace(history.rule, within_days=history.rule.within_days + longer)
    assert judge_success(replace(history, rule=rule), now=now) == found

"""The outcome buttons: every result is reachable in two clicks, and nothing else is understood."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rebook.core.response.dispositions import BARRIERS, DISPOSITIONS
from rebook.core.words import TASK_KINDS
from rebook.web.outcomes import CALL_BACK_CHOICES, Choice, groups_for, parse_outcome

NOW = dt.datetime(2026, 3, 19, 12, 0, tzinfo=ZoneInfo("America/Chicago"))


def choices(kind):
    for group in groups_for(kind, may_settle=True):
        for item in group.items:
            yield from (item,) if isinstance(item, Choice) else item.choices


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_every_button_is_understood(kind):
    for choice in choices(kind):
        outcome = parse_outcome(choice.value, now=NOW)
        assert outcome is not None, choice
        needs = DISPOSITIONS[outcome.disposition].needs
        assert bool(outcome.barrier) is (needs == "barrier")
        assert (outcome.call_back_at is not None) is (needs == "call_back_at")


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_no_key_means_two_things(kind):
    keys = [item.key for group in groups_for(kind, may_settle=True) for item in group.items if item.key]
    assert len(keys) == len(set(keys))
    # Kept for finding, moving, help and undo.
    assert not set(keys) & {"j", "k", "z", "/", "?"}


def test_a_call_can_end_in_every_way_there_is():
    offered = {choice.value.partition(":")[0] for choice in choices("call")}
    not_of_calls = {
        "answered", "nothing_to_do", "record_corrected", "opt_out_confirmed", "opt_out_not_meant",
        "settled", "look_again",
    }  # fmt: skip
    assert set(DISPOSITIONS) - offered <= not_of_calls


def test_who_says_no_is_asked_why():
    offered = {choice.value for choice in choices("call") if choice.value.startswith("declined")}
    assert offered == {f"declined:{barrier}" for barrier in BARRIERS}


@pytest.mark.parametrize(
    "value",
    ["", "declined", "declined:because", "callback_requested", "callback_requested:never", "gone", ":"],
)
def test_what_is_no_button_is_not_understood(value):
    assert parse_outcome(value, now=NOW) is None


def test_calling_back_keeps_to_the_practices_clock():
    at = {key: parse_outcome(f"callback_requested:{key}", now=NOW).call_back_at for key in CALL_BACK_CHOICES}
    assert at["hour"] == NOW + dt.timedelta(hours=1)
    assert (at["tomorrow_morning"].day, at["tomorrow_morning"].hour) == (20, 9)
    assert all(one > NOW and one.tzinfo is not None for one in at.values())


def test_what_was_begun_is_settled_or_looked_at_again_and_never_just_put_away():
    def offered(**more):
        return {
            choice.value
            for group in groups_for("gap_review", **more)
            for item in group.items
            for choice in ((item,) if isinstance(item, Choice) else item.choices)
        }

    assert "settled" in offered(may_settle=True)
    assert "settled" not in offered()
    assert not {"nothing_to_do", "answered"} & offered(may_settle=True)
    days = {key: parse_outcome(f"look_again:{key}", now=NOW).call_back_at for key in ("week", "month")}
    assert {key: (at.date() - NOW.date()).days for key, at in days.items()} == {"week": 7, "month": 30}
    assert all(at.tzinfo is NOW.tzinfo for at in days.values())
    assert parse_outcome("look_again:never", now=NOW) is None

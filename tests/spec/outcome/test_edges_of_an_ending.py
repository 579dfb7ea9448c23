"""How a case ends where several things are so at once, and on the first and last instant of every window."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rebook.core.outcome import CaseAppointment, CaseVisit, decide_outcome
from rebook.core.outcome.ending import (
    ENDS_FOR_A_CLINICIAN,
    KEPT_STATUSES,
    LOST_STATUSES,
    OPEN_STATUSES,
    CaseWindows,
    satisfies,
)
from rebook.core.outcome.judging import DONE, SETTLED, judge_success
from rebook.core.outcome.success import (
    FIRST_WHATS,
    NARROWS,
    USUAL,
    BadSuccess,
    SuccessRule,
    choices,
    read_success,
    say,
    usual_success,
)
from rebook.core.words import CASE_OUTCOMES
from support.success_rows import booked as made_for
from support.success_rows import came, closed, facts

from .test_how_a_case_ends import CASE, FIRST, HELD_OUT, OPENED, booked, day

SECOND = timedelta(seconds=1)
EXHAUSTED = replace(CASE, sequence_exhausted=True)
GRAVE = replace(EXHAUSTED, risk_class=3)


def test_the_words_and_windows_are_the_stated_ones():
    assert {"proposed", "pending", "booked", "checked-in", "arrived", "waitlist"} == OPEN_STATUSES
    assert {"arrived", "fulfilled", "checked-in"} == KEPT_STATUSES
    assert {"cancelled", "noshow"} == LOST_STATUSES
    assert CaseWindows() == CaseWindows(60, 120, 30, 7)
    assert {
        "clinician_review", "opted_out", "declined", "wrong_person", "campaign_ended",
    } == ENDS_FOR_A_CLINICIAN  # fmt: skip
    assert set(CASE_OUTCOMES) >= ENDS_FOR_A_CLINICIAN


@pytest.mark.parametrize(
    ("visit_type", "satisfying", "answer"),
    [("", {"x"}, True), ("x", {"x"}, True), ("y", {"x"}, False), ("y", set(), True), ("", set(), True)],
)
def test_which_visit_closes_which_gap(visit_type, satisfying, answer):
    assert satisfies(visit_type, frozenset(satisfying)) is answer


def one(made, starts, status="booked", number=7, kind="hygiene"):
    return CaseAppointment(number, kind, status, made, starts)


def visit(at, kind="hygiene"):
    return CaseVisit(kind, at)


AHEAD = booked(2, 40)
ROWS = [
    # While somebody is expected the case waits, whatever else is so.
    ("booked, campaign ended", replace(CASE, appointments=(AHEAD,), campaign_is_over=True), 10, ""),
    ("booked, and the reason is gone", replace(CASE, appointments=(AHEAD,), gap_close_reason="no_longer_due"),
     10, ""),
    ("booked beyond the window", replace(CASE, appointments=(booked(2, 130),)), 125, ""),
    ("the day came, no word of it for six days", replace(CASE, appointments=(AHEAD,), campaign_is_over=True),
     46, ""),
    ("no word of it for a week", replace(CASE, appointments=(AHEAD,), campaign_is_over=True), 47,
     "campaign_ended"),
    ("no word of it, the plan goes on", replace(CASE, appointments=(AHEAD,)), 48, ""),
    # What fell through is told before what ended beside it.
    ("missed, and the campaign was ended", replace(CASE, appointments=(booked(2, 9, "noshow"),),
     campaign_is_over=True), 10, "booked_not_kept"),
    ("made in error", replace(CASE, appointments=(booked(2, 9, "entered-in-error"),)), 10, ""),
    ("cancelled, of another kind", replace(CASE, appointments=(booked(2, 9, "cancelled", "acute"),)), 10, ""),
    ("kept, of another kind", replace(CASE, appointments=(booked(2, 9, "fulfilled", "acute"),)), 10, ""),
    # Death and a visit go before all else.
    ("died, with a visit", replace(CASE, patient_is_deceased=True, visits=(visit(day(3)),)), 4, "deceased"),
    ("came, then left", replace(CASE, patient_has_left=True, visits=(visit(day(3)),)), 4, "visit_kept"),
    ("left, although booked", replace(CASE, patient_has_left=True, appointments=(AHEAD,)), 4, "moved"),
    # Visits before it began and after now are none of its business.
    ("came the day before", replace(CASE, visits=(visit(day(-1)),)), 4, ""),
    ("came in the instant it began", replace(CASE, visits=(visit(OPENED),)), 4, ""),
    ("will come", replace(CASE, visits=(visit(day(5)),)), 4, ""),
    ("came this instant", replace(CASE, visits=(visit(day(4)),)), 4, "visit_kept"),
    ("arrives next week", replace(CASE, appointments=(booked(-2, 9, "arrived"),)), 4, ""),
    ("fulfilled before it began", replace(CASE, appointments=(booked(-9, -2, "fulfilled"),)), 4, ""),
    ("arrived this instant", replace(CASE, appointments=(booked(2, 4, "arrived"),)), 4, "visit_kept"),
    ("checked in", replace(CASE, appointments=(booked(2, 4, "checked-in"),)), 5, "visit_kept"),
    ("arrived in the instant it began", replace(CASE, appointments=(booked(-2, 0, "arrived"),)), 1, ""),
    # Credit and time.
    ("came as the first message went out", replace(CASE, visits=(visit(FIRST),)), 4, "visit_kept"),
    ("came a second before it", replace(CASE, visits=(visit(FIRST - SECOND),)), 4, "returned_unprompted"),
    ("came on the window's last instant", replace(CASE, visits=(visit(FIRST + timedelta(days=120)),)), 121,
     "visit_kept"),
    ("came after the window", replace(CASE, visits=(visit(FIRST + timedelta(days=120) + SECOND),)), 121,
     "returned_unprompted"),
    ("booked in time, came after the window", replace(CASE, appointments=(booked(2, 130),),
     visits=(visit(day(130)),)), 131, "visit_kept"),
    ("left out, and somebody wrote all the same", replace(CASE, arm="holdout", visits=(visit(day(3)),)), 4,
     "returned_unprompted"),
    # An end over their heads.
    ("left out, grave, campaign ended", replace(HELD_OUT, risk_class=3, campaign_is_over=True), 2,
     "campaign_ended"),
    ("class two, campaign ended", replace(CASE, risk_class=2, campaign_is_over=True), 2, "campaign_ended"),
    # Silence.
    ("steps are left", replace(CASE, last_attempt_at=day(1)), 100, ""),
    ("left out, nothing more to come", replace(HELD_OUT, sequence_exhausted=True), 100, ""),
    ("left out, booked before and missed", replace(HELD_OUT, appointments=(booked(5, 9, "noshow"),)), 10,
     "booked_not_kept"),
    ("never tried, all steps passed over", replace(EXHAUSTED, first_attempt_at=None, last_attempt_at=None,
     reached_at=None), 30, "unreachable"),
    ("the same, a day before", replace(EXHAUSTED, first_attempt_at=None, last_attempt_at=None,
     reached_at=None), 29, ""),
    ("tried again lately", replace(EXHAUSTED, last_attempt_at=day(20)), 49, ""),
    ("tried again, thirty days ago", replace(EXHAUSTED, last_attempt_at=day(20)), 50, "no_response"),
    ("grave, tried a week ago", replace(GRAVE, last_attempt_at=day(20)), 27, "clinician_review"),
    ("grave, six days ago", replace(GRAVE, last_attempt_at=day(20)), 26, ""),
    ("not so grave, a week ago", replace(EXHAUSTED, risk_class=2, last_attempt_at=day(20)), 27, ""),
]  # fmt: skip


@pytest.mark.parametrize(("story", "case", "on", "outcome"), ROWS, ids=[row[0] for row in ROWS])
def test_story(story, case, on, outcome):
    assert decide_outcome(case, now=day(on)).outcome == outcome


class TestCredit:
    @pytest.mark.parametrize(
        ("made", "is_credited"),
        [
            (FIRST, True),
            (FIRST - SECOND, False),
            (FIRST + timedelta(days=60), True),
            (FIRST + timedelta(days=60) + SECOND, False),
            (None, False),
        ],
    )
    def test_made_from_the_first_message_on_and_within_sixty_days(self, made, is_credited):
        verdict = decide_outcome(replace(CASE, appointments=(one(made, day(90)),)), now=day(62))
        assert (verdict.appointment_id == 7) is is_credited
        assert (verdict.booked_at is not None) is is_credited

    @pytest.mark.parametrize(("made", "is_credited"), [(OPENED, True), (OPENED - SECOND, False)])
    def test_for_the_left_out_from_the_beginning(self, made, is_credited):
        verdict = decide_outcome(replace(HELD_OUT, appointments=(one(made, day(20)),)), now=day(2))
        assert (verdict.appointment_id == 7) is is_credited

    def test_the_earliest_that_stands_and_one_that_stands_before_one_that_fell_through(self):
        lost, later, sooner = one(day(1), day(5), "cancelled", 1), one(day(1), day(30), number=2), one(
            day(3), day(20), number=3
        )  # fmt: skip
        assert (
            decide_outcome(replace(CASE, appointments=(lost, later, sooner)), now=day(4)).appointment_id == 3
        )
        assert decide_outcome(replace(CASE, appointments=(lost,)), now=day(4)).appointment_id == 1

    @pytest.mark.parametrize("other", [{"kind": "acute"}, {"status": "entered-in-error"}])
    def test_of_the_kind_that_is_due_and_not_made_in_error(self, other):
        found = decide_outcome(replace(CASE, appointments=(one(day(1), day(9), **other),)), now=day(4))
        assert found.appointment_id is None

    def test_the_first_visit_is_the_one_that_ended_it(self):
        twice = replace(CASE, visits=(visit(day(9)), visit(day(3)), visit(day(2), "acute")))
        assert decide_outcome(twice, now=day(20)).visit_kept_at == day(3)

    @pytest.mark.parametrize(
        ("case", "on", "detail"),
        [
            (replace(CASE, visits=(visit(FIRST + timedelta(days=121)),)), 130, "after the window"),
            (replace(CASE, visits=(visit(FIRST),)), 130, ""),
            (replace(CASE, appointments=(booked(2, 9, "noshow"),)), 10, "noshow"),
            (GRAVE, 31, "attempts exhausted"),
            (replace(GRAVE, campaign_is_over=True), 2, "the campaign was ended"),
        ],
    )
    def test_the_detail_says_which_way(self, case, on, detail):
        assert decide_outcome(case, now=day(on)).detail == detail


SOON = {"gap_closed_at": None, "gap_close_reason": "satisfied_by_visit"}
SUCCESSES = [
    # story, facts, day of judgement, day of success
    ("came in the instant of being taken in", facts(visits=(came(0),)), 90, None),
    ("arrived in that instant", facts(appointments=(made_for(0, "arrived"),)), 90, None),
    ("arrived on the last day", facts(appointments=(made_for(90),)), 200, 90),
    ("rebooked on being taken in", facts("rebooked_and_kept", appointments=(made_for(9, made=0),)),
     90, 9),
    ("rebooked for something else", facts("rebooked_and_kept", appointments=(made_for(9, kind="acute"),)), 90,
     None),
    ("rebooked for something else, came for this that day", facts("rebooked_and_kept",
     appointments=(made_for(9, "booked", kind="acute"),), visits=(came(9),)), 90, None),
    ("rebooked, came a day later to the minute", facts("rebooked_and_kept",
     appointments=(made_for(9, "booked"),), visits=(came(10),)), 90, None),
    ("rebooked in error, came that day", facts("rebooked_and_kept",
     appointments=(made_for(9, "entered-in-error"),), visits=(came(9),)), 90, None),
    ("a next one that same day", facts("visit_and_follow_up", visits=(came(9),),
     appointments=(made_for(9.5, "booked", number=8),), **closed(9)), 90, None),
    ("a next one exactly a day later", facts("visit_and_follow_up", visits=(came(9),),
     appointments=(made_for(10, "booked", number=8),), **closed(9)), 90, None),
    ("a next one later", facts("visit_and_follow_up", visits=(came(9),),
     appointments=(made_for(10.1, "booked", number=8),), **closed(9)), 90, 9),
    ("a next one, nobody knows when it was made", facts("visit_and_follow_up", visits=(came(9),),
     appointments=(made_for(30, "booked", made=None, number=8),), **closed(9)), 90, 9),
    ("a next one made on the last day", facts("visit_and_follow_up", visits=(came(9),),
     appointments=(made_for(130, "booked", made=90, number=8),), **closed(9)), 200, 90),
    ("a next one made after it", facts("visit_and_follow_up", visits=(came(9),),
     appointments=(made_for(130, "booked", made=91, number=8),), **closed(9)), 200, None),
    ("a next one made in error", facts("visit_and_follow_up", visits=(came(9),),
     appointments=(made_for(30, "entered-in-error", number=8),), **closed(9)), 90, None),
    ("another on the last day", facts("visit_and_follow_up", visits=(came(9), came(90)), **closed(9)), 200,
     90),
    ("another exactly a day later", facts("visit_and_follow_up", visits=(came(9), came(10)), **closed(9)),
     90, None),
    ("finished on the last day", facts("item_done", **closed(90, "done_at_source")), 200, 90),
    ("finished, nobody knows when", facts("item_done", gap_close_reason="done_at_source"), 90, None),
]  # fmt: skip


@pytest.mark.parametrize(("story", "said", "on", "met"), SUCCESSES, ids=[row[0] for row in SUCCESSES])
def test_when_it_is_a_success(story, said, on, met):
    found = judge_success(said, now=day(on))
    assert (found.met_at if found else None) == (None if met is None else day(met))


def test_of_two_at_one_instant_the_lower_number_is_named():
    two = facts(appointments=(made_for(9, number=12), made_for(9, number=8)))
    assert judge_success(two, now=day(90)).appointment_id == 8
    beside_a_visit = facts(appointments=(made_for(9, number=8),), visits=(came(9),))
    assert judge_success(beside_a_visit, now=day(90)).appointment_id is None


def first(what, **values):
    return facts(what, None, 1, **values)


FIRST_COUNTED = [
    ("no visit", first("visit", booked_at=day(1)), None),
    ("a visit", first("visit", visit_kept_at=day(9)), 9),
    ("rebooked and a visit", first("rebooked_and_kept", visit_kept_at=day(9), booked_at=day(1)), 9),
    ("a visit nobody booked", first("rebooked_and_kept", visit_kept_at=day(9)), None),
    ("one more", first("visit_and_follow_up", visit_kept_at=day(9), appointments=(made_for(20, "booked"),)),
     9),
    ("another visit", first("visit_and_follow_up", visit_kept_at=day(9), visits=(came(20),)), 9),
    ("another within a day", first("visit_and_follow_up", visit_kept_at=day(9), visits=(came(10),),
     appointments=(made_for(10, "booked"),)), None),
    ("another before", first("visit_and_follow_up", visit_kept_at=day(9), visits=(came(8.5),),
     appointments=(made_for(8.5, "booked"),)), None),
    ("another cancelled", first("visit_and_follow_up", visit_kept_at=day(9),
     appointments=(made_for(20, "cancelled"),)), None),
    ("another in error", first("visit_and_follow_up", visit_kept_at=day(9),
     appointments=(made_for(20, "entered-in-error"),)), None),
    ("another this instant", first("visit_and_follow_up", visit_kept_at=day(9), visits=(came(90),)), 9),
    ("another still to come", first("visit_and_follow_up", visit_kept_at=day(9), visits=(came(95),)), None),
]  # fmt: skip


@pytest.mark.parametrize(("story", "said", "met"), FIRST_COUNTED, ids=[row[0] for row in FIRST_COUNTED])
def test_as_it_was_first_counted(story, said, met):
    found = judge_success(said, now=day(90))
    assert (found is None) is (met is None)
    assert found is None or found.met_at == day(met)


class TestDefinitions:
    def test_what_settles_and_what_narrows_is_the_stated_rule(self):
        assert (
            {"satisfied_by_visit", "done_at_source"},
            {"satisfied_by_visit", "done_at_source", "appointment_booked"},
        ) == (DONE, SETTLED)
        assert FIRST_WHATS == ("visit", "rebooked_and_kept", "visit_and_follow_up")
        assert dict(NARROWS) == {
            "visit": set(), "rebooked_and_kept": {"visit"}, "visit_and_closed": {"visit"},
            "visit_and_follow_up": {"visit", "visit_and_closed"}, "item_done": set(),
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("what", "kinds"),
        [
            ("rebooked_and_kept", {"no_show_not_rebooked", "cancelled_not_rebooked"}),
            ("visit_and_closed", {"inactive", "later_than_usual", "treatment_plan_dropped"}),
        ],
    )
    def test_which_kinds_ask_for_more_than_a_visit(self, what, kinds):
        assert {kind for kind, rule in USUAL.items() if rule.what == what} == kinds

    @pytest.mark.parametrize(
        "kind", ["interval", "referral_in_not_scheduled", "high_intent", "waiting_list_match",
                 "treatment_unscheduled"],
    )  # fmt: skip
    def test_which_ask_for_a_visit(self, kind):
        assert usual_success(kind) == SuccessRule("visit", 120, 2)
        assert choices(kind) == ("visit", "rebooked_and_kept", "visit_and_closed", "visit_and_follow_up")

    @pytest.mark.parametrize("days", [7, 120])
    def test_a_week_to_a_hundred_and_twenty_days(self, days):
        found = read_success({"interval": {"within_days": days}})
        assert found["interval"] == SuccessRule("visit", days, 2)

    @pytest.mark.parametrize(
        "wrong", [{"within_days": 6}, {"within_days": 121}, {"within_days": True}, {"within_days": None},
                  {"within_days": 30.0}, {"days": 30}, {"what": "item_done"}, 7],
    )  # fmt: skip
    def test_and_nothing_beyond(self, wrong):
        with pytest.raises(BadSuccess, match="success of interval") as raised:
            read_success({"interval": wrong})
        assert raised.value.permanent

    def test_in_words(self):
        assert (
            say(SuccessRule("visit", 30)) == "a kept visit of the kind due within 30 days of being taken in"
        )
        until = ", while the case was followed (as counted until version 2)"
        assert [say(SuccessRule(what, None, 1)) for what in FIRST_WHATS] == [
            f"a kept visit of the kind due{until}",
            f"booked again, and a visit of the kind due kept{until}",
            f"a kept visit of the kind due, and another one booked or kept after it{until}",
        ]

    def test_a_kind_that_nobody_knows_wants_a_visit(self):
        assert usual_success("strange:7") == SuccessRule("visit", 120, 2)

"""How a case ends: one row, one story, one outcome."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outcome import CaseAppointment, CaseFacts, CaseVisit, decide_outcome
from rebook.core.words import CASE_OUTCOMES

OPENED = datetime(2026, 3, 2, 15, tzinfo=UTC)
FIRST = OPENED + timedelta(hours=1)
HYGIENE = frozenset({"hygiene"})


def day(number: int) -> datetime:
    return OPENED + timedelta(days=number)


CASE = CaseFacts(
    case_id=1,
    arm="contact",
    opened_at=OPENED,
    first_attempt_at=FIRST,
    last_attempt_at=FIRST,
    reached_at=FIRST,
    sequence_exhausted=False,
    is_paused=False,
    risk_class=1,
    satisfying=HYGIENE,
    patient_is_deceased=False,
    patient_has_left=False,
    gap_close_reason="",
    campaign_is_over=False,
)
HELD_OUT = replace(CASE, arm="holdout", first_attempt_at=None, last_attempt_at=None, reached_at=None)


def booked(made: int, starts: int, status: str = "booked", visit_type: str = "hygiene") -> CaseAppointment:
    return CaseAppointment(7, visit_type, status, day(made), day(starts))


ROWS = [
    # story, facts, day of judgement, outcome
    ("nothing has happened yet", CASE, 5, ""),
    ("booked and waiting for the day", replace(CASE, appointments=(booked(2, 20),)), 10, ""),
    ("booked and kept", replace(CASE, appointments=(booked(2, 20, "fulfilled"),)), 21, "visit_kept"),
    (
        "booked, kept, and the source tells it as a visit",
        replace(CASE, appointments=(booked(2, 20),), visits=(CaseVisit("hygiene", day(20)),)),
        21,
        "visit_kept",
    ),
    ("a visit of another type closes nothing", replace(CASE, visits=(CaseVisit("acute", day(3)),)), 4, ""),
    ("a visit without a type is believed", replace(CASE, visits=(CaseVisit("", day(3)),)), 4, "visit_kept"),
    (
        "came before anything was sent",
        replace(CASE, first_attempt_at=day(5), visits=(CaseVisit("hygiene", day(3)),)),
        6,
        "returned_unprompted",
    ),
    (
        "never tried, came anyway",
        replace(CASE, first_attempt_at=None, visits=(CaseVisit("hygiene", day(3)),)),
        6,
        "returned_unprompted",
    ),
    (
        "held out and came anyway",
        replace(HELD_OUT, visits=(CaseVisit("hygiene", day(9)),)),
        10,
        "returned_unprompted",
    ),
    ("held out and did not come", HELD_OUT, 120, "not_returned"),
    ("held out, still inside the window", HELD_OUT, 119, ""),
    (
        "booked, did not show up",
        replace(CASE, appointments=(booked(2, 20, "noshow"),)),
        21,
        "booked_not_kept",
    ),
    (
        "booked, then cancelled",
        replace(CASE, appointments=(booked(2, 20, "cancelled"),)),
        10,
        "booked_not_kept",
    ),
    (
        "cancelled, but another one stands",
        replace(CASE, appointments=(booked(2, 9, "cancelled"), replace(booked(3, 20), id=8))),
        10,
        "",
    ),
    (
        "an appointment from before the first attempt earns no credit, its visit ends the case",
        replace(CASE, appointments=(booked(-3, 20, "fulfilled"),)),
        21,
        "visit_kept",
    ),
    ("the record says deceased", replace(CASE, patient_is_deceased=True), 2, "deceased"),
    ("left the practice", replace(CASE, patient_has_left=True), 2, "moved"),
    ("no longer eligible", replace(CASE, gap_close_reason="no_longer_eligible"), 2, "gap_closed"),
    (
        "closed because something is booked: wait for it",
        replace(CASE, gap_close_reason="appointment_booked"),
        2,
        "",
    ),
    ("campaign archived", replace(CASE, campaign_is_over=True), 2, "campaign_ended"),
    ("all steps done, still time to answer", replace(CASE, sequence_exhausted=True), 29, ""),
    ("all steps done, silence", replace(CASE, sequence_exhausted=True), 31, "no_response"),
    (
        "all steps done, nothing ever arrived",
        replace(CASE, sequence_exhausted=True, reached_at=None),
        31,
        "unreachable",
    ),
    (
        "high risk never ends silently",
        replace(CASE, sequence_exhausted=True, risk_class=3),
        31,
        "clinician_review",
    ),
    (
        "a clinician hears of high risk a week after the last attempt",
        replace(CASE, sequence_exhausted=True, risk_class=4),
        10,
        "clinician_review",
    ),
    ("not before", replace(CASE, sequence_exhausted=True, risk_class=4), 5, ""),
    (
        "high risk does not end with its campaign",
        replace(CASE, campaign_is_over=True, risk_class=3),
        2,
        "clinician_review",
    ),
    ("a person is dealing with it", replace(CASE, sequence_exhausted=True, is_paused=True), 60, ""),
    ("nobody finished it inside the window", replace(CASE, is_paused=True), 120, "no_response"),
]


@pytest.mark.parametrize(("story", "facts", "judged_on", "outcome"), ROWS, ids=[row[0] for row in ROWS])
def test_story(story: str, facts: CaseFacts, judged_on: int, outcome: str) -> None:
    assert decide_outcome(facts, now=day(judged_on)).outcome == outcome


def test_credit_names_the_appointment_and_when_it_was_made() -> None:
    verdict = decide_outcome(replace(CASE, appointments=(booked(2, 20),)), now=day(3))
    assert (verdict.appointment_id, verdict.booked_at) == (7, day(2))


@pytest.mark.parametrize("made", [-1, 61])
def test_an_appointment_made_outside_the_window_earns_no_credit(made: int) -> None:
    verdict = decide_outcome(replace(CASE, appointments=(booked(made, 90),)), now=day(62))
    assert verdict.appointment_id is None


facts_of_any_kind = st.builds(
    CaseFacts,
    case_id=st.just(1),
    arm=st.sampled_from(["contact", "holdout"]),
    opened_at=st.just(OPENED),
    first_attempt_at=st.none() | st.integers(0, 20).map(day),
    last_attempt_at=st.none() | st.integers(0, 40).map(day),
    reached_at=st.none() | st.integers(0, 40).map(day),
    sequence_exhausted=st.booleans(),
    is_paused=st.booleans(),
    risk_class=st.integers(0, 4),
    satisfying=st.sampled_from([HYGIENE, frozenset()]),
    patient_is_deceased=st.booleans(),
    patient_has_left=st.booleans(),
    gap_close_reason=st.sampled_from(["", "satisfied_by_visit", "appointment_booked"]),
    campaign_is_over=st.booleans(),
    appointments=st.lists(
        st.builds(
            booked,
            st.integers(-5, 80),
            st.integers(81, 200),
            st.sampled_from(["booked", "fulfilled", "noshow", "cancelled"]),
            st.sampled_from(["hygiene", "acute", ""]),
        ),
        max_size=3,
    ).map(tuple),
    visits=st.lists(
        st.builds(CaseVisit, st.sampled_from(["hygiene", "acute", ""]), st.integers(-5, 200).map(day)),
        max_size=3,
    ).map(tuple),
)


@given(facts_of_any_kind, st.integers(0, 300))
def test_every_outcome_is_a_word_of_the_ledger(facts: CaseFacts, judged_on: int) -> None:
    assert decide_outcome(facts, now=day(judged_on)).outcome in ("", *CASE_OUTCOMES)


@given(facts_of_any_kind)
def test_every_case_has_ended_after_its_windows(facts: CaseFacts) -> None:
    """120 days for the visit, 200 for the farthest appointment, a week for word of it."""
    assert decide_outcome(facts, now=day(300)).outcome != ""


@given(facts_of_any_kind, st.integers(0, 300))
def test_a_held_out_patient_is_never_said_to_be_won_back(facts: CaseFacts, judged_on: int) -> None:
    verdict = decide_outcome(replace(facts, arm="holdout"), now=day(judged_on))
    assert verdict.outcome != "visit_kept"


@given(facts_of_any_kind, st.integers(0, 300))
def test_no_contacted_case_of_class_three_ends_silently(facts: CaseFacts, judged_on: int) -> None:
    """R-C6: it ends with a visit, with the record's own word, or with a clinician."""
    grave = replace(facts, arm="contact", risk_class=3 + facts.risk_class % 2)
    outcome = decide_outcome(grave, now=day(judged_on)).outcome
    assert outcome not in ("no_response", "unreachable", "not_returned", "campaign_ended")

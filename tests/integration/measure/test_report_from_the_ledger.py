"""The report counts what the ledger holds, as it stood at the end of the day asked for (promise 8)."""

from datetime import date, datetime, timedelta

import pytest

from rebook.flow.measure import Report, build_report, reason_label
from rebook.records.models import Appointment, Attempt, Case, CaseSuccess, Consent, GuardDecision
from support.practice import NOW, Practice, make_practice

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 16)


@pytest.fixture
def practice() -> Practice:
    return make_practice()


def attempt(
    case: Case, *, sent_at: datetime, step: int = 0, channel: str = "sms", state: str = "delivered"
) -> Attempt:
    return Attempt.objects.create(
        organisation_id=case.organisation_id,
        case=case,
        patient_id=case.patient_id,
        step_index=step,
        channel=channel,
        reference=f"{case.pk}-{step}-{channel}",
        to_value="+13125550101",
        state=state,
        planned_at=sent_at,
        due_at=sent_at,
        expires_at=sent_at + timedelta(days=3),
        sent_at=sent_at,
    )


def report(practice: Practice, *, on: date = TODAY) -> Report:
    return build_report(organisation_id=practice.organisation.pk, as_of=on)


def counts(made: Report) -> dict[str, int]:
    return {step.key: step.count for step in made.funnel}


def won(case: Case, *, at: datetime | None, definition: str = "visit:120:2") -> None:
    CaseSuccess.objects.create(
        organisation_id=case.organisation_id, case=case, definition=definition, met_at=at, judged_at=NOW
    )


def a_story(practice: Practice) -> Case:
    """Written to on the 16th, answered on the 17th, booked on the 18th, came on the 20th."""
    patient = practice.patient(1)
    appointment = practice.outside_appointment(patient, practice.at(20, 10), status="fulfilled")
    Appointment.objects.filter(pk=appointment.pk).update(booked_at=practice.at(18, 10))
    case = practice.case(
        patient,
        first_attempt_at=practice.at(16, 9),
        reached_at=practice.at(16, 9),
        responded_at=practice.at(17, 9),
        booked_at=practice.at(18, 10),
        visit_kept_at=practice.at(20, 10),
        appointment=appointment,
    )
    attempt(case, sent_at=practice.at(16, 9))
    attempt(case, sent_at=practice.at(17, 9), step=1, channel="email")
    return case


def test_an_empty_practice_has_an_empty_report(practice: Practice) -> None:
    made = report(practice)
    assert set(counts(made).values()) == {0}
    assert made.lift.difference is None
    assert made.attempts_per_booking is None


def test_the_funnel_of_one_story(practice: Practice) -> None:
    a_story(practice)
    made = report(practice, on=date(2026, 3, 20))
    assert set(counts(made).values()) == {1}
    assert made.attempts_per_booking == 2
    assert [(row.key, row.kept) for row in made.by_channel] == [("sms", 1)]
    assert [(row.key, row.kept) for row in made.by_gap_kind] == [("interval", 1)]
    assert {wait.key: wait.median_days for wait in made.waits} == {
        "response": 1.0,
        "booking": pytest.approx(2 + 1 / 24),
        "visit": pytest.approx(4 + 1 / 24),
    }


@pytest.mark.parametrize(
    ("on", "furthest"),
    [
        (date(2026, 3, 15), "eligible"),
        (date(2026, 3, 16), "reached"),
        (date(2026, 3, 17), "responded"),
        (date(2026, 3, 18), "booked"),
        (date(2026, 3, 20), "kept"),
    ],
)
def test_a_past_day_is_told_as_it_was(practice: Practice, on: date, furthest: str) -> None:
    a_story(practice)
    told = counts(report(practice, on=on))
    order = list(told)
    reached = order[: order.index(furthest) + 1]
    assert [key for key in order if told[key]] == reached


def test_the_show_rate_counts_only_visits_that_came_due(practice: Practice) -> None:
    for number, status in ((1, "fulfilled"), (2, "noshow"), (3, "booked"), (4, "cancelled")):
        patient = practice.patient(number)
        appointment = practice.outside_appointment(patient, practice.at(15, 9 + number), status=status)
        practice.case(patient, first_attempt_at=NOW, booked_at=NOW, appointment=appointment)
    shown = {rate.key: rate for rate in report(practice).rates}["show"]
    assert (shown.numerator, shown.denominator) == (1, 2)


def test_opt_outs_count_within_seven_days_of_a_message(practice: Practice) -> None:
    for number, days in ((1, 0), (2, 6), (3, 8)):
        case = practice.case(practice.patient(number), first_attempt_at=practice.at(1, 9))
        attempt(case, sent_at=practice.at(1, 9))
        Consent.objects.create(
            organisation=practice.organisation,
            patient_id=case.patient_id,
            channel="sms",
            state="revoked",
            origin="sms_reply",
            recorded_by="patient",
            at=practice.at(1, 10) + timedelta(days=days),
        )
    opt_out = {rate.key: rate for rate in report(practice).rates}["opt_out"]
    assert (opt_out.numerator, opt_out.denominator) == (2, 3)


def test_every_gap_without_contact_has_exactly_one_reason(practice: Practice) -> None:
    contacted = practice.case(practice.patient(1), first_attempt_at=NOW)
    practice.case(practice.patient(2), arm="holdout")
    practice.case(practice.patient(3, is_deceased=True))
    practice.case(practice.patient(4, do_not_contact=True))
    refused = practice.case(practice.patient(5))
    GuardDecision.objects.create(
        organisation=practice.organisation,
        patient_id=refused.patient_id,
        case=refused,
        channel="sms",
        verdict="refuse",
        reasons=[{"rule": "opt_out", "detail": ""}],
        decided_at=NOW,
    )
    practice.case(practice.patient(6))
    made = report(practice)
    assert {one.key: one.count for one in made.not_contacted} == {
        "holdout": 1,
        "deceased": 1,
        "do_not_contact": 1,
        "guard:opt_out": 1,
        "waiting:next_step": 1,
    }
    assert counts(made)["identified"] == sum(one.count for one in made.not_contacted) + 1
    assert contacted.arm == "contact"


def test_another_organisation_is_not_counted(practice: Practice) -> None:
    a_story(make_practice("oak-street"))
    assert set(counts(report(practice, on=date(2026, 3, 20))).values()) == {0}


def test_lift_compares_by_assignment(practice: Practice) -> None:
    for number in range(240):
        arm = "holdout" if number < 80 else "contact"
        back = number % 4 == 0 if arm == "holdout" else number % 2 == 0
        case = practice.case(practice.patient(number), arm=arm)
        if back:
            won(case, at=practice.at(16, 10))
    lift = report(practice).lift
    assert (lift.holdout_cases, lift.holdout_won) == (80, 20)
    assert (lift.contact_cases, lift.contact_won) == (160, 80)
    assert lift.difference == pytest.approx(0.25)
    assert lift.low is not None
    assert lift.low > 0
    assert lift.is_maturing


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("guard:opt_out", "Refused: opt out"),
        ("holdout", "Held back to measure the effect"),
        ("something_new", "something new"),
    ],
)
def test_reasons_are_told_in_words(key: str, label: str) -> None:
    assert reason_label(key) == label

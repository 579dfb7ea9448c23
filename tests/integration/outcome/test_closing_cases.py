"""Every case ends in one outcome, and closing twice changes nothing (promise 6)."""

from datetime import date, datetime, timedelta

import pytest

from rebook.flow.attendance import appointments_without_word, record_attendance
from rebook.flow.outcome import CloseSummary, close_cases
from rebook.records.models import Appointment, Case, Source, Task, Visit
from support.practice import NOW, Practice, make_practice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def practice() -> Practice:
    made = make_practice()
    made.organisation.pack_keys = ["dental"]
    made.organisation.save()
    return made


def close(practice: Practice, *, now: datetime) -> CloseSummary:
    return close_cases(organisation_id=practice.organisation.pk, as_of=now.date(), now=now)


def contacted(practice: Practice, number: int = 1, **values: object) -> Case:
    patient = practice.patient(number)
    return practice.case(patient, first_attempt_at=NOW, last_attempt_at=NOW, reached_at=NOW, **values)


def visit(practice: Practice, case: Case, at: datetime, visit_type: str = "hygiene") -> None:
    Visit.objects.create(
        organisation=practice.organisation,
        source=practice.source,
        external_id=f"v{case.pk}-{visit_type}",
        fact_hash=bytes(16),
        patient_id=case.patient_id,
        visit_type=visit_type,
        started_at=at,
    )


def appointment(practice: Practice, case: Case, at: datetime, status: str = "booked") -> Appointment:
    made = practice.outside_appointment(case.patient, at, status=status)
    Appointment.objects.filter(pk=made.pk).update(booked_at=NOW + timedelta(hours=1))
    return made


def test_a_kept_visit_ends_the_case_with_its_credit(practice: Practice) -> None:
    case = contacted(practice)
    booked = appointment(practice, case, practice.at(20, 10), status="fulfilled")
    summary = close(practice, now=practice.at(21, 4))
    case.refresh_from_db()
    assert summary.outcomes == {"visit_kept": 1}
    assert (case.outcome, case.appointment_id) == ("visit_kept", booked.pk)
    assert case.visit_kept_at == practice.at(20, 10)
    assert case.booked_at == NOW + timedelta(hours=1)
    assert case.closed_at == practice.at(21, 4)


def test_a_booked_visit_is_credited_while_the_case_waits_for_it(practice: Practice) -> None:
    case = contacted(practice)
    booked = appointment(practice, case, practice.at(28, 10))
    close(practice, now=practice.at(17, 4))
    case.refresh_from_db()
    assert (case.outcome, case.appointment_id) == ("", booked.pk)


def test_a_visit_that_the_pack_does_not_count_ends_nothing(practice: Practice) -> None:
    case = contacted(practice)
    visit(practice, case, practice.at(20, 10), visit_type="restorative")
    assert close(practice, now=practice.at(21, 4)).outcomes == {}


def test_closing_twice_changes_nothing(practice: Practice) -> None:
    kept, waiting = contacted(practice, 1), contacted(practice, 2)
    visit(practice, kept, practice.at(20, 10))
    appointment(practice, waiting, practice.at(28, 10))
    close(practice, now=practice.at(21, 4))
    before = list(Case.objects.order_by("pk").values())
    assert close(practice, now=practice.at(21, 4)).changed == 0
    assert list(Case.objects.order_by("pk").values()) == before


def test_a_case_somebody_closed_meanwhile_keeps_its_outcome(practice: Practice) -> None:
    case = contacted(practice, outcome="opted_out", closed_at=NOW)
    visit(practice, case, practice.at(20, 10))
    close(practice, now=practice.at(21, 4))
    case.refresh_from_db()
    assert case.outcome == "opted_out"


def test_high_risk_silence_opens_a_clinicians_task(practice: Practice) -> None:
    case = contacted(practice)
    Case.objects.update(next_step_at=None)
    case.gap.risk_class = 3
    case.gap.save()
    now = NOW + timedelta(days=31)
    assert close(practice, now=now).outcomes == {"clinician_review": 1}
    task = Task.objects.get(case=case)
    assert (task.kind, task.owner_role, task.state) == ("unable_to_reach", "clinician", "open")
    close(practice, now=now)
    assert Task.objects.filter(case=case).count() == 1


@pytest.mark.parametrize(
    ("risk_class", "outcome", "is_told"),
    [
        (3, "opted_out", True),
        (4, "declined", True),
        (3, "wrong_person", True),
        (3, "campaign_ended", True),
        (2, "opted_out", False),
        (3, "visit_kept", False),
        (3, "deceased", False),
    ],
)
def test_a_grave_case_that_somebody_ended_reaches_a_clinician_once(
    practice: Practice, risk_class: int, outcome: str, is_told: bool
) -> None:
    """R-C6: whatever ended it, while the reason for it stays open."""
    case = contacted(practice, outcome=outcome, closed_at=NOW)
    case.gap.risk_class = risk_class
    case.gap.save()
    for days in (1, 2):
        close(practice, now=NOW + timedelta(days=days))
    told = Task.objects.filter(case=case, kind="unable_to_reach", owner_role="clinician")
    assert told.count() == int(is_told)


def test_a_grave_case_whose_reason_is_settled_needs_no_clinician(practice: Practice) -> None:
    case = contacted(practice, outcome="opted_out", closed_at=NOW)
    case.gap.risk_class, case.gap.closed_on, case.gap.close_reason = 3, NOW.date(), "satisfied_by_visit"
    case.gap.save()
    close(practice, now=NOW + timedelta(days=1))
    assert not Task.objects.filter(kind="unable_to_reach").exists()


def test_everything_has_ended_half_a_year_on(practice: Practice) -> None:
    for number in range(4):
        contacted(practice, number, arm="holdout" if number % 2 else "contact")
    close(practice, now=NOW + timedelta(days=200))
    assert set(Case.objects.values_list("outcome", flat=True)) == {"no_response", "not_returned"}


class TestAttendance:
    """The front desk's word on visits of our own calendar."""

    @pytest.fixture
    def ours(self, practice: Practice) -> Appointment:
        local = Source.objects.create(organisation=practice.organisation, key="rebook", kind="local")
        made = practice.outside_appointment(practice.patient(1), practice.at(16, 7))
        Appointment.objects.filter(pk=made.pk).update(source=local)
        return made

    def record(self, practice: Practice, appointment_id: int, *, was_kept: bool) -> bool:
        return record_attendance(
            organisation_id=practice.organisation.pk,
            appointment_id=appointment_id,
            was_kept=was_kept,
            now=NOW,
            actor="user:1",
        )

    def test_a_kept_visit_becomes_a_visit(self, practice: Practice, ours: Appointment) -> None:
        assert self.record(practice, ours.pk, was_kept=True)
        ours.refresh_from_db()
        assert ours.status == "fulfilled"
        assert Visit.objects.get().started_at == ours.starts_at

    def test_who_did_not_come_leaves_no_visit(self, practice: Practice, ours: Appointment) -> None:
        assert self.record(practice, ours.pk, was_kept=False)
        ours.refresh_from_db()
        assert ours.status == "noshow"
        assert not Visit.objects.exists()

    def test_the_first_word_counts(self, practice: Practice, ours: Appointment) -> None:
        self.record(practice, ours.pk, was_kept=True)
        assert not self.record(practice, ours.pk, was_kept=False)

    def test_a_practice_systems_appointment_is_not_ours_to_mark(self, practice: Practice) -> None:
        theirs = practice.outside_appointment(practice.patient(2), practice.at(16, 7))
        assert not self.record(practice, theirs.pk, was_kept=True)

    def test_past_ones_wait_for_a_word(self, practice: Practice, ours: Appointment) -> None:
        found = appointments_without_word(organisation_id=practice.organisation.pk, now=NOW)
        assert [one[0] for one in found] == [ours.pk]
        self.record(practice, ours.pk, was_kept=True)
        assert appointments_without_word(organisation_id=practice.organisation.pk, now=NOW) == []


def test_the_day_of_judgement_is_a_date_of_the_practice(practice: Practice) -> None:
    assert (
        close_cases(organisation_id=practice.organisation.pk, as_of=date(2026, 3, 16), now=NOW).looked_at == 0
    )

"""Working the list: outcomes in two clicks, undo, booking a free time, and who sees what next."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from rebook.accounts.models import AuditEvent
from rebook.records.models import Appointment, Attempt, Booking, Case, Consent, ContactPoint, Patient, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(clinic, signed_in):
    return signed_in(clinic)


@pytest.fixture
def task(clinic):
    return Task.objects.get(kind="call", patient=clinic.patients[0])


def record(desk, task, outcome, **more):
    return desk.post(f"/tasks/{task.pk}/outcome/", {"outcome": outcome, **more}, follow=True).content.decode()


def test_the_most_urgent_comes_first_and_what_is_put_off_last(clinic, desk):
    page = desk.get("/").content.decode()
    names = re.findall(r"<strong>([^<]+)</strong>\s*<span class=\"small", page)
    assert names[0] == "Dana Kowalski"
    assert names[-1] == "Tom Whitfield"
    # The first one is open beside the list, with what to say.
    assert "Where are you right now?" in page


def test_the_task_says_why_and_what_to_say(desk, task):
    page = desk.get(f"/?task={task.pk}").content.decode()
    for text in (
        "Overdue for cleaning since",
        "(312) 555-1200",
        "We would like to find a time",
        "Free times for",
    ):
        assert text in page


class TestWhomToCall:
    """R-A150: whoever may not be called themselves is reached through their adult."""

    @pytest.fixture
    def child(self, clinic, task):
        """The patient of the task is a child; the call was planned to a parent's number."""
        child, parent = clinic.patients[0], clinic.patients[1]
        ContactPoint.objects.filter(patient__in=(child, parent)).delete()
        ContactPoint.objects.create(
            organisation=clinic.organisation, patient=parent, system="phone", value="+13125551299"
        )
        Patient.objects.filter(pk=child.pk).update(responsible_patient=parent)
        return child

    def test_the_number_that_the_call_was_planned_to(self, desk, task, child):
        ContactPoint.objects.create(
            organisation_id=child.organisation_id, patient=child, system="phone", value="+13125551288"
        )
        Attempt.objects.filter(pk=task.attempt_id).update(channel="phone", to_value="+13125551299")
        page = desk.get(f"/?task={task.pk}").content.decode()
        assert "(312) 555-1299" in page
        assert "(312) 555-1288" not in page

    def test_the_adults_where_the_child_has_none(self, desk, task, child):
        Task.objects.filter(pk=task.pk).update(attempt=None)
        page = desk.get(f"/?task={task.pk}").content.decode()
        assert "(312) 555-1299" in page
        assert "No working phone number" not in page

    def test_one_that_does_not_work_is_not_offered(self, desk, task, child):
        Task.objects.filter(pk=task.pk).update(attempt=None)
        ContactPoint.objects.update(state="invalid")
        assert "No working phone number" in desk.get(f"/?task={task.pk}").content.decode()


def test_an_outcome_ends_the_task_and_the_next_one_follows(desk, task):
    page = record(desk, task, "no_answer")
    task.refresh_from_db()
    assert (task.state, task.disposition) == ("done", "no_answer")
    assert "Recorded: No answer." in page
    assert f'data-shows="{task.pk}"' not in page


def test_a_barrier_is_the_second_click(desk, task):
    record(desk, task, "declined:cost", note="will think in spring")
    task.refresh_from_db()
    case = Case.objects.get(pk=task.case_id)
    assert (task.barrier, task.note, case.outcome, case.barrier) == (
        "cost",
        "will think in spring",
        "declined",
        "cost",
    )


def test_calling_back_opens_a_task_for_then(clinic, desk, task):
    record(desk, task, "callback_requested:tomorrow_morning")
    again = Task.objects.get(kind="call_back")
    local = again.call_back_at.astimezone(dt.timezone(dt.timedelta(hours=-6)))
    assert again.call_back_at > timezone.now()
    assert local.minute == 30


@pytest.mark.parametrize(
    "outcome", ["no_answer", "declined:cost", "deceased", "moved", "spoke_thinking", "complaint"]
)
def test_undo_puts_everything_back(outcome, clinic, desk, task):
    def standing():
        return (
            Task.objects.filter(state="open").count(),
            list(
                Case.objects.order_by("pk").values(
                    "paused_at", "pause_reason", "outcome", "closed_at", "barrier"
                )
            ),
            list(Patient.objects.order_by("pk").values("is_deceased", "left_practice_on", "do_not_contact")),
            list(ContactPoint.objects.order_by("pk").values("state")),
            list(Attempt.objects.order_by("pk").values("state")),
            clinic.patients[0].holds.filter(released_at=None).count(),
        )

    before = standing()
    page = record(desk, task, outcome)
    assert standing() != before
    undo = re.search(r'action="(/tasks/\d+/reopen/)"', page)[1]
    page = desk.post(undo, follow=True).content.decode()
    assert "Taken back" in page
    assert standing() == before
    assert AuditEvent.objects.filter(action="task.outcome_taken_back").count() == 1
    # Once only.
    assert "can no longer be undone" in desk.post(undo, follow=True).content.decode()


def test_a_stop_request_cannot_be_taken_back(desk, task):
    page = record(desk, task, "do_not_call")
    assert "It counts from now" in page
    assert "/reopen/" not in page
    assert Consent.objects.filter(patient=task.patient, state="revoked").exists()


def test_two_people_cannot_end_the_same_task_twice(desk, task):
    record(desk, task, "no_answer")
    assert "already recorded" in record(desk, task, "left_voicemail")
    task.refresh_from_db()
    assert task.disposition == "no_answer"


@pytest.mark.parametrize("outcome", ["", "declined", "nonsense", "declined:because"])
def test_what_is_no_outcome_changes_nothing(outcome, desk, task):
    page = record(desk, task, outcome)
    task.refresh_from_db()
    assert task.state == "open"
    assert "Choose one of the outcomes" in page


def test_booking_a_free_time_ends_the_task(desk, task):
    page = desk.get(f"/?task={task.pk}").content.decode()
    slot = re.search(r'name="slot" value="([^"]+)"', page)[1]
    page = desk.post(f"/tasks/{task.pk}/book/", {"slot": slot}, follow=True).content.decode()
    assert "Booked." in page
    task.refresh_from_db()
    booking = Booking.objects.get()
    assert (booking.origin, booking.case_id) == ("staff", task.case_id)
    assert task.state == "done"
    assert Appointment.objects.get(booking=booking).status == "booked"


def test_a_time_that_has_gone_is_said_and_others_are_offered(clinic, desk, task):
    page = desk.get(f"/?task={task.pk}").content.decode()
    slot = re.search(r'name="slot" value="([^"]+)"', page)[1]
    other = Task.objects.get(kind="call", patient=clinic.patients[1])
    desk.post(f"/tasks/{other.pk}/book/", {"slot": slot})
    page = desk.post(f"/tasks/{task.pk}/book/", {"slot": slot}, follow=True).content.decode()
    assert "has just gone" in page
    assert Booking.objects.count() == 1
    task.refresh_from_db()
    assert task.state == "open"


def test_looking_at_a_patient_leaves_a_line_without_a_name(clinic, desk, task):
    desk.get(f"/?task={task.pk}")
    line = AuditEvent.objects.filter(action="patient.viewed").last()
    assert (line.subject_id, line.detail) == (str(task.patient_id), {"page": "today"})
    assert line.actor == f"user:{clinic.staff['front_desk'].pk}"


def test_the_desk_says_who_came(clinic, desk, task):
    page = desk.get(f"/?task={task.pk}").content.decode()
    slot = re.search(r'name="slot" value="([^"]+)"', page)[1]
    desk.post(f"/tasks/{task.pk}/book/", {"slot": slot})
    booked = Appointment.objects.filter(patient_id=task.patient_id)
    booked.update(starts_at=clinic.now - dt.timedelta(hours=3), ends_at=clinic.now - dt.timedelta(hours=2))
    address = f"/patients/{task.patient_id}/"
    assert "Did they come?" in desk.get(address).content.decode()
    attended = f"/appointments/{booked.get().pk}/attended/"
    page = desk.post(attended, {"came": "yes", "back": address}, follow=True).content.decode()
    assert "Recorded: came." in page
    assert booked.get().status == "fulfilled"

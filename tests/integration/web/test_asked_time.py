"""The work list keeps to the part of the day in which patients asked to be called (Q-168)."""

import datetime as dt

import pytest

from rebook.records.models import Patient, Task
from rebook.records.read.tasks import work_list
from rebook.records.read.worklist import open_tasks, task_file

pytestmark = pytest.mark.django_db
# The practice is in Chicago.
MORNING = dt.datetime(2026, 12, 2, 16, 0, tzinfo=dt.UTC)
AFTERNOON = dt.datetime(2026, 12, 2, 20, 0, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 12, 3, 5, 0, tzinfo=dt.UTC)


@pytest.fixture
def call(clinic):
    """``call(part)``: an open call to who asked for that part of the day, due before the last one."""
    Task.objects.all().update(state="done", done_at=MORNING, done_by="user:1", disposition="no_answer")

    def make(part="", *, kind="call", urgency=3, zone="", risk_class=None):
        number = Task.objects.filter(state="open").count()
        patient = clinic.patient(700 + number)
        Patient.objects.filter(pk=patient.pk).update(preferred_day_part=part, time_zone=zone)
        case = None
        if risk_class is not None:
            case = clinic.case(patient)
            case.gap.risk_class = risk_class
            case.gap.save()
        return Task.objects.create(
            organisation=clinic.organisation, kind=kind, urgency=urgency, patient=patient, case=case,
            owner_role="front_desk", opened_at=MORNING - dt.timedelta(days=2),
            due_at=MORNING - dt.timedelta(hours=number + 1),
        )  # fmt: skip

    return make


def order(clinic, now):
    shown = [line.id for line in open_tasks(organisation_id=clinic.organisation.pk, now=now).lines]
    # The list of the interface is in the same order.
    listed = work_list(
        organisation_id=clinic.organisation.pk, user_id=None, roles=(), now=now, limit=50, offset=0
    )
    assert [one.id for one in listed] == shown
    return shown


def test_who_asked_for_another_part_of_the_day_comes_after_who_can_be_called_now(clinic, call):
    nothing, morning, afternoon, evening = (call(part).pk for part in ("", "morning", "afternoon", "evening"))
    # Due first comes first, among those who can be called.
    assert order(clinic, MORNING) == [morning, nothing, evening, afternoon]
    assert order(clinic, AFTERNOON) == [afternoon, nothing, evening, morning]
    assert order(clinic, NIGHT) == [nothing, evening, afternoon, morning]


def test_it_is_the_patients_clock(clinic, call):
    here, in_honolulu = call("morning").pk, call("afternoon", zone="Pacific/Honolulu").pk
    # Two in the afternoon here is ten in the morning there.
    shown = {
        one.id: one.is_at_another_time
        for one in open_tasks(organisation_id=clinic.organisation.pk, now=AFTERNOON).lines
    }
    assert shown == {here: True, in_honolulu: True}
    there_afternoon = AFTERNOON + dt.timedelta(hours=3)
    assert order(clinic, there_afternoon) == [in_honolulu, here]
    assert order(clinic, MORNING) == [here, in_honolulu]


WAITS = [
    # kind, urgency, risk class of the reason, does it wait for its part of the day
    ("call", 3, 1, True),
    ("call_back", 2, None, True),
    ("call", 1, 3, True),
    ("call", 1, 4, False),
    ("safety", 0, None, False),
    ("call", 0, None, False),
    ("answer_reply", 2, None, False),
]


@pytest.mark.parametrize(("kind", "urgency", "risk_class", "waits"), WAITS)
def test_what_may_wait_for_a_wish(kind, urgency, risk_class, waits, clinic, call):
    task = call("evening", kind=kind, urgency=urgency, risk_class=risk_class)
    file = task_file(organisation_id=clinic.organisation.pk, task_id=task.pk, now=MORNING)
    assert file.line.is_at_another_time is waits
    assert file.line.asked_part == ("evening" if kind in ("call", "call_back", "book") else "")


def test_more_urgent_work_stays_before_less_urgent_whatever_was_asked_for(clinic, call):
    later, sooner = call("").pk, call("evening", urgency=2).pk
    assert order(clinic, MORNING) == [sooner, later]


def test_list_and_page_say_what_was_asked_for(clinic, call, signed_in):
    task = call("afternoon")
    page = " ".join(signed_in(clinic).get(f"/?task={task.pk}").content.decode().split())
    assert "· asked for the afternoon" in page
    assert "They asked to be called in the afternoon" in page
    Patient.objects.update(preferred_day_part="")
    page = signed_in(clinic).get(f"/?task={task.pk}").content.decode()
    assert "asked to be called" not in page

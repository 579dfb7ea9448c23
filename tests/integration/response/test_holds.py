"""Only the right person lets automation near a patient again (R-E35)."""

import pytest

from rebook.accounts.models import AuditEvent
from rebook.flow import response
from rebook.flow.response import NotAllowed
from rebook.records.models import AutomationHold

pytestmark = pytest.mark.django_db


def actor(thread, role):
    return f"user:{thread.clinic.member(role).pk}"


def release(thread, by):
    return response.release_hold(
        organisation_id=thread.organisation_id,
        hold_id=AutomationHold.objects.latest("pk").pk,
        now=thread.now,
        actor=by,
    )


@pytest.mark.parametrize("role", ["front_desk", "coordinator", "manager"])
def test_a_red_flag_stays_until_a_clinician_releases_it(thread, role):
    thread.says("chest pain")
    for by in (actor(thread, role), "system", "patient", "user:999999", "user:x"):
        with pytest.raises(NotAllowed):
            release(thread, by)
    assert AutomationHold.objects.get().released_at is None
    assert thread.fresh().pause_reason == "red_flag"


def test_a_clinician_of_another_practice_is_nobody_here(thread):
    from .conftest import make_thread

    other = make_thread("oak-lane", number=2)
    thread.says("chest pain")
    with pytest.raises(NotAllowed):
        release(thread, actor(other, "clinician"))


def test_a_clinician_releases_and_the_work_must_be_done_first(thread):
    thread.says("chest pain")
    clinician = actor(thread, "clinician")
    assert release(thread, clinician) is True
    hold = AutomationHold.objects.get()
    assert (hold.released_by, hold.released_at) == (clinician, thread.now)
    # The safety task is still open.
    assert thread.fresh().pause_reason == "red_flag"
    response.record_disposition(
        organisation_id=thread.organisation_id,
        task_id=hold.patient.tasks.get(kind="safety").pk,
        disposition="answered",
        now=thread.now,
        actor=clinician,
    )
    assert thread.fresh().paused_at is None
    assert AuditEvent.objects.filter(action="hold.released").count() == 1


def test_releasing_twice_is_harmless(thread):
    thread.says("chest pain")
    release(thread, actor(thread, "clinician"))
    assert release(thread, actor(thread, "clinician")) is False


def test_a_complaint_may_be_released_by_the_desk(thread):
    thread.says("I want to file a complaint")
    assert release(thread, actor(thread, "manager")) is True


def test_all_holds_of_a_patient_at_once_need_the_same_right(thread):
    thread.says("chest pain")
    of = {"organisation_id": thread.organisation_id, "patient_id": thread.patient.pk, "now": thread.now}
    with pytest.raises(NotAllowed):
        response.release_holds(**of, actor=actor(thread, "manager"))
    assert response.release_holds(**of, actor=actor(thread, "clinician")) == 1


def test_a_second_flag_does_not_pile_up_holds(thread):
    thread.says("chest pain")
    thread.says("still chest pain")
    assert AutomationHold.objects.count() == 1

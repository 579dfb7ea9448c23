"""What a launch asked for has to hold as long as a campaign runs: an alarm for each that no longer does."""

import pytest

from rebook.flow.outreach import approvals, ready
from rebook.flow.outreach.readiness_watch import watch_readiness
from rebook.records.models import Campaign, ReadinessRecord, Task
from support.outreach import DAY, NOW, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return make_clinic()


def by(clinic, at=NOW):
    return {"organisation_id": clinic.id, "now": at, "actor": f"user:{clinic.manager.pk}"}


def watch(clinic, at=NOW):
    return watch_readiness(organisation_id=clinic.id, now=at)


def alarms():
    return set(Task.objects.filter(kind="alarm", state="open").values_list("note", "owner_role"))


def unstaffed(clinic):
    ReadinessRecord.objects.filter(kind="staffed").delete()


def staff_again(clinic):
    ready.set_staffed_hours(**by(clinic), weekdays=[0, 3], opens="09:00", closes="12:00")


def number_changed(clinic):
    ReadinessRecord.objects.filter(kind__startswith="on_call").update(recorded_at=NOW - DAY)
    ready.set_on_call(**by(clinic), name="Dr Other", phone="+12125550122")


def try_again(clinic):
    ready.note_on_call_tested(**by(clinic))


def unsigned(clinic):
    approvals.withdraw_template(**by(clinic), template_key="safety", language="en")


def sign(clinic):
    approvals.approve_template(**by(clinic), template_key="safety", channel="sms", language="en")


@pytest.mark.parametrize(
    ("check", "breaks", "mends"),
    [
        ("inbox", unstaffed, staff_again),
        ("on_call", number_changed, try_again),
        ("safety", unsigned, sign),
    ],
)
def test_one_alarm_for_the_manager_until_it_is_mended(clinic, check, breaks, mends):
    clinic.campaign()
    assert (watch(clinic).broken, alarms()) == ((), set())
    breaks(clinic)
    assert watch(clinic).alarms == {check: "raised"}
    assert watch(clinic).alarms == {check: "stands"}
    assert alarms() == {(f"no_longer_ready:{check}", "manager")}
    mends(clinic)
    assert watch(clinic).alarms == {check: "taken back"}
    assert alarms() == set()
    assert watch(clinic).alarms == {}


def test_the_number_for_the_night_is_tried_again_within_thirty_days(clinic):
    clinic.campaign()
    assert watch(clinic, NOW + 29 * DAY).broken == ()
    assert watch(clinic, NOW + 31 * DAY).broken == ("on_call",)


@pytest.mark.parametrize("state", ["draft", "paused", "archived"])
def test_nobody_is_woken_for_a_campaign_that_does_not_run(clinic, state):
    clinic.campaign()
    Campaign.objects.update(state=state)
    number_changed(clinic)
    assert (watch(clinic).running, alarms()) == (0, set())


def test_the_alarm_goes_when_the_last_campaign_stops(clinic):
    clinic.campaign()
    number_changed(clinic)
    watch(clinic)
    Campaign.objects.update(state="paused")
    assert watch(clinic).alarms == {"on_call": "taken back"}

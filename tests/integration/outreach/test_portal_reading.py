"""Portal messages: what was read is known and counts; what nobody read for a week takes the next channel."""

import dataclasses
import datetime as dt

import pytest

from rebook.channels.portal_fhir import FhirServer, PortalFhir
from rebook.core.outreach.replay_script import read_script
from rebook.core.outreach.sequence import Sequence, Step, as_json
from rebook.core.outreach.sequence_when import When
from rebook.flow.outreach.portal_reading import ReadingSummary, ask_about_reading, ask_hourly
from rebook.flow.outreach.replay import replay
from rebook.records.models import Attempt, AttemptEvent, Campaign, Case, PassedStep, Patient, Source
from rebook.records.read import capacity
from rebook.work.schedule import run_continuous
from support.fhir_portal import fhir_portal
from support.outreach import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db
# Portal first, a text or a mail if that fails; a call a fortnight later.
PLAN = (
    Step(0, "portal", 0, "due_visit", fallbacks=("sms", "email")),
    Step(1, "phone", 20, "due_visit", preference_may_replace=False),
)


@pytest.fixture
def portal():
    with fhir_portal() as server:
        yield server


class House:
    """A clinic with a portal, a plan, and patients who have a chart in it."""

    def __init__(self, clinic, day, portal):
        self.clinic, self.day, self.portal = clinic, day, portal
        self.chart = Source.objects.create(
            organisation=clinic.organisation, key="ehr", kind="fhir", last_synced_at=NOW
        )
        self.campaign = clinic.campaign()
        self.plan(PLAN)

    def plan(self, steps):
        steps = tuple(dataclasses.replace(one, index=place) for place, one in enumerate(steps))
        frozen = as_json(Sequence("portal_first", steps))
        Campaign.objects.filter(pk=self.campaign.pk).update(sequence=frozen)

    def patient(self, number=1, **values):
        found = self.clinic.patient(number, **values)
        Patient.objects.filter(pk=found.pk).update(source=self.chart, external_id=f"chart-{number}")
        return found

    def go(self, at=NOW):
        self.chart.last_synced_at = at
        self.chart.save()
        self.clinic.synced(at)
        self.day.enrol(at)
        self.day.plan(at)
        return self.day.send(at)

    def ask(self, at):
        return ask_about_reading(organisation_id=self.clinic.id, now=at, channels=self.clinic.channels)

    def case(self):
        return Case.objects.get()

    def message(self):
        return Attempt.objects.get(channel="portal")

    def events(self, source=None):
        rows = AttemptEvent.objects.filter(attempt=self.message()).order_by("pk")
        rows = rows.filter(source=source) if source else rows
        return [(one.state, one.code) for one in rows]


@pytest.fixture
def house(clinic, day, portal, monkeypatch):
    channels = type(clinic).channels.fget
    served = PortalFhir(server=FhirServer.from_url(portal.base))
    monkeypatch.setattr(type(clinic), "channels", property(lambda self: {**channels(self), "portal": served}))
    return House(clinic, day, portal)


def test_what_lies_in_the_portal_has_reached_nobody(house):
    house.patient()
    house.go()
    house.portal.open("com-1", NOW)
    told = house.ask(NOW + DAY)
    assert (told.asked, told.arrived, told.read) == (1, 1, 0)
    assert house.message().state == "delivered"
    assert house.case().reached_at is None


def test_what_was_read_is_read_since_then_and_reaches(house):
    house.patient()
    house.go()
    assert house.ask(NOW + HOUR) == ReadingSummary(asked=1)
    house.portal.open("com-1", NOW + 2 * DAY)
    assert house.ask(NOW + 3 * DAY).read == 1
    assert house.message().state == "read"
    assert house.case().reached_at == NOW + 2 * DAY
    (event,) = AttemptEvent.objects.filter(attempt=house.message(), state="read")
    assert (event.at, event.source) == (NOW + 2 * DAY, "provider")


def test_asking_again_changes_nothing_and_what_is_read_is_not_asked_again(house):
    house.patient()
    house.go()
    house.portal.open("com-1", NOW + 2 * DAY)
    house.ask(NOW + 3 * DAY)
    before = house.events()
    assert house.ask(NOW + 4 * DAY) == ReadingSummary()
    assert house.events() == before
    assert len(house.portal.searches) == 1


def test_unread_for_a_week_the_same_step_takes_its_next_channel(house):
    patient = house.patient()
    house.go()
    assert house.ask(NOW + 7 * DAY - HOUR).went_on == 0
    at = NOW + 7 * DAY
    assert house.ask(at).went_on == 1
    assert house.events("worker")[-1] == ("unread", "")
    house.go(at)
    assert house.clinic.attempts(patient) == [(0, "portal", "accepted"), (0, "sms", "accepted")]
    assert house.clinic.sms.numbers == ["+12125550001"]
    # Twice unread is once: the case goes on by its plan.
    assert house.ask(at + DAY).went_on == 0
    house.go(at + DAY)
    assert len(house.clinic.sms.sent) == 1


def test_without_another_way_the_next_step_comes_now(house):
    patient = house.patient(phone=False, email=False)
    house.clinic.contact(patient, "+12125557777", line_type="fixed_line")
    house.go()
    later = house.case().next_step_at
    at = NOW + 7 * DAY
    assert later > at
    assert house.ask(at).went_on == 1
    assert house.case().next_step_at == at
    house.go(at)
    assert house.clinic.attempts(patient) == [(0, "portal", "accepted"), (1, "phone", "accepted")]
    # No step was passed over: the portal's went out.
    assert not PassedStep.objects.exists()


def test_a_plan_at_its_end_has_nowhere_to_go_and_says_it_was_unread(house):
    house.plan((Step(0, "portal", 0, "due_visit"),))
    patient = house.patient()
    house.go()
    assert house.case().next_step_at is None
    assert house.ask(NOW + 7 * DAY).went_on == 0
    assert house.events("worker")[-1] == ("unread", "")
    assert house.clinic.attempts(patient) == [(0, "portal", "accepted")]
    assert house.case().reached_at is None


def test_the_last_step_of_a_plan_still_has_its_other_channels(house):
    house.plan((Step(0, "portal", 0, "due_visit", fallbacks=("sms",)),))
    patient = house.patient()
    house.go()
    at = NOW + 7 * DAY
    assert house.ask(at).went_on == 1
    house.go(at)
    assert house.clinic.attempts(patient) == [(0, "portal", "accepted"), (0, "sms", "accepted")]


def test_a_case_that_went_on_already_is_left_alone(house):
    house.plan((PLAN[0], Step(1, "email", 2, "due_visit"), Step(2, "phone", 30, "due_visit")))
    patient = house.patient(email=True)
    house.go()
    house.go(NOW + 2 * DAY)
    assert house.clinic.attempts(patient) == [(0, "portal", "accepted"), (1, "email", "accepted")]
    before = house.case().next_step_at
    assert house.ask(NOW + 7 * DAY).went_on == 0
    assert (house.case().next_step_at, house.case().step_index) == (before, 2)
    assert ("unread", "") in house.events("worker")


def test_read_after_a_week_still_counts(house):
    house.patient()
    house.go()
    house.ask(NOW + 7 * DAY)
    house.portal.open("com-1", NOW + 12 * DAY)
    assert house.ask(NOW + 13 * DAY).read == 1
    assert house.case().reached_at == NOW + 12 * DAY


@pytest.mark.parametrize("change", [{"paused_at": NOW}, {"booked_at": NOW}])
def test_who_answered_or_booked_is_not_hurried(house, change):
    house.patient()
    house.go()
    Case.objects.update(**change)
    before = house.case().next_step_at
    assert house.ask(NOW + 8 * DAY).went_on == 0
    assert house.case().next_step_at == before
    assert "unread" not in [state for state, _code in house.events()]
    Case.objects.update(**dict.fromkeys(change))
    assert house.ask(NOW + 9 * DAY).went_on == 1


def test_a_silent_portal_stops_nothing_and_is_waited_for_a_little_longer(house):
    house.patient()
    house.go()
    house.portal.search_answers = [(503, {})] * 9
    assert house.ask(NOW + 8 * DAY) == ReadingSummary(asked=1, unanswered=1)
    assert house.case().next_step_at > NOW + 8 * DAY
    assert house.ask(NOW + 10 * DAY).went_on == 1
    assert house.events("worker")[-1] == ("unread", "portal_not_asked")


def test_a_message_taken_back_is_a_failure_and_the_step_goes_on_at_once(house):
    patient = house.patient()
    house.go()
    house.portal.numbered("com-1")["status"] = "entered-in-error"
    assert house.ask(NOW + DAY).taken_back == 1
    assert house.message().state == "failed"
    house.go(NOW + DAY)
    assert house.clinic.attempts(patient)[-1] == (0, "sms", "accepted")


@pytest.mark.parametrize(("reads", "goes_by"), [(True, "phone"), (False, "email")])
def test_steps_may_depend_on_reading(house, reads, goes_by):
    house.plan(
        (
            Step(0, "portal", 0, "due_visit"),
            Step(1, "email", 5, "due_visit", when=When(read="no"), preference_may_replace=False),
            Step(2, "phone", 0, "due_visit", when=When(read="yes"), preference_may_replace=False),
        )
    )
    patient = house.patient(email=True)
    house.go()
    if reads:
        house.portal.open("com-1", NOW + DAY)
    at = NOW + 6 * DAY
    house.ask(at)
    house.go(at)
    house.go(at + HOUR)
    assert [channel for _step, channel, _state in house.clinic.attempts(patient)] == ["portal", goes_by]


def test_a_practice_without_a_portal_asks_nobody(clinic):
    assert ask_about_reading(organisation_id=clinic.id, now=NOW) == ReadingSummary()


def test_between_two_passes_it_is_asked_once_an_hour(house, settings):
    house.patient()
    house.go()
    settings.PORTAL_FHIR_URL = house.portal.base
    organisation = house.clinic.organisation
    organisation.settings = {**organisation.settings, "channels": {"portal": "portal_fhir"}}
    organisation.save()
    for minutes in (0, 2, 30, 62, 64):
        run_continuous(
            organisation_id=house.clinic.id, now=NOW + HOUR + dt.timedelta(minutes=minutes), worker="w1"
        )
    assert capacity.room_counted_at(organisation_id=house.clinic.id) is not None
    assert len(house.portal.searches) == 2
    assert ask_hourly(organisation_id=house.clinic.id, now=NOW + 5 * HOUR).asked == 1


def test_of_many_messages_only_the_unread_go_on(house):
    patients = [house.patient(number) for number in range(1, 6)]
    house.go()
    assert len(house.portal.kept) == 5
    for number in ("com-1", "com-4"):
        house.portal.open(number, NOW + DAY)
    at = NOW + 7 * DAY
    assert house.ask(at).went_on == 3
    house.go(at)
    went_on = [len(house.clinic.attempts(one)) == 2 for one in patients]
    by_number = dict(
        zip(
            [Attempt.objects.get(patient=one, channel="portal").provider_message_id for one in patients],
            went_on,
            strict=True,
        )
    )
    assert {number for number, went in by_number.items() if not went} == {"com-1", "com-4"}


def told_of(house, patient, *script, steps=PLAN):
    """The story of this patient: [(day, what, step, channel)] of what goes out or is left unread."""
    told = replay(
        organisation_id=house.clinic.id, patient_id=patient.pk, sequence=Sequence("portal_first", steps),
        starts_at=NOW, days=40, channels=house.clinic.channels,
        events=read_script(script, starts_at=NOW, zone="America/New_York"),
    )  # fmt: skip
    kinds = ("sent", "unread")
    return [
        ((one.at.date() - NOW.date()).days, one.kind, one.step, one.channel)
        for one in told.lines
        if one.kind in kinds
    ]


def test_a_replay_knows_that_an_unread_message_goes_on_to_the_next_way(house):
    patient = house.patient()
    said = told_of(house, patient)
    assert said[:3] == [(0, "sent", 0, "portal"), (7, "unread", 0, "portal"), (7, "sent", 0, "sms")]
    house.go()
    house.ask(NOW + 7 * DAY)
    house.go(NOW + 7 * DAY)
    assert house.clinic.attempts(patient) == [(0, "portal", "accepted"), (0, "sms", "accepted")]


def test_a_replay_without_another_way_brings_the_next_step_forward(house):
    patient = house.patient(phone=False, email=False)
    house.clinic.contact(patient, "+12125557777", line_type="fixed_line")
    assert told_of(house, patient) == [
        (0, "sent", 0, "portal"), (7, "unread", 0, "portal"), (7, "sent", 1, "phone"),
    ]  # fmt: skip


def test_what_is_read_in_a_story_is_not_left_unread_and_only_that_reaches(house):
    patient = house.patient()
    when = (
        PLAN[0],
        Step(1, "phone", 20, "due_visit", preference_may_replace=False, when=When(delivered="yes")),
    )
    assert told_of(house, patient, "day 3: reads", steps=when) == [
        (0, "sent", 0, "portal"), (20, "sent", 1, "phone"),
    ]  # fmt: skip
    # Who does not open it is not reached by it, and a plan without a second way passes the call over.
    alone = (dataclasses.replace(PLAN[0], fallbacks=()), when[1])
    assert told_of(house, patient, steps=alone) == [(0, "sent", 0, "portal"), (7, "unread", 0, "portal")]


def test_an_unread_message_of_a_case_that_rests_waits_until_it_goes_on(house):
    patient = house.patient()
    said = told_of(house, patient, "day 2: reply call me please", "day 12: goes on")
    assert [one[1:] for one in said[:3]] == [
        ("sent", 0, "portal"), ("unread", 0, "portal"), ("sent", 0, "sms"),
    ]  # fmt: skip
    assert said[1][0] == 12

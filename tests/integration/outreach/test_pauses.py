"""Pauses at random, with the real planner and dispatcher: nothing lost, nothing twice, no backlog fired.

The same practice runs once without a pause and once with pauses at random; what patients get must be the same
in the end, and after every pause no day holds more than the campaign's daily limit.
"""

import random
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from rebook.flow.outreach import campaigns, stops
from rebook.records.models import Attempt, Case
from rebook.records.read.outreach import attempt_totals
from support.outreach import DAY, HOUR, NOW, Day, Vendor, make_clinic

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")
PATIENTS, LIMIT = 6, 2
# The plan takes about three weeks, the pauses at most as long again.
QUIET_DAYS = 45


class Watching(Vendor):
    """Says when something went out although the campaign was paused."""

    def __init__(self, kind):
        super().__init__(kind, can_look_up=True)
        self.is_paused = False
        self.while_paused = []

    def send(self, message, *, now):
        if self.is_paused:
            self.while_paused.append((message.reference, now))
        return super().send(message, now=now)


def sent(clinic):
    """(patient, step, channel) of everything that went out, calls included."""
    gone = Attempt.objects.filter(
        organisation=clinic.organisation, state__in=("accepted", "sent", "delivered", "read")
    )
    return Counter(gone.values_list("patient__external_id", "step_index", "channel"))


def begin(clinic):
    clinic.sms, clinic.email = Watching("sms"), Watching("email")
    for number in range(1, PATIENTS + 1):
        clinic.patient(number, email=True)
    return clinic.campaign(daily_limit=LIMIT)


def assert_spread(campaign, now):
    """Right after a pause: nothing before now, and no day with more than a day's worth."""
    dates = list(
        Case.objects.filter(campaign=campaign, closed_at=None, next_step_at__isnull=False).values_list(
            "next_step_at", flat=True
        )
    )
    assert all(at >= now for at in dates)
    days = Counter(at.astimezone(NEW_YORK).date() for at in dates)
    assert max(days.values(), default=0) <= LIMIT
    assert not Attempt.objects.filter(case__campaign=campaign, state__in=("planned", "deferred")).exists()


@pytest.fixture
def undisturbed(clinic):
    """What everybody gets at a practice like it where nobody ever pauses."""
    other = make_clinic("oak")
    begin(other)
    day, now = Day(other), NOW
    while now < NOW + QUIET_DAYS * DAY:
        day.run(now)
        now += 24 * HOUR
    found = sent(other)
    assert len(found) >= 3 * PATIENTS
    return found


@pytest.mark.parametrize("seed", range(3))
def test_random_pauses_lose_nothing_and_repeat_nothing(seed, clinic, day, undisturbed):
    chance = random.Random(seed)
    campaign = begin(clinic)
    of = {"organisation_id": clinic.id, "campaign_id": campaign.pk, "actor": "user:1"}
    now, pauses, paused_for = NOW, 0, None
    while now < NOW + 2 * QUIET_DAYS * DAY or paused_for is not None:
        clinic.synced(now)
        steps = [day.enrol, day.plan, day.send]
        at = chance.randrange(4)
        for number, step in enumerate(steps):
            # A pause may begin or end between any two stages, for an hour or for weeks.
            if number == at and paused_for is None and pauses < 5 and chance.random() < 0.2:
                campaigns.pause(**of, now=now)
                paused_for, pauses = now + chance.choice((0, 1, 30, 200, 500)) * HOUR, pauses + 1
                clinic.sms.is_paused = clinic.email.is_paused = True
            elif number == at and paused_for is not None and now >= paused_for:
                campaigns.resume(**of, now=now)
                paused_for = None
                clinic.sms.is_paused = clinic.email.is_paused = False
                assert_spread(campaign, now)
            step(now)
        now += chance.randint(8, 20) * HOUR
    assert pauses >= 2, "a drill without pauses shows nothing"
    assert paused_for is None
    assert clinic.sms.while_paused == clinic.email.while_paused == []
    found = sent(clinic)
    assert set(found.values()) == {1}, "a step went out twice"
    assert found == undisturbed
    references = Counter(one.reference for one in [*clinic.sms.sent, *clinic.email.sent])
    assert set(references.values()) == {1}
    assert attempt_totals(organisation_id=clinic.id).adds_up


def test_a_backlog_goes_out_a_days_worth_at_a_time(clinic, day):
    """Everybody's next message had come due when it was paused; for three weeks nobody pressed resume."""
    campaign = begin(clinic)
    for number in range(3):
        day.enrol(NOW + number * DAY)
    of = {"organisation_id": clinic.id, "campaign_id": campaign.pk, "actor": "user:1"}
    day.plan(NOW + 2 * DAY)
    assert Attempt.objects.filter(state__in=("planned", "deferred")).count() == PATIENTS
    campaigns.pause(**of, now=NOW + 2 * DAY)
    # A Monday: on Sundays nothing goes out.
    back = NOW + 19 * DAY
    campaigns.resume(**of, now=back)
    assert_spread(campaign, back)
    counts = []
    for number in range(4):
        before = len(clinic.sms.sent)
        day.run(back + number * DAY)
        counts.append(len(clinic.sms.sent) - before)
    assert counts == [LIMIT, LIMIT, LIMIT, 0]
    # The words are those of the day on which they went out, not of three weeks before.
    sent_at = Attempt.objects.filter(state="accepted", channel="sms").values_list("planned_at", flat=True)
    assert min(sent_at) >= back


@pytest.mark.parametrize("scope", ["organisation", "campaign"])
def test_after_a_long_stop_too_a_backlog_goes_out_a_days_worth_at_a_time(scope, clinic, day):
    campaign = begin(clinic)
    for number in range(3):
        day.enrol(NOW + number * DAY)
    day.plan(NOW + 2 * DAY)
    key = str(campaign.pk) if scope == "campaign" else ""
    of = {"organisation_id": clinic.id, "scope": scope, "key": key, "actor": "user:1"}
    stops.stop(**of, now=NOW + 2 * DAY)
    assert day.send(NOW + 2 * DAY).sent == 0
    back = NOW + 19 * DAY
    stops.end_stop(**of, now=back)
    assert_spread(campaign, back)
    counts = []
    for number in range(4):
        before = len(clinic.sms.sent)
        day.run(back + number * DAY)
        counts.append(len(clinic.sms.sent) - before)
    assert counts == [LIMIT, LIMIT, LIMIT, 0]
    assert attempt_totals(organisation_id=clinic.id).adds_up


def test_a_short_stop_leaves_what_waits_where_it_is(clinic, day):
    begin(clinic)
    day.enrol()
    day.plan()
    waiting = set(Attempt.objects.values_list("pk", "state", "due_at"))
    of = {"organisation_id": clinic.id, "scope": "organisation", "actor": "user:1"}
    stops.stop(**of, now=NOW)
    stops.end_stop(**of, now=NOW + HOUR / 2)
    assert set(Attempt.objects.values_list("pk", "state", "due_at")) == waiting
    assert day.send(NOW + HOUR).sent == LIMIT


def test_what_was_in_the_air_when_it_was_paused_is_not_sent_again(clinic, day):
    patient = clinic.patient()
    campaign = clinic.campaign()
    day.enrol()
    day.plan()
    Attempt.objects.update(state="claimed", claimed_at=NOW, claimed_by="w0", adapter=clinic.sms.key)
    of = {"organisation_id": clinic.id, "campaign_id": campaign.pk, "actor": "user:1"}
    campaigns.pause(**of, now=NOW)
    campaigns.resume(**of, now=NOW + DAY)
    day.run(NOW + DAY)
    assert clinic.attempts(patient) == [(0, "sms", "claimed")]
    assert clinic.sms.sent == []


def test_another_channel_that_was_refused_stays_refused(clinic, day):
    """A step whose text was refused waits as an e-mail; planned anew it does not try the text again."""
    patient = clinic.patient(email=True)
    clinic.opt_out(value="+12125550001", channel="sms")
    campaign = clinic.campaign()
    day.enrol()
    day.plan()
    before = clinic.attempts(patient)
    assert ("sms", "refused") in {one[1:] for one in before}
    of = {"organisation_id": clinic.id, "campaign_id": campaign.pk, "actor": "user:1"}
    campaigns.pause(**of, now=NOW)
    campaigns.resume(**of, now=NOW + DAY)
    day.run(NOW + DAY)
    assert clinic.sms.sent == []
    assert Counter(one[1] for one in clinic.attempts(patient) if one[2] == "refused")["sms"] == 1
    assert len(clinic.email.sent) == 1

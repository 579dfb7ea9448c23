"""Whatever happens in whatever order: no message against an opt-out, a booking, the hours, a cap or a stop.

The rules are checked here by simple means of their own, on what the vendor was given and the events as they
were made, never on what the guard said.
"""

import datetime as dt
import random
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from rebook.flow.outreach import campaigns, stops
from rebook.records.models import Attempt, AutomationHold, Campaign
from rebook.records.read.outreach import attempt_totals
from support.outreach import DAY, HOUR, NOW, Vendor

NEW_YORK = ZoneInfo("America/New_York")
DAYS = 12
PATIENTS = 10


class Diary:
    """What was done, and when, by number."""

    def __init__(self):
        self.opted_out = {}
        self.booked = {}
        self.held = {}
        self.stopped = False
        self.paused = False
        self.sent = []
        self.wrong = []


class Watched(Vendor):
    """Writes every message into the diary with all that was so at that instant."""

    def __init__(self, kind, diary):
        super().__init__(kind, can_look_up=True)
        self.diary = diary

    def send(self, message, *, now):
        diary, person = self.diary, person_of(message.to)
        self.diary.sent.append((person, self.capabilities.kind, message.reference, now))
        # A channel's exception would only leave the message in doubt, so what is wrong is kept.
        diary.wrong += [
            f"{person} at {now}: {what}"
            for what, is_so in {
                "everything was stopped": diary.stopped,
                "the campaign was paused": diary.paused,
                "opted out": (person, self.capabilities.kind) in diary.opted_out,
                "held back": person in diary.held,
                "booked": any(at > now for at in diary.booked.get(person, ())),
            }.items()
            if is_so
        ]
        return super().send(message, now=now)


def person_of(value):
    return int(value[1:].partition("@")[0]) if "@" in value else int(value[-4:])


def _happen(chance, clinic, campaign, people, diary, now):
    """One event by chance."""
    number = chance.choice(sorted(people))
    patient = people[number]
    what = chance.choice(["opt_out", "book", "hold", "stop", "pause", "nothing", "nothing"])
    if diary.stopped or diary.paused:
        what = "stop" if diary.stopped else "pause"
    of = {"organisation_id": clinic.id, "now": now, "actor": "user:1"}
    if what == "opt_out":
        kind = chance.choice(["sms", "email"])
        value = f"+1212555{number:04d}" if kind == "sms" else f"p{number}@example.org"
        clinic.opt_out(value=value, channel=kind, at=now)
        diary.opted_out[number, kind] = now
    elif what == "book":
        at = now + chance.randint(1, 6) * DAY
        clinic.appointment(patient, at)
        diary.booked.setdefault(number, []).append(at)
    elif what == "hold":
        AutomationHold.objects.create(
            organisation=clinic.organisation, patient=patient, kind="clinical_review", from_at=now
        )
        diary.held[number] = now
    elif what == "stop":
        (stops.end_stop if diary.stopped else stops.stop_all)(**of)
        diary.stopped = not diary.stopped
    elif what == "pause":
        (campaigns.resume if diary.paused else campaigns.pause)(**of, campaign_id=campaign.pk)
        diary.paused = not diary.paused


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_no_order_of_events_gets_past_the_rules(seed, clinic, day):
    chance = random.Random(seed)
    diary = Diary()
    clinic.sms, clinic.email = Watched("sms", diary), Watched("email", diary)
    people = {number: clinic.patient(number, email=True) for number in range(1, PATIENTS + 1)}
    campaign = Campaign.objects.get(pk=clinic.campaign(daily_limit=4).pk)
    now = NOW
    while now < NOW + DAYS * DAY:
        clinic.synced(now)
        steps = [day.enrol, day.plan, day.send]
        # An event may fall between any two stages.
        at = chance.randrange(4)
        for number, step in enumerate(steps):
            if number == at:
                _happen(chance, clinic, campaign, people, diary, now)
            step(now)
        now += chance.randint(2, 14) * HOUR
    assert diary.wrong == []
    assert len(diary.sent) >= 3, "a drill in which hardly anything is sent shows nothing"
    _check_hours_and_caps(diary)
    totals = attempt_totals(organisation_id=clinic.id)
    assert totals.adds_up
    assert Attempt.objects.filter(channel__in=["sms", "email"], state="accepted").count() == len(diary.sent)


def _check_hours_and_caps(diary):
    references = Counter(reference for _, _, reference, _ in diary.sent)
    assert set(references.values()) == {1}
    for _, _, _, at in diary.sent:
        local = at.astimezone(NEW_YORK)
        assert dt.time(8) <= local.time() <= dt.time(21), local
    by_person = {}
    for person, _, _, at in diary.sent:
        by_person.setdefault(person, []).append(at)
    for times in by_person.values():
        for at in times:
            assert sum(at - DAY < other <= at for other in times) <= 1
            assert sum(at - 7 * DAY < other <= at for other in times) <= 3

"""The replay tells what the planner and the dispatcher would do: the same stories, imagined and lived."""

import random
from zoneinfo import ZoneInfo

import pytest

from rebook.core.outcome import ENDS_FOR_A_CLINICIAN
from rebook.core.outreach.sequence import Sequence, Step
from rebook.core.outreach.sequence_when import When
from rebook.packs.outreach import sequences
from rebook.records.models import Attempt, Case, GuardDecision, PassedStep, Stop, Task
from support.imagined import Lived, imagined
from support.outreach import DAY, NOW

pytestmark = pytest.mark.django_db

DAYS = 60
BRANCHES = Sequence(
    "own.branches",
    (
        Step(0, "sms", 0, fallbacks=("email", "phone")),
        Step(1, "email", 2, fallbacks=("sms",), when=When(delivered="yes", clicked="no")),
        Step(2, "phone", 0, when=When(delivered="no"), fallbacks=("email",)),
        Step(3, "phone", 3, business_days=True, day_part="evening", when=When(clicked="yes")),
        Step(4, "sms", 2, when=When(barrier=("cost", "fear")), fallbacks=("email",)),
        Step(5, "phone", 2, when=When(min_class=3), preference_may_replace=False),
        Step(6, "email", 1, day_part="morning", when=When(read="no", replied="no")),
    ),
    max_class=1,
)
PLANS = {
    "routine": sequences("primary_care")["primary_care.routine"],
    "close": sequences("primary_care")["primary_care.close"],
    "critical": sequences("primary_care")["primary_care.critical"],
    "branches": BRANCHES,
}
WORDS = ("how much does it cost?", "call me please", "STOP", "not now", "wrong number", "thanks", "yes")
BARRIERS = ("cost", "fear", "transport", "schedule", "feels_well")


@pytest.fixture(autouse=True)
def channels_of_the_practice(clinic, settings, tmp_path):
    settings.HOME = tmp_path


def story(seed):
    """(plan, what the patient is like, script) of one story; the same for the same seed."""
    chance = random.Random(seed)
    events = []
    for _ in range(chance.randint(0, 4)):
        day, hour = chance.randint(0, 24), chance.choice((3, 9, 12, 16, 20))
        word = chance.choice(
            ("reply", "reply", "clicks", "reads", "barrier", "books", "comes", "bounces", "nothing arrives",
             "goes on", "goes on", "dies")
        )  # fmt: skip
        said = {"reply": chance.choice(WORDS), "barrier": chance.choice(BARRIERS)}.get(word, "")
        events.append(f"day {day} {hour:02}:{chance.choice((0, 30)):02}: {word} {said}".rstrip())
    like = {
        "email": chance.random() < 0.6,
        "phone": chance.random() < 0.85,
        "line_type": chance.choice(("mobile", "mobile", "fixed_line")),
        "language": chance.choice(("en", "en", "es", "vi")),
        "preferred_channel": chance.choice(("", "", "email", "phone")),
        "opted_out": chance.random() < 0.15,
        "risk_class": chance.choice((0, 1, 3, 4)),
        "preferred_day_part": random.Random(-seed).choice(("", "", "morning", "afternoon", "evening")),
    }
    if not like["phone"]:
        like["email"] = True
    return chance.choice(sorted(PLANS)), like, events


def somebody(clinic, like):
    patient = clinic.patient(
        email=like["email"],
        phone=like["phone"],
        language=like["language"],
        preferred_channel=like["preferred_channel"],
        preferred_day_part=like["preferred_day_part"],
    )
    patient.contact_points.filter(system="phone").update(line_type=like["line_type"])
    patient.gaps.update(risk_class=like["risk_class"])
    if like["opted_out"] and like["phone"]:
        clinic.opt_out(value="+12125550001", patient=patient, at=NOW - 5 * DAY)
    return patient


@pytest.mark.parametrize("seed", range(30))
def test_what_is_imagined_is_what_happens(seed, clinic):
    name, like, script = story(seed)
    lived = Lived(clinic, somebody(clinic, like), PLANS[name])
    expected, told = imagined(lived, script, days=DAYS)
    assert not Attempt.objects.filter(patient=lived.patient).exists()
    lived.live(script, days=DAYS)
    assert lived.told() == expected, (name, like, script, told.lines)
    # No step of either comes twice.
    steps = [(step, channel) for _, step, channel in expected["sent"]]
    assert len(steps) == len(set(steps))


def test_whatever_happens_no_grave_case_ends_silently_and_no_step_is_lost(clinic):
    """R-C6, in eighty stories: it ends with a visit, with a death, or with a clinician's task."""
    ended = set()
    patients = {risk: clinic.patient(risk, email=True) for risk in (3, 4)}
    for risk, patient in patients.items():
        patient.gaps.update(risk_class=risk)
    for seed in range(1000, 1080):
        _, _, script = story(seed)
        plan = PLANS[("close", "critical")[seed % 2]]
        lived = Lived(clinic, patients[3 + seed // 2 % 2], plan)
        _, told = imagined(lived, script, days=200)
        ended.add(told.outcome)
        tasks = [line.says for line in told.lines if line.kind == "task"]
        assert told.outcome in ("visit_kept", "returned_unprompted", "deceased") or (
            told.outcome in ENDS_FOR_A_CLINICIAN and "unable_to_reach for clinician" in tasks
        ), (script, told.lines)
        # Every step that the case has gone through was sent, was refused, or was passed over with a reason.
        gone = {line.step for line in told.lines if line.kind in ("sent", "failed", "passed_over", "refused")}
        assert gone == set(range(max(gone, default=-1) + 1)), (script, told.lines)
        assert all(line.reasons for line in told.lines if line.kind == "passed_over")
        sent = [(line.step, line.channel) for line in told.sent]
        assert len(sent) == len(set(sent))
    assert {"clinician_review", "opted_out", "deceased"} <= ended


def test_nothing_is_written(clinic):
    lived = Lived(clinic, clinic.patient(email=True), PLANS["close"])
    before = [model.objects.count() for model in (Attempt, Case, GuardDecision, PassedStep, Task)]
    imagined(lived, ["day 1: reply it hurts", "day 2: goes on"], days=DAYS)
    assert [model.objects.count() for model in (Attempt, Case, GuardDecision, PassedStep, Task)] == before


def test_call_me_on_sunday_evening_stops_the_plan_until_a_person_lets_it_go_on(clinic):
    lived = Lived(clinic, clinic.patient(email=True), PLANS["routine"])
    _, told = imagined(lived, ["sunday 20:00: reply call me"], days=DAYS)
    # The text on Wednesday; the e-mail of Sunday has gone to Monday, and Sunday evening they ask for a call.
    assert [line.step for line in told.sent] == [0]
    (paused,) = [line for line in told.lines if line.kind == "paused"]
    assert paused.at.isoformat() == "2026-11-23T01:00:00+00:00"
    _, told = imagined(lived, ["sunday 20:00: reply call me", "day 6: goes on"], days=DAYS)
    assert [line.step for line in told.sent] == [0, 1, 5, 7]


def test_who_never_answers_gets_the_plan_on_its_days(clinic):
    """R-C146: days 0, 4, 10 and 21, whatever branches are passed over; a Sunday's moves on to the Monday."""
    lived = Lived(clinic, clinic.patient(email=True), PLANS["routine"])
    expected, told = imagined(lived, [], days=DAYS)
    lived.live([], days=DAYS)
    assert lived.told() == expected
    zone = ZoneInfo("America/New_York")
    days = [(line.at.astimezone(zone).date() - NOW.date()).days for line in told.sent]
    assert [(NOW + day * DAY).weekday() for day in (4, 10, 21)] == [6, 5, 2]
    assert days == [0, 5, 12, 21]


@pytest.mark.parametrize(
    ("barrier", "steps"),
    [
        ("", [0, 1, 5, 7]),
        ("cost", [0, 2, 7]),
        ("transport", [0, 3, 7]),
        ("fear", [0, 4]),
        ("schedule", [0, 6, 7]),
    ],
)
def test_what_keeps_them_away_changes_the_next_step(barrier, steps, clinic):
    """Field note 3.17."""
    lived = Lived(clinic, clinic.patient(email=True), PLANS["routine"])
    script = [f"day 1: barrier {barrier}"] if barrier else []
    _, told = imagined(lived, script, days=DAYS)
    assert [line.step for line in told.sent] == steps
    passed = [line for line in told.lines if line.kind == "passed_over"]
    assert sorted([*steps, *(line.step for line in passed)]) == list(range(8))
    assert all(line.reasons[0].detail.startswith("only if their reason is") for line in passed)


def test_what_a_patient_prefers_comes_before_the_plan_but_not_before_its_conditions(clinic):
    patient = clinic.patient(email=True, preferred_channel="email")
    lived = Lived(clinic, patient, PLANS["routine"])
    _, told = imagined(lived, ["day 1: barrier cost"], days=DAYS)
    assert [(line.step, line.channel) for line in told.sent] == [(0, "email"), (2, "email"), (7, "email")]


WISHES = [
    # the part of the day asked for, hours on their clock (New York) at which anything goes out
    ("", {9, 10, 12, 17}),
    ("morning", {9}),
    ("afternoon", {12}),
    ("evening", {17}),
]


@pytest.mark.parametrize(("wish", "hours"), WISHES)
def test_the_part_of_the_day_they_asked_for_comes_before_the_plans_own(wish, hours, clinic):
    patient = clinic.patient(email=True, preferred_day_part=wish)
    lived = Lived(clinic, patient, PLANS["branches"])
    expected, told = imagined(lived, ["day 1: clicks"], days=DAYS)
    lived.live(["day 1: clicks"], days=DAYS)
    assert lived.told() == expected
    zone = ZoneInfo("America/New_York")
    assert {line.at.astimezone(zone).hour for line in told.sent} <= hours
    assert len(told.sent) >= 2
    says = [line.says for line in told.sent]
    assert all(("as they asked" in one) is bool(wish) for one in says)
    waits = [
        line for line in told.lines if line.kind == "deferred" and line.reasons[0].rule == "patient_wish"
    ]
    # It opens at noon: only who asked for the afternoon hears at once.
    assert bool(waits) is (wish in ("morning", "evening")) or not waits


def test_a_call_of_the_same_day_waits_for_no_wish(clinic):
    patient = clinic.patient(email=True, preferred_day_part="morning", preferred_channel="email")
    patient.gaps.update(risk_class=4)
    _, told = imagined(Lived(clinic, patient, PLANS["critical"]), [], days=DAYS)
    first = told.sent[0]
    assert (first.channel, first.at) == ("phone", NOW)
    assert "part of the care" in first.says


def test_a_language_and_a_channel_asked_for_are_told(clinic):
    patient = clinic.patient(email=True, preferred_channel="email", language="es")
    _, told = imagined(Lived(clinic, patient, PLANS["routine"]), [], days=DAYS)
    assert told.sent[0].says == "an e-mail instead of a text, as they asked; in their language (es)"


def test_a_story_without_a_reason_imagines_one(clinic):
    lived = Lived(clinic, clinic.patient(gap=False), PLANS["routine"])
    _, told = imagined(lived, [], days=DAYS)
    assert not told.has_reason
    assert told.sent


def test_a_channel_that_is_stopped_is_gone_around_in_both(clinic):
    Stop.objects.create(
        organisation=clinic.organisation, scope="channel", key="sms", started_at=NOW, started_by="user:1"
    )
    lived = Lived(clinic, clinic.patient(email=True), PLANS["routine"])
    expected, told = imagined(lived, [], days=DAYS)
    lived.live([], days=DAYS)
    assert lived.told() == expected
    assert [line.channel for line in told.sent] == ["email", "email", "phone", "email"]

"""All that follows from every intent: its urgency, its minutes, what it leaves alone (R-E10, R-E39)."""

import datetime as dt

import pytest

from rebook.core.response.choices import pressed, reading_of
from rebook.core.response.effects import (
    PLANS,
    AnswerWanted,
    Circumstances,
    HoldWanted,
    Plan,
    TaskWanted,
    effects_of,
    revoked_channels,
)
from rebook.core.response.values import INTENT_RANKS, LEVEL_1_INTENTS, Classification, Match

UNTIL = dt.date(2026, 12, 18)
TEXTED = Circumstances(channel="sms", snooze_until=UNTIL, has_other_contact=True)
MAILED = Circumstances(channel="email", snooze_until=UNTIL, has_other_contact=True)
CALLED = Circumstances(channel="phone", snooze_until=UNTIL, has_other_contact=True)

SAFETY = TaskWanted("safety", "clinician", 0, 0)
AT_ONCE = AnswerWanted("safety", "safety", 15)
FRONT = "front_desk"


def match(intent, *, scope="", source="R-A42", asks=False, barrier="", level=3):
    level = 1 if intent in LEVEL_1_INTENTS else level
    return Match(
        intent, f"k.{intent}", level, source, "en", scope=scope, needs_confirmation=asks, barrier=barrier
    )


def reading(*matches):
    return Classification(tuple(match(one) if isinstance(one, str) else one for one in matches), "en")


def task(kind, role, urgency, minutes, hold="", pause="reply", close="", contact_state="", answer=None):
    return Plan(TaskWanted(kind, role, urgency, minutes), hold, pause, close, contact_state, answer)


STATED = {
    "emergency": Plan(SAFETY, "red_flag", "red_flag", answer=AT_ONCE),
    "crisis": Plan(SAFETY, "red_flag", "red_flag", answer=AnswerWanted("safety_crisis", "safety", 15)),
    "abuse": Plan(SAFETY, "red_flag", "red_flag", answer=AT_ONCE),
    "opt_out": Plan(None, "", "", "opted_out"),
    "opt_out_uncertain": task("confirm_opt_out", FRONT, 2, 540, "reply_pending"),
    "opt_in": Plan(None, "", ""),
    "help": Plan(None, "", "", answer=AnswerWanted("help_answer", "reply", 15)),
    "deceased": task("data_quality", "coordinator", 1, 240, "data_quality", "deceased"),
    "wrong_person": task("data_quality", FRONT, 2, 540, "", "wrong_person", "", "wrong_person"),
    "clinical": task("clinical_question", "clinician", 1, 60, "clinical_review", "clinical"),
    "complaint": task("complaint", "manager", 1, 240, "complaint", "complaint"),
    "book": task("book", FRONT, 1, 15),
    "call_me": task("call_back", FRONT, 1, 15),
    "cancel_visit": task("book", FRONT, 1, 15),
    "move_visit": task("book", FRONT, 1, 15),
    "cost": task("billing", FRONT, 2, 240),
    "moved": task("data_quality", FRONT, 3, 1080, "data_quality", "moved"),
    "left_practice": task("data_quality", FRONT, 3, 1080, "data_quality", "moved"),
    "preference": task("data_quality", FRONT, 2, 240),
    "seen_elsewhere": task("data_quality", FRONT, 3, 1080, "data_quality"),
    "declined": task("answer_reply", FRONT, 3, 240, "", "", "declined"),
    "not_now": task("answer_reply", FRONT, 3, 240, "snooze", ""),
    "question": task("answer_reply", FRONT, 2, 240),
    "thanks": task("answer_reply", FRONT, 3, 240),
    "auto_reply": Plan(None, "", ""),
    "unreadable": task("answer_reply", FRONT, 1, 15),
    "other": task("answer_reply", FRONT, 2, 240),
}


def test_the_plan_of_every_intent_is_the_stated_one():
    assert dict(PLANS) == STATED


# R-E10's ranks, first to last.
RANKS = [
    {"emergency", "crisis", "abuse"}, {"opt_out", "opt_out_uncertain", "opt_in", "help"},
    {"deceased", "wrong_person"}, {"clinical"}, {"complaint"},
    {"cancel_visit", "move_visit", "book", "call_me"}, {"cost"}, {"moved", "left_practice", "preference"},
    {"seen_elsewhere", "declined", "not_now"},
    {"question", "thanks", "auto_reply", "unreadable", "other"},
]  # fmt: skip


def test_intents_stand_in_the_order_of_the_rule():
    assert {one: rank for rank, ones in enumerate(RANKS, 1) for one in ones} == INTENT_RANKS
    assert list(INTENT_RANKS.values()) == sorted(INTENT_RANKS.values())


@pytest.mark.parametrize("intent", sorted(STATED))
def test_what_follows_is_the_plan_and_nothing_beside_it(intent):
    found, plan = effects_of(reading(intent), about=TEXTED), STATED[intent]
    assert found.tasks == ((plan.task,) if plan.task else ())
    assert (found.pause, found.contact_state) == (plan.pause, plan.contact_state)
    assert found.holds == (
        (HoldWanted("snooze", UNTIL),)
        if intent == "not_now"
        else (HoldWanted(plan.hold),)
        if plan.hold
        else ()
    )
    assert found.snooze_until == (UNTIL if intent == "not_now" else None)
    assert found.is_response is (intent != "auto_reply")
    assert found.is_handled is (plan.task is None)
    assert found.grants is (intent == "opt_in")
    assert found.binds_person is (intent != "wrong_person")
    assert found.wants_no_contact is False
    assert found.purposes == ("all",)
    assert found.revokes == {"opt_out": ("sms",), "wrong_person": ("sms",)}.get(intent, ())


class TestStop:
    @pytest.mark.parametrize(
        ("scope", "about", "revokes", "no_contact", "answered"),
        [
            ("", TEXTED, ("sms",), False, True),
            ("all", TEXTED, ("all",), True, True),
            ("phone", TEXTED, ("phone",), False, False),
            ("", MAILED, ("email",), False, False),
            ("all", MAILED, ("all",), True, False),
            ("sms", MAILED, ("sms",), False, False),
            ("", CALLED, ("phone",), False, False),
        ],
    )
    def test_how_far_it_binds_and_whether_it_is_answered(self, scope, about, revokes, no_contact, answered):
        found = effects_of(reading(match("opt_out", scope=scope)), about=about)
        assert (found.revokes, found.wants_no_contact, bool(found.answers)) == (revokes, no_contact, answered)
        assert (found.close, found.binds_person, found.is_handled) == ("opted_out", True, True)

    @pytest.mark.parametrize(
        ("said", "channel", "revoked"),
        [
            ([("", "R-A42"), ("phone", "R-A80")], "sms", ("phone", "sms")),
            ([("phone", "R-A42"), ("", "R-A80")], "sms", ("phone", "sms")),
            ([("all", "R-A42"), ("phone", "R-A80")], "sms", ("all",)),
            ([("email", "R-A42"), ("phone", "R-A42")], "sms", ("email", "phone")),
        ],
    )
    def test_one_bare_word_among_others_binds_its_own_channel_too(self, said, channel, revoked):
        matches = tuple(match("opt_out", scope=scope, source=source) for scope, source in said)
        assert revoked_channels(matches, channel=channel) == revoked

    def test_a_word_to_be_asked_about_binds_the_channel_it_came_by(self):
        assert revoked_channels((match("opt_out", scope="phone", asks=True),), channel="sms") == (
            "phone",
            "sms",
        )

    def test_one_doubtful_word_among_plain_ones_is_asked_about(self):
        found = effects_of(reading(match("opt_out"), match("opt_out", asks=True)), about=TEXTED)
        assert found.tasks == (TaskWanted("confirm_opt_out", "front_desk", 2, 540),)
        assert found.is_handled is False

    @pytest.mark.parametrize("flag", sorted(LEVEL_1_INTENTS))
    def test_beside_danger_a_person_calls_and_no_machine_answers(self, flag):
        found = effects_of(reading(flag, match("opt_out", scope="all")), about=TEXTED)
        assert (found.tasks, found.answers) == ((SAFETY,), ())
        assert (found.pause, found.revokes, found.wants_no_contact) == ("red_flag", ("all",), True)
        assert found.close == "opted_out"

    @pytest.mark.parametrize("beside", ["clinical", "complaint", "deceased", "wrong_person"])
    def test_what_was_said_beside_it_keeps_its_task_its_hold_and_its_pause(self, beside):
        found, plan = effects_of(reading("opt_out", beside), about=TEXTED), STATED[beside]
        assert found.tasks == (plan.task,)
        assert [one.kind for one in found.holds] == ([plan.hold] if plan.hold else [])
        assert (found.pause, found.contact_state) == (plan.pause, plan.contact_state)
        assert found.close == {"clinical": "opted_out", "complaint": "opted_out"}.get(beside, "")
        assert [one.template_key for one in found.answers] == ["opt_out_confirmation"]

    @pytest.mark.parametrize(
        "beside", ["book", "call_me", "cancel_visit", "move_visit", "cost", "preference"]
    )
    def test_what_only_needs_a_person_in_doubt(self, beside):
        doubt = effects_of(reading("opt_out_uncertain", beside), about=TEXTED)
        assert doubt.tasks == (STATED["opt_out_uncertain"].task, STATED[beside].task)
        assert (doubt.pause, doubt.close) == ("reply", "")
        assert effects_of(reading("opt_out", beside), about=TEXTED).tasks == ()

    @pytest.mark.parametrize("beside", ["clinical", "complaint", "deceased", "wrong_person"])
    def test_in_doubt_all_that_needs_a_person_has_one(self, beside):
        doubt = effects_of(reading("opt_out_uncertain", beside), about=TEXTED)
        assert [one.kind for one in doubt.tasks] == ["confirm_opt_out", STATED[beside].task.kind]
        # The first intent says why the case waits; the hold of the other keeps it waiting.
        assert (doubt.pause, doubt.close) == ("reply", "")

    def test_two_things_beside_it_are_one_task_by_the_graver(self):
        found = effects_of(reading("opt_out", "clinical", "complaint"), about=TEXTED)
        assert [one.kind for one in found.tasks] == ["clinical_question"]


class TestOtherMessages:
    def test_the_first_decides_and_what_comes_after_adds_no_task(self):
        found = effects_of(reading("clinical", "complaint", "book"), about=TEXTED)
        assert [one.kind for one in found.tasks] == ["clinical_question"]

    @pytest.mark.parametrize(
        ("scopes", "purposes"),
        [
            (["operations"], ("operations",)),
            ([""], ("all",)),
            (["operations", ""], ("all",)),
            (["all"], ("all",)),
        ],
    )
    def test_a_start_opens_all_unless_only_visits_were_named(self, scopes, purposes):
        found = effects_of(reading(*(match("opt_in", scope=one) for one in scopes)), about=TEXTED)
        assert (found.grants, found.purposes) == (True, purposes)

    def test_the_first_barrier_that_was_named_is_kept(self):
        said = reading(match("cost"), match("not_now", barrier="cost"), match("declined", barrier="fear"))
        assert effects_of(said, about=TEXTED).barrier == "cost"

    def test_a_wrong_person_binds_the_number_by_any_channel(self):
        for about in (TEXTED, MAILED, CALLED):
            assert effects_of(reading("wrong_person"), about=about).revokes == (about.channel,)

    def test_a_wrong_person_who_wants_no_contact_speaks_for_nobody_else(self):
        said = reading(match("opt_out", scope="all"), match("wrong_person"))
        found = effects_of(said, about=TEXTED)
        assert (found.revokes, found.binds_person, found.wants_no_contact) == (("all", "sms"), False, False)


PRESSES = {
    "stop": ("opt_out", "R-A40"), "not_now": ("not_now", "R-E10"), "wrong_person": ("wrong_person", "R-E10"),
    "ask_call": ("call_me", "R-E10"), "moved": ("left_practice", "R-E10"), "question": ("question", "R-E10"),
    "seen_elsewhere": ("seen_elsewhere", "R-E10"),
}  # fmt: skip


@pytest.mark.parametrize("choice", sorted(PRESSES))
def test_every_press_has_its_meaning_and_its_source(choice):
    intent, source = PRESSES[choice]
    assert pressed(choice) == Match(intent, f"page.{choice}", 3, source, "")
    assert reading_of(choice, None) == Classification((pressed(choice),), "")


@pytest.mark.parametrize(
    ("choice", "words", "intents"),
    [
        ("question", ["opt_out"], ("opt_out", "question")),
        ("question", ["deceased"], ("deceased", "question")),
        ("question", ["complaint"], ("complaint", "question")),
        ("question", ["book", "cost"], ("question",)),
        ("ask_call", ["clinical"], ("clinical", "call_me")),
        ("stop", ["crisis"], ("crisis", "opt_out")),
        ("stop", ["clinical"], ("opt_out", "clinical")),
        ("stop", ["complaint"], ("opt_out", "complaint")),
        ("stop", ["deceased"], ("opt_out", "deceased")),
        ("stop", ["book", "thanks"], ("opt_out",)),
    ],
)
def test_danger_and_a_stop_in_the_words_beside_a_press_count(choice, words, intents):
    said = reading(*(match(one, level=2 if one == "clinical" else 3) for one in words))
    found = reading_of(choice, said)
    assert (found.intents, found.language) == (intents, "en")
    assert len(found.matches) == len(intents)


class TestStopPressedWithWords:
    """The button ends messages; what was written beside it is heard as in a reply (promises 3, 5)."""

    def effects(self, *words):
        return effects_of(reading_of("stop", reading(*words)), about=TEXTED)

    def test_pain_reaches_the_clinician(self):
        found = self.effects(match("clinical", level=2))
        assert (found.tasks, found.pause) == ((STATED["clinical"].task,), "clinical")
        assert (found.revokes, found.close, found.is_handled) == (("sms",), "opted_out", False)

    def test_a_death_reaches_whoever_mends_the_record(self):
        found = self.effects("deceased")
        assert (found.tasks, found.close) == ((STATED["deceased"].task,), "")

    def test_words_against_all_contact_bind_all(self):
        found = self.effects(match("opt_out", scope="all"))
        assert (found.revokes, found.wants_no_contact) == (("all",), True)

    def test_beside_another_press_somebody_asks_what_a_doubtful_stop_meant(self):
        found = effects_of(reading_of("question", reading(match("opt_out", asks=True))), about=TEXTED)
        assert [one.kind for one in found.tasks] == ["confirm_opt_out"]
        assert found.revokes == ("sms",)

    def test_nobody_asks_what_was_meant(self):
        assert self.effects(match("opt_out", asks=True)).tasks == ()

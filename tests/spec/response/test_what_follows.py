"""What follows from a reply: one line per intent (R-E10, R-E30, R-E39, R-A40 ff)."""

import datetime as dt

import pytest

from rebook.core.response.choices import reading_of
from rebook.core.response.effects import PLANS, Circumstances, effects_of, revoked_channels
from rebook.core.response.values import INTENTS, LEVEL_1_INTENTS, Classification, Match
from rebook.core.words import AUTOMATION_HOLD_KINDS, CASE_OUTCOMES, CONTACT_POINT_STATES, TASK_KINDS

UNTIL = dt.date(2026, 12, 18)
TEXTED = Circumstances(channel="sms", snooze_until=UNTIL, has_other_contact=True)
MAILED = Circumstances(channel="email", snooze_until=UNTIL, has_other_contact=True)


def reading(*intents, scope="", source="R-A42", asks=False):
    matches = tuple(
        Match(
            one,
            f"en.{one}",
            1 if one in LEVEL_1_INTENTS else 3,
            source,
            "en",
            scope=scope,
            needs_confirmation=asks,
        )
        for one in intents
    )
    return Classification(matches, "en")


# intent -> (task, role, minutes), hold, pause, close
TABLE = [
    ("emergency", ("safety", "clinician", 0), "red_flag", "red_flag", ""),
    ("crisis", ("safety", "clinician", 0), "red_flag", "red_flag", ""),
    ("abuse", ("safety", "clinician", 0), "red_flag", "red_flag", ""),
    ("opt_out", None, "", "", "opted_out"),
    ("opt_out_uncertain", ("confirm_opt_out", "front_desk", 540), "reply_pending", "reply", ""),
    ("opt_in", None, "", "", ""),
    ("help", None, "", "", ""),
    ("deceased", ("data_quality", "coordinator", 240), "data_quality", "deceased", ""),
    ("wrong_person", ("data_quality", "front_desk", 540), "", "wrong_person", ""),
    ("clinical", ("clinical_question", "clinician", 60), "clinical_review", "clinical", ""),
    ("complaint", ("complaint", "manager", 240), "complaint", "complaint", ""),
    ("book", ("book", "front_desk", 15), "", "reply", ""),
    ("call_me", ("call_back", "front_desk", 15), "", "reply", ""),
    ("cost", ("billing", "front_desk", 240), "", "reply", ""),
    ("moved", ("data_quality", "front_desk", 1080), "data_quality", "moved", ""),
    ("declined", ("answer_reply", "front_desk", 240), "", "", "declined"),
    ("not_now", ("answer_reply", "front_desk", 240), "snooze", "", ""),
    ("question", ("answer_reply", "front_desk", 240), "", "reply", ""),
    ("auto_reply", None, "", "", ""),
    ("unreadable", ("answer_reply", "front_desk", 15), "", "reply", ""),
    ("other", ("answer_reply", "front_desk", 240), "", "reply", ""),
]


@pytest.mark.parametrize(("intent", "task", "hold", "pause", "close"), TABLE, ids=[row[0] for row in TABLE])
def test_each_intent_leads_to_its_own(intent, task, hold, pause, close):
    effects = effects_of(reading(intent), about=TEXTED)
    tasks = [(one.kind, one.role, one.minutes) for one in effects.tasks]
    assert tasks == ([task] if task else [])
    assert [one.kind for one in effects.holds] == ([hold] if hold else [])
    assert (effects.pause, effects.close) == (pause, close)
    assert effects.is_handled is (task is None)


def test_every_intent_has_a_plan_in_the_ledgers_words():
    assert set(PLANS) == set(INTENTS)
    for plan in PLANS.values():
        assert plan.task is None or plan.task.kind in TASK_KINDS
        assert plan.hold in ("", *AUTOMATION_HOLD_KINDS)
        assert plan.close in ("", *CASE_OUTCOMES)
        assert plan.contact_state in ("", *CONTACT_POINT_STATES)


def test_only_a_red_flag_is_answered_in_the_name_of_safety():
    origins = {intent: plan.answer.origin for intent, plan in PLANS.items() if plan.answer}
    assert {intent for intent, origin in origins.items() if origin == "safety"} == LEVEL_1_INTENTS


class TestStop:
    def test_by_text_it_is_confirmed_once_within_five_minutes(self):
        (answer,) = effects_of(reading("opt_out"), about=TEXTED).answers
        assert (answer.template_key, answer.origin, answer.minutes) == ("opt_out_confirmation", "reply", 5)

    def test_by_mail_or_where_the_vendor_confirms_nothing_is_sent(self):
        vendor = Circumstances(channel="sms", snooze_until=UNTIL, provider_confirms_stop=True)
        assert effects_of(reading("opt_out"), about=MAILED).answers == ()
        assert effects_of(reading("opt_out"), about=vendor).answers == ()

    def test_beside_a_red_flag_both_are_done_and_nothing_is_texted(self):
        effects = effects_of(reading("crisis", "opt_out"), about=TEXTED)
        assert effects.answers == ()
        assert [task.kind for task in effects.tasks] == ["safety"]
        assert (effects.revokes, effects.close) == (("sms",), "opted_out")

    @pytest.mark.parametrize("beside", ["clinical", "complaint", "deceased", "wrong_person"])
    def test_what_was_said_beside_it_still_reaches_a_person(self, beside):
        effects = effects_of(reading("opt_out", beside), about=TEXTED)
        assert len(effects.tasks) == 1
        assert "sms" in effects.revokes

    def test_of_somebody_with_the_wrong_number_it_binds_the_number_alone(self):
        effects = effects_of(reading("opt_out", "wrong_person", scope="all"), about=TEXTED)
        assert (effects.binds_person, effects.wants_no_contact) == (False, False)

    def test_a_bare_cancel_is_asked_about(self):
        effects = effects_of(reading("opt_out", asks=True), about=TEXTED)
        assert [task.kind for task in effects.tasks] == ["confirm_opt_out"]
        assert effects.revokes == ("sms",)

    def test_after_a_death_the_case_waits_for_a_person(self):
        effects = effects_of(reading("opt_out", "deceased"), about=TEXTED)
        assert (effects.close, effects.pause) == ("", "deceased")


@pytest.mark.parametrize(
    ("scopes", "source", "channel", "revoked"),
    [
        ([""], "R-A42", "sms", ("sms",)),
        ([""], "R-A42", "email", ("email",)),
        (["all"], "R-A42", "sms", ("all",)),
        (["phone"], "R-A42", "sms", ("phone",)),
        (["", "phone"], "R-A42", "sms", ("phone",)),
        (["phone", ""], "R-A80", "sms", ("phone", "sms")),
        (["", "all"], "R-A42", "email", ("all",)),
        (["", "+phone"], "R-A42", "sms", ("phone", "sms")),
        (["+phone"], "R-A42", "email", ("email", "phone")),
        (["phone", "+phone"], "R-A42", "sms", ("phone",)),
        (["all", "+phone"], "R-A42", "sms", ("all",)),
    ],
)
def test_how_far_a_stop_reaches(scopes, source, channel, revoked):
    matches = tuple(Match("opt_out", "k", 3, source, "en", scope=scope) for scope in scopes)
    assert revoked_channels(matches, channel=channel) == revoked


def test_a_wrong_person_with_no_other_way_ends_the_case():
    alone = Circumstances(channel="sms", snooze_until=UNTIL, has_other_contact=False)
    assert effects_of(reading("wrong_person"), about=alone).close == "wrong_person"
    assert effects_of(reading("wrong_person"), about=TEXTED).close == ""


def test_doubt_about_a_stop_does_not_hide_the_wish_to_book():
    kinds = [task.kind for task in effects_of(reading("opt_out_uncertain", "book"), about=TEXTED).tasks]
    assert kinds == ["confirm_opt_out", "book"]


class TestPressed:
    def test_a_press_means_what_it_says(self):
        assert reading_of("stop", None).first == "opt_out"
        assert reading_of("moved", None).first == "left_practice"

    def test_danger_in_the_words_beside_it_comes_first(self):
        words = reading("crisis", "cost")
        assert reading_of("question", words).intents == ("crisis", "question")

    def test_harmless_words_change_nothing(self):
        assert reading_of("not_now", reading("cost", "book")).intents == ("not_now",)

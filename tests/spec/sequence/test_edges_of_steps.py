"""A contact plan at its edges: the largest it may be, what is read back, what a class is owed, in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rebook.core.gaps import KINDS
from rebook.core.outreach.day_part import wished_from
from rebook.core.outreach.sequence import (
    BY_GAP_KIND,
    OWNER_ROLES,
    TEMPLATE_OF_GAP_KIND,
    BadSequence,
    Sequence,
    Step,
    as_json,
    from_json,
    next_step_at,
    template_for,
)
from rebook.core.outreach.sequence_edit import add_step, change_step, move_step
from rebook.core.outreach.sequence_effort import (
    LEAST_EFFORT,
    NEVER_SILENT_CLASS,
    SAME_DAY_CLASS,
    Effort,
    effort_for,
    shortfalls,
    steps_when_silent,
)
from rebook.core.outreach.sequence_move import Move, due_after_move, effect_of
from rebook.core.outreach.sequence_timeline import Timeline
from rebook.core.outreach.sequence_when import (
    HIGHEST_CLASS,
    BadWhen,
    SoFar,
    When,
    conditions,
    unmet,
    when_from_json,
)
from rebook.core.outreach.sequence_words import sentences, sequence_name, step_sentence, who_words
from rebook.core.outreach.wishes import wish_for, wishes_kept

ZONE = "America/New_York"
STEP = {"channel": "sms", "delay_days": 0}


def plan(*steps, **more):
    made = tuple(replace(one, index=index) for index, one in enumerate(steps))
    return Sequence("x.y", made, **more)


def read(*steps, **more):
    return from_json({"key": "x.y", "steps": list(steps or [STEP]), **more})


class TestWhatMayBeWritten:
    def test_twelve_steps_and_no_more(self):
        assert len(read(*[STEP] * 12).steps) == 12
        with pytest.raises(BadSequence, match="more than 12"):
            read(*[STEP] * 13)

    def test_a_year_of_waiting_and_no_more(self):
        assert read({**STEP, "delay_days": 365}).steps[0].delay_days == 365
        with pytest.raises(BadSequence, match="delay_days must be at most 365") as raised:
            read(STEP, {**STEP, "delay_days": 366})
        assert (raised.value.field, raised.value.step, raised.value.permanent) == ("delay_days", 1, True)

    def test_who_may_be_given_a_call(self):
        assert OWNER_ROLES == ("front_desk", "coordinator", "clinician", "manager")
        for role in ("", *OWNER_ROLES):
            assert read({**STEP, "owner_role": role}).steps[0].owner_role == role
        with pytest.raises(BadSequence, match="owner_role must be one of") as raised:
            read({**STEP, "owner_role": "janitor"})
        assert (raised.value.field, raised.value.step) == ("owner_role", 0)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"fallbacks": "sms"}, "fallbacks"),
            ({"fallbacks": ""}, "fallbacks"),
            ({"fallbacks": ["pigeon"]}, "fallbacks"),
            ({"stop_conditions": ["rain"]}, "stop_conditions"),
            ({"day_part": "night"}, "day_part"),
            ({"delay_days": -1}, "delay_days"),
            ({"channel": None}, "channel"),
            ({"when": {"tier": "lost"}}, "tier"),
            ({"when": {"min_class": 6}}, "min_class"),
            ({"when": []}, "when"),
            ({"when": {"weather": "yes"}}, "when"),
        ],
    )
    def test_what_is_wrong_names_its_step_and_field(self, change, field):
        with pytest.raises(BadSequence, match="step 1: ") as raised:
            read(STEP, {**STEP, **change})
        assert (raised.value.field, raised.value.step) == (field, 1)

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"key": ""}, "key is missing"),
            ({"key": 7}, "key is missing"),
            ({"steps": []}, "steps are missing"),
            ({"steps": ()}, "steps are missing"),
            ({"min_class": 4, "max_class": 3}, "min_class is above max_class"),
            ({"rest_days": True}, "rest_days must be a whole number from 0"),
        ],
    )
    def test_what_is_wrong_with_the_whole(self, change, says):
        with pytest.raises(BadSequence, match=says) as raised:
            read(**change)
        assert raised.value.step is None

    def test_what_is_left_out_is_as_usual(self):
        made = read({"channel": "sms"})
        assert made == Sequence("x.y", (Step(0, "sms", 0),))
        assert (made.rest_days, made.min_class, made.max_class) == (60, 0, 5)
        assert read(min_class=3, max_class=3).min_class == 3
        step = made.steps[0]
        assert (step.business_days, step.working_day, step.preference_may_replace) == (False, False, True)

    def test_what_is_frozen_is_plain_json_and_is_read_back(self):
        whole = plan(
            Step(0, "sms", 0, fallbacks=("email",), when=When(tier=("lost",), min_class=2)),
            Step(1, "phone", 3, "x", True, "evening", (), ("booked",), False, When(read="no"), "clinician"),
            rest_days=30, gap_kinds=("interval",), min_class=1, max_class=4, source="R-C146", title="Check",
        )  # fmt: skip
        frozen = as_json(whole)
        assert from_json(frozen) == whole
        assert [type(frozen[name]) for name in ("gap_kinds", "steps")] == [list, list]
        assert [frozen["steps"][0][name] for name in ("fallbacks", "when")] == [
            ["email"], {"min_class": 2, "tier": ["lost"]},
        ]  # fmt: skip


# R-C120 to R-C132 and the kinds before them: what a patient is told a contact is about.
WORDS = {
    "interval": "due_visit", "follow_up_not_booked": "follow_up", "cancelled_not_rebooked": "cancelled",
    "no_show_not_rebooked": "no_show", "inactive": "check_in", "later_than_usual": "check_in",
    "result_awaiting_follow_up": "talk_with_us", "safety_notice": "talk_with_us",
    "referral_out_incomplete": "referral_visit", "referral_in_not_scheduled": "referral_visit",
    "test_not_done": "ordered_test", "intake_unfinished": "finish_booking", "high_intent": "finish_booking",
    "waiting_list_match": "time_opened", "refill_lapsed": "due_visit", "treatment_unscheduled": "next_step",
    "treatment_plan_dropped": "next_session",
}  # fmt: skip


def test_every_kind_of_reason_has_the_stated_words():
    assert dict(TEMPLATE_OF_GAP_KIND) == WORDS
    assert set(WORDS) <= set(KINDS)
    for kind, key in WORDS.items():
        assert template_for(Step(0, "sms", 0), gap_kind=f"{kind}:17") == key
    assert template_for(Step(0, "sms", 0, "own_words"), gap_kind="inactive") == "own_words"
    assert BY_GAP_KIND == "by_gap_kind"


AT = datetime(2026, 12, 1, 19, 30, tzinfo=UTC)


class TestFirstStep:
    """Half past two in the afternoon in New York."""

    @pytest.mark.parametrize(
        ("step", "due"),
        [
            (Step(0, "sms", 0), AT),
            (Step(0, "sms", 0, day_part="evening"), datetime(2026, 12, 1, 22, tzinfo=UTC)),
            (Step(0, "sms", 0, day_part="morning"), AT),
            (Step(0, "sms", 1), datetime(2026, 12, 2, 15, tzinfo=UTC)),
            (Step(0, "sms", 2, day_part="midday"), datetime(2026, 12, 3, 17, tzinfo=UTC)),
            (Step(0, "sms", 2), datetime(2026, 12, 3, 15, tzinfo=UTC)),
        ],
    )
    def test_at_once_only_where_neither_a_delay_nor_a_part_of_the_day_is_asked_for(self, step, due):
        assert next_step_at(plan(step), step_index=0, anchor_at=AT, zone=ZONE) == due

    def test_at_once_in_the_night_is_in_the_night(self):
        night = datetime(2026, 12, 1, 7, tzinfo=UTC)
        assert next_step_at(plan(Step(0, "sms", 0)), step_index=0, anchor_at=night, zone=ZONE) == night

    def test_a_second_step_without_delay_waits_for_its_part_of_the_day(self):
        made = plan(Step(0, "sms", 0), Step(1, "email", 0))
        early = datetime(2026, 12, 1, 12, tzinfo=UTC)
        assert next_step_at(made, step_index=1, anchor_at=early, zone=ZONE) == early + timedelta(hours=3)

    def test_the_first_instant_of_the_part_wished_for_is_in_it(self):
        noon = datetime(2026, 12, 1, 17, tzinfo=UTC)
        assert wished_from(noon, wish="afternoon", zone=ZONE) == noon
        assert wished_from(noon, wish="morning", zone=ZONE) == datetime(2026, 12, 2, 14, tzinfo=UTC)


class TestEffort:
    def test_what_each_class_is_owed_is_the_stated_rule(self):
        assert (
            Effort(2, 0, 0, False), Effort(2, 0, 0, False), Effort(3, 0, 0, False), Effort(4, 2, 1, False),
            Effort(4, 2, 1, True), Effort(4, 2, 1, True),
        ) == LEAST_EFFORT  # fmt: skip
        assert (NEVER_SILENT_CLASS, SAME_DAY_CLASS, HIGHEST_CLASS) == (3, 4, 5)

    @pytest.mark.parametrize(
        ("given", "reaches"),
        [
            (Effort(4, 2, 1, True), True),
            (Effort(3, 2, 1, True), False),
            (Effort(4, 1, 1, True), False),
            (Effort(4, 2, 0, True), False),
            (Effort(4, 2, 1, False), False),
            (Effort(9, 9, 9, True), True),
        ],
    )
    def test_every_part_of_it_is_owed(self, given, reaches):
        assert given.reaches(LEAST_EFFORT[4]) is reaches

    def test_the_fewest_calls_of_all_who_are_silent_count(self):
        sure = Step(0, "phone", 0, preference_may_replace=False)
        only_unread = replace(sure, delay_days=3, when=When(read="no"))
        assert effort_for(plan(sure, only_unread), risk_class=3) == Effort(1, 1, 0, True)

    def test_a_call_on_the_first_day_that_only_some_get_is_none(self):
        call = Step(0, "phone", 0, preference_may_replace=False, when=When(delivered="no"))
        assert effort_for(plan(call), risk_class=3) == Effort(0, 0, 0, False)

    def test_only_a_call_that_nothing_replaces_is_a_call(self):
        text = Step(0, "sms", 0, preference_may_replace=False)
        assert effort_for(plan(text), risk_class=3) == Effort(1, 0, 0, False)
        assert effort_for(plan(replace(text, channel="letter")), risk_class=3) == Effort(1, 0, 1, False)

    @pytest.mark.parametrize(
        "whens",
        [
            # Whatever is reported, somebody gets none of these: not arrived, arrived and unread, read.
            (When(delivered="yes"),),
            (When(delivered="yes"), When(read="yes")),
            (When(delivered="no"), When(read="yes")),
            (When(delivered="no"), When(read="no", delivered="yes")),
            (When(clicked="yes"),),
            (When(clicked="no"),),
        ],
    )
    def test_every_report_of_arrival_is_thought_of(self, whens):
        made = plan(*(Step(0, "sms", 0, when=when) for when in whens))
        assert effort_for(made, risk_class=1).contacts == 0

    def test_the_shortfall_is_told_in_full(self):
        letters = plan(Step(0, "letter", 0), Step(1, "letter", 1), min_class=2, max_class=4)
        assert [one.says for one in shortfalls(letters)] == [
            "class 2 needs 3 contacts (R-C5); who never answers may get 2 contacts, 0 such calls, 2 letters, "
            "no call on the first day",
            "class 3 needs 4 contacts, 2 of them calls that a preference does not replace, a letter (R-C5); "
            "who never answers may get 2 contacts, 0 such calls, 2 letters, no call on the first day",
            "class 4 needs 4 contacts, 2 of them calls that a preference does not replace, a letter, "
            "a call on the first day (R-C5); who never answers may get 2 contacts, 0 such calls, 2 letters, "
            "no call on the first day",
        ]
        call = replace(Step(0, "phone", 0), preference_may_replace=False)
        (short,) = shortfalls(plan(call, Step(1, "letter", 1), min_class=2, max_class=2))
        assert short.says.endswith("may get 2 contacts, 1 such calls, 1 letter")

    def test_unless_it_is_said_a_silent_patient_was_reached_by_none_of_it(self):
        steps = [
            Step(0, "sms", 0, when=When(read="yes")),
            Step(1, "sms", 1, when=When(clicked="yes")),
            Step(2, "sms", 1, when=When(delivered="yes")),
        ]
        assert [step.index for _, step in steps_when_silent(plan(*steps), risk_class=1)] == [2]


class TestConditions:
    def test_five_reasons_are_listed_and_six_are_counted(self):
        five = ("cost", "fear", "forgot", "moved", "health")
        assert conditions(When(not_barrier=five))[0].endswith("moved away or too ill to come just now")
        assert conditions(When(not_barrier=(*five, "other"))) == (
            "their reason is none of the 6 that are met in another way",
        )

    @pytest.mark.parametrize(
        ("when", "risk_class", "is_taken"),
        [
            (When(min_class=1), 0, False),
            (When(min_class=1), 1, True),
            (When(max_class=4), 5, False),
            (When(max_class=4), 4, True),
            # The highest class has no end.
            (When(max_class=5), 6, True),
        ],
    )
    def test_classes_from_and_to(self, when, risk_class, is_taken):
        passed = unmet(when, SoFar(risk_class=risk_class))
        assert (passed is None) is is_taken
        assert passed is None or passed.rule == "step_condition"

    def test_class_one_is_told(self):
        assert conditions(When(min_class=1)) == ("it is of class 1 or higher",)
        assert conditions(When()) == ()

    @pytest.mark.parametrize("value", [{"tier": "lost"}, {"barrier": "cost"}, {"barrier": 5}])
    def test_a_word_alone_is_no_list(self, value):
        with pytest.raises(BadWhen, match="must be a list of words") as raised:
            when_from_json(value)
        assert raised.value.permanent


class TestEditing:
    MADE = plan(Step(0, "sms", 0), Step(1, "email", 2), Step(2, "phone", 3))

    def channels(self, made):
        assert [step.index for step in made.steps] == list(range(len(made.steps)))
        return [step.channel for step in made.steps]

    @pytest.mark.parametrize(
        ("place", "expected"),
        [(0, ["letter", "sms", "email", "phone"]), (3, ["sms", "email", "phone", "letter"])],
    )
    def test_a_step_fits_at_either_end(self, place, expected):
        assert self.channels(add_step(self.MADE, place=place, step=Step(0, "letter", 1))) == expected

    @pytest.mark.parametrize("place", [-1, 4])
    def test_and_nowhere_beyond(self, place):
        with pytest.raises(BadSequence, match="no such place"):
            add_step(self.MADE, place=place, step=Step(0, "letter", 1))

    def test_changing_one_leaves_the_others(self):
        made = change_step(self.MADE, index=1, step=Step(0, "letter", 1))
        assert self.channels(made) == ["sms", "letter", "phone"]

    @pytest.mark.parametrize(
        ("index", "by", "expected"),
        [
            (2, 1, ["sms", "email", "phone"]),
            (1, 1, ["sms", "phone", "email"]),
            (0, 9, ["email", "phone", "sms"]),
            (0, -1, ["sms", "email", "phone"]),
        ],
    )
    def test_moving_stops_at_either_end(self, index, by, expected):
        assert self.channels(move_step(self.MADE, index=index, by=by)) == expected


class TestMoving:
    OLD = plan(Step(0, "sms", 0), Step(1, "email", 4))
    NEW = plan(Step(0, "sms", 0), Step(1, "email", 6))

    def due(self, position, *, last=None, opened=AT, now=AT):
        return due_after_move(
            self.OLD, self.NEW, Move(position, "changed"), position=position, last_step_at=last,
            opened_at=opened, now=now, zone=ZONE,
        )  # fmt: skip

    def test_counted_from_the_last_contact_or_from_the_beginning(self):
        assert self.due(1, last=AT - timedelta(days=2)) == datetime(2026, 12, 5, 15, tzinfo=UTC)
        assert self.due(1, opened=AT - timedelta(days=1)) == datetime(2026, 12, 6, 15, tzinfo=UTC)
        assert self.due(0, opened=AT + timedelta(hours=1)) == AT + timedelta(hours=1)

    def test_who_has_done_nothing_waits_for_the_first_step_as_the_new_plan_says(self):
        later = plan(Step(0, "sms", 3), Step(1, "email", 4))
        due = due_after_move(
            self.OLD,
            later,
            Move(0, "changed"),
            position=0,
            last_step_at=None,
            opened_at=AT,
            now=AT,
            zone=ZONE,
        )
        assert due == datetime(2026, 12, 4, 15, tzinfo=UTC)

    def test_never_before_now_and_never_after_the_end(self):
        late = AT + timedelta(days=30)
        assert self.due(1, last=AT, now=late) == late
        assert self.due(2, last=AT) is None

    def test_only_what_happens_is_counted_and_a_clinician_hears_of_the_grave_ones(self):
        effect = effect_of([(Move(2, "ends"), 3), (Move(2, "ends"), 2), (Move(1, "same"), 5)])
        assert (effect.cases, effect.kinds, effect.told) == (3, (("same", 1), ("ends", 2)), 1)
        assert effect.stamp == "cases=3,same=1,ends=2"


@pytest.mark.parametrize(
    ("last_day", "marks"),
    [
        (0, (0,)),
        (7, (0, 1, 2, 3, 4, 5, 6, 7)),
        (8, (0, 2, 4, 6, 8)),
        (15, (0, 7, 14)),
        (50, (0, 14, 28, 42)),
        (99, (0, 28, 56, 84)),
        (197, (0, 56, 112, 168)),
        (393, (0, 112, 224, 336)),
        (785, (0, 364, 728)),
    ],
)
def test_at_most_eight_days_are_written_under_the_axis(last_day, marks):
    assert Timeline((), (), last_day).marks == marks


SENTENCES = [
    (Step(0, "sms", 0), "At once, a text"),
    (Step(0, "sms", 0, business_days=True), "On the first day, a text"),
    (Step(0, "sms", 0, day_part="morning"), "On the first day, in the morning, a text"),
    (Step(0, "portal", 1), "1 day after they come in, a portal message"),
    (Step(1, "letter", 0), "The same day, a letter, unless they answered"),
    (Step(1, "email", 2, business_days=True, day_part="midday"),
     "2 business days later, around noon, an e-mail, unless they answered"),
    (Step(1, "sms", 1, preference_may_replace=False), "1 day later, a text, unless they answered"),
    (Step(1, "phone", 1, preference_may_replace=False, owner_role="clinician", stop_conditions=()),
     "1 day later, a call by a clinician (whatever they prefer)"),
    (Step(1, "phone", 3, owner_role="coordinator", when=When(replied="no")),
     "3 days later, a call by a care coordinator, only if they have not answered"),
    (Step(1, "phone", 3, "own_words", owner_role="manager", working_day=True, fallbacks=("sms", "email")),
     "3 days later or the next working day, a call by the practice manager in the words of “own words”, "
     "unless they answered; if that cannot reach them, by text or e-mail"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "said"), SENTENCES, ids=[row[1] for row in SENTENCES])
def test_a_step_in_words(step, said):
    assert step_sentence(step) == said


def test_a_frozen_plan_in_words_and_one_that_cannot_be_read():
    assert sentences([STEP]) == ["At once, a text"]
    assert sentences([{"channel": "pigeon"}]) == []


@pytest.mark.parametrize(
    ("title", "key", "name"),
    [("Check", "a.b", "Check"), ("", "dental.check_up", "Check up"), ("", "solo", "Solo")],
)
def test_what_people_call_it(title, key, name):
    assert sequence_name(Sequence(key, (), title=title)) == name


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 5, "every class"),
        (0, 4, "classes 0 to 4"),
        (1, 5, "class 1 and higher"),
        (2, 2, "class 2"),
        (2, 4, "classes 2 to 4"),
        (5, 5, "class 5"),
    ],
)
def test_for_whom_it_is_the_default(low, high, said):
    assert who_words(Sequence("k", (), min_class=low, max_class=high)) == said


class TestWishes:
    CARE = Step(0, "phone", 0, preference_may_replace=False)

    @pytest.mark.parametrize(
        ("step", "risk_class", "wish"),
        [
            (CARE, 4, ""),
            (CARE, 3, "evening"),
            (replace(CARE, preference_may_replace=True), 5, "evening"),
            (replace(CARE, channel="sms"), 5, "evening"),
        ],
    )
    def test_only_a_call_that_is_care_does_not_wait_in_class_four(self, step, risk_class, wish):
        assert wish_for(step, wish="evening", risk_class=risk_class) == wish

    @pytest.mark.parametrize(
        ("channel", "preferred", "said"),
        [
            ("phone", "sms", ["a call whatever they prefer: it is part of the care"]),
            ("phone", "phone", []),
            ("phone", "", []),
        ],
    )
    def test_what_the_care_overrules_is_told(self, channel, preferred, said):
        kept = wishes_kept(
            self.CARE, channel=channel, preferred=preferred, wish="", language="en", default_language="en"
        )
        assert [reason.detail for reason in kept] == said

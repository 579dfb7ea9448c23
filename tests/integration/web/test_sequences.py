"""Sequences for staff: looked at, made one's own, changed step by step, published, tried on a patient."""

from dataclasses import replace

import pytest
from django.urls import reverse

from rebook.core.outreach.sequence import from_json
from rebook.core.outreach.sequence_when import ALWAYS
from rebook.flow.outreach.sequences import change_sequence, sequence_file
from rebook.records.models import Attempt, Case, GuardDecision, SequenceVersion, Task

pytestmark = pytest.mark.django_db

KEY = "own.our_check_up"


@pytest.fixture
def manager(clinic, signed_in):
    return signed_in(clinic, "manager")


CHANNELS = ["sms", "email", "phone", "letter"]


@pytest.fixture
def clone(clinic, manager):
    answer = manager.post(
        reverse("sequence_clone", args=["dental.check_up"]), {"title": " Our  check up "}, follow=True
    )
    assert answer.status_code == 200
    return lambda: sequence_file(organisation_id=clinic.organisation.pk, key=KEY)


@pytest.fixture
def own(clinic, clone):
    """A sequence of the practice's own with three plain steps."""

    def first_three(sequence):
        steps = [replace(one, when=ALWAYS) for one in sequence.steps if not one.when.barrier]
        plain = [next(one for one in steps if one.channel == kind) for kind in ("sms", "email", "phone")]
        return replace(sequence, steps=tuple(replace(one, index=n) for n, one in enumerate(plain)))

    change_sequence(
        organisation_id=clinic.organisation.pk, key=KEY, change=first_three, now=clinic.now, actor="user:1"
    )
    return clone


def step(**change):
    return {"channel": "phone", "delay_days": "2", "unit": "business", "day_part": "evening"} | change


def test_the_list_shows_the_plans_of_the_practices_packs(clinic, manager):
    page = manager.get(reverse("sequences")).content.decode()
    assert "Check up" in page
    assert "Dental" in page
    assert reverse("sequence", args=["dental.check_up"]) in page
    assert "no sequence of your own yet" in page


def test_a_shipped_plan_is_shown_step_by_step_and_stays_as_it_is(clinic, manager):
    page = manager.get(reverse("sequence", args=["dental.check_up"])).content.decode()
    assert "At once, a text" in page
    assert "only if their reason is none of the 14 that are met in another way" in page
    assert "A letter" in page or "a letter" in page
    assert "<svg" in page
    assert reverse("step_new", args=["dental.check_up"]) not in page
    assert manager.get(reverse("step", args=["dental.check_up", 0])).status_code == 404
    assert manager.post(reverse("sequence_act", args=["dental.check_up", "publish"])).status_code == 404


def test_an_unknown_plan_is_not_found(manager):
    for key in ("dental.nothing", "own.nothing", "eye.check_up"):
        assert manager.get(reverse("sequence", args=[key])).status_code == 404


def test_ones_own_is_made_from_a_shipped_one(clone):
    file = clone()
    assert (file.sequence.title, file.draft.number, file.published) == ("Our check up", 1, None)
    assert file.draft.made_from == "dental.check_up"
    assert [one.channel for one in file.sequence.steps if not one.when.barrier] == CHANNELS
    # The branches of the house are steps of one's own now, to be changed like the others.
    assert len([one for one in file.sequence.steps if one.when.barrier]) == 4
    assert file.problems == ()


def test_a_step_is_added_changed_moved_and_taken_out(manager, own):
    asked = step(
        fallbacks=["email", "sms"], template_key="by_gap_kind", owner_role="coordinator", delivered="no",
        barrier=["cost", "fear"], min_class="1", max_class="2", tier=["dormant"], keeps_channel="1",
    )  # fmt: skip
    manager.post(reverse("step_new", args=[KEY]), asked)
    added = own().sequence.steps[3]
    assert (added.channel, added.delay_days, added.business_days, added.day_part) == (
        *("phone", 2, True),
        "evening",
    )
    assert (added.owner_role, added.preference_may_replace) == ("coordinator", False)
    assert added.when.as_json() == {
        "delivered": "no",
        "barrier": ["cost", "fear"],
        "min_class": 1,
        "max_class": 2,
        "tier": ["dormant"],
    }
    page = manager.get(reverse("sequence", args=[KEY])).content.decode()
    assert "only if no contact has arrived and their reason is cost or fear or worry" in page
    manager.post(reverse("step", args=[KEY, 0]), step(channel="letter", delay_days="0", unit="days"))
    assert own().sequence.steps[0].channel == "letter"
    manager.post(reverse("step_act", args=[KEY, 3, "up"]))
    assert [one.channel for one in own().sequence.steps] == ["letter", "email", "phone", "phone"]
    assert own().sequence.steps[2].owner_role == "coordinator"
    manager.post(reverse("step_act", args=[KEY, 0, "down"]))
    manager.post(reverse("step_act", args=[KEY, 1, "remove"]))
    assert [one.channel for one in own().sequence.steps] == ["email", "phone", "phone"]
    assert [one.index for one in own().sequence.steps] == [0, 1, 2]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"delay_days": "soon"}, "A whole number from 0 to 365."),
        ({"delay_days": "-1"}, "A whole number from 0 to 365."),
        ({"delay_days": "9999"}, "A whole number from 0 to 365."),
        ({"delay_days": "²"}, "A whole number from 0 to 365."),
        ({"fallbacks": ["phone"]}, "A channel cannot be its own second way."),
        ({"channel": "pigeon"}, "Channel must be"),
        ({"day_part": "midnight"}, "Day_part must be"),
        ({"delivered": "perhaps"}, "Delivered must be"),
        (
            {"barrier": ["cost"], "not_barrier": ["cost"]},
            "The same reason cannot be asked for and ruled out.",
        ),
        ({"barrier": ["weather"]}, "Barrier must be"),
        ({"min_class": "3", "max_class": "1"}, "Min_class is above max_class."),
        ({"owner_role": "chef"}, "Owner_role must be"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(change, says, manager, own):
    before = own().sequence
    answer = manager.post(reverse("step_new", args=[KEY]), step(**change))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="field-error" id="' in page
    assert says.replace("_", "_") in page
    assert own().sequence == before


def test_a_plan_that_does_too_little_is_not_published(clinic, manager, own):
    manager.post(
        reverse("sequence_settings", args=[KEY]),
        {"title": "For everybody", "min_class": "0", "max_class": "4", "rest_days": "30"},
    )
    page = manager.get(reverse("sequence", args=[KEY])).content.decode()
    assert "Class 3 needs 4 contacts, 2 of them calls that a preference does not replace, a letter" in page
    assert "Publish version 1" in page
    assert " disabled>Publish" in page
    manager.post(reverse("sequence_act", args=[KEY, "publish"]))
    assert SequenceVersion.objects.get().state == "draft"
    assert "Class 3 needs 4 contacts" in manager.get(reverse("sequence", args=[KEY])).content.decode()


def test_settings_that_cannot_be_are_said_beside_their_field(manager, own):
    answer = manager.post(
        reverse("sequence_settings", args=[KEY]),
        {"title": " ", "min_class": "2", "max_class": "1", "rest_days": "long"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    for says in ("A name of at most 60 letters.", "below the lowest", "A whole number from 0 to 730."):
        assert says in page
    assert own().sequence.title == "Our check up"


def test_published_versions_stay_and_a_change_makes_the_next_draft(clinic, manager, own):
    manager.post(reverse("sequence_act", args=[KEY, "publish"]))
    assert own().published.number == 1
    manager.post(reverse("step_act", args=[KEY, 2, "remove"]))
    file = own()
    assert (file.draft.number, len(file.sequence.steps)) == (2, 2)
    assert len(from_json(file.published.content).steps) == 3
    # Two contacts are too few for class 2: the draft waits, the published one is what campaigns get.
    assert [one.field for one in file.problems] == ["max_class"]
    page = manager.get(reverse("campaign_new")).content.decode()
    assert KEY in page
    manager.post(reverse("sequence_act", args=[KEY, "discard"]))
    assert (own().draft, len(own().sequence.steps)) == (None, 3)


def test_the_last_step_cannot_be_taken_out(manager, own):
    for _ in range(2):
        manager.post(reverse("step_act", args=[KEY, 0, "remove"]))
    answer = manager.post(reverse("step_act", args=[KEY, 0, "remove"]), follow=True)
    assert "needs at least one step" in answer.content.decode()
    assert len(own().sequence.steps) == 1


@pytest.mark.parametrize("role", ["front_desk", "clinician", "analyst"])
def test_who_may_not_change_campaigns_may_look(role, clinic, signed_in, own):
    member = signed_in(clinic, role)
    assert member.get(reverse("sequence", args=[KEY])).status_code == 200
    assert member.get(reverse("step_new", args=[KEY])).status_code == 403
    assert member.post(reverse("sequence_act", args=[KEY, "publish"])).status_code == 403
    assert own().published is None


def test_a_replay_tells_the_story_and_writes_nothing_about_the_patient(clinic, manager):
    patient = clinic.patients[7]
    before = (
        Attempt.objects.count(),
        Case.objects.count(),
        GuardDecision.objects.count(),
        Task.objects.count(),
    )
    address = reverse("patient_replay", args=[patient.pk])
    assert "What may happen" in manager.get(address).content.decode()
    answer = manager.post(address, {"sequence": "dental.close", "script": "day 2: reply call me"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="story"' in page
    assert "Pauses" in page
    after = (
        Attempt.objects.count(),
        Case.objects.count(),
        GuardDecision.objects.count(),
        Task.objects.count(),
    )
    assert after == before


def test_a_plan_can_be_tried_before_its_texts_are_signed(clinic, manager):
    address = reverse("patient_replay", args=[clinic.patients[7].pk])
    asked = {"sequence": "dental.close", "script": ""}
    refused = manager.post(address, asked).content.decode()
    assert "0 contacts would go out" in refused
    assert "Texts that are not signed off yet are refused" in refused
    tried = manager.post(address, asked | {"signed": "1"}).content.decode()
    assert "Goes out" in tried
    assert "not signed off yet" not in tried
    # Of class 3: when nobody answers, a clinician hears of it.
    assert "Could not be reached, for a clinician" in tried


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("tomorrow: books", "Line 1: &#34;tomorrow&#34; is no day of the week."),
        ("day 1: books\nday 2: sneezes", "Line 2: &#34;sneezes&#34; is none of"),
        ("day 1 25:00: books", "Line 1: there is no time 25:00."),
    ],
)
def test_a_script_that_cannot_be_read_says_which_line(script, says, clinic, manager):
    address = reverse("patient_replay", args=[clinic.patients[7].pk])
    answer = manager.post(address, {"sequence": "dental.close", "script": script})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_plan_is_tried_on_a_patient_of_ones_choice(clinic, manager):
    page = manager.get(reverse("sequence_replay", args=["dental.close"])).content.decode()
    assert reverse("patient_replay", args=[clinic.patients[7].pk]) in page
    page = manager.get(reverse("sequence_replay", args=["dental.close"]), {"q": "zzzz"}).content.decode()
    assert "Nobody by that name" in page


def test_another_practices_plan_and_patient_are_not_there(clinic, manager, own, signed_in):
    from support.clinic import make_clinic

    other = make_clinic("oak-street")
    stranger = signed_in(other, "manager")
    assert stranger.get(reverse("sequence", args=[KEY])).status_code == 404
    assert stranger.get(reverse("patient_replay", args=[clinic.patients[0].pk])).status_code == 404

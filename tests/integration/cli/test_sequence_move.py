"""``sequences move``: said first, then done part by part; broken off and begun again nothing comes twice."""

import pytest

from rebook.accounts.models import AuditEvent
from rebook.core.outreach.sequence import Sequence, Step, as_json
from rebook.flow.outreach import sequences_moving_all as moving
from rebook.flow.outreach.sequences import UnableToSave
from rebook.records.models import Campaign, CampaignSequence, Case, SequenceVersion
from support.outreach import DAY, NOW, make_clinic

pytestmark = pytest.mark.django_db
KEY = "own.test"


def plan(*days, key=KEY):
    before = (0, *days)
    steps = [
        Step(number, ("sms", "email", "phone", "letter")[number], day - before[number])
        for number, day in enumerate(days)
    ]
    return Sequence(key, tuple(steps), max_class=1)


OLD, NEW, NEWER = plan(0, 4, 10), plan(0, 4), plan(0, 4, 10, 21)


@pytest.fixture
def clinic(db, settings, tmp_path):
    settings.HOME = tmp_path
    return make_clinic()


def publish(clinic, sequence):
    SequenceVersion.objects.create(
        organisation=clinic.organisation, key=sequence.key, state="published", content=as_json(sequence),
        number=SequenceVersion.objects.count() + 1, created_by="user:1", created_at=NOW, published_at=NOW,
    )  # fmt: skip


@pytest.fixture
def running(clinic):
    """A campaign on the old plan with seven open cases: two at its end, three in the middle, two fresh."""
    campaign = Campaign.objects.create(
        organisation=clinic.organisation, name="Due visits", state="active", sequence_key=KEY,
        sequence=as_json(OLD), owner=clinic.manager, launched_at=NOW,
    )  # fmt: skip
    for number, done in enumerate((3, 3, 1, 1, 1, 0, 0)):
        patient = clinic.patient(number, email=True)
        Case.objects.create(
            organisation=clinic.organisation, campaign=campaign, patient=patient, gap=patient.gaps.get(),
            opened_at=NOW, step_index=done, next_step_at=None if done == 3 else NOW + 4 * DAY,
        )  # fmt: skip
    return campaign


def of(clinic, campaign, **more):
    return {"organisation_id": clinic.id, "campaign_id": campaign.pk, "key": KEY, **more}


def standing():
    return list(
        Case.objects.order_by("pk").values_list(
            "step_index", "step_shift", "sequence_version", "next_step_at"
        )
    )


def test_a_dry_run_says_what_would_happen_and_changes_nothing(clinic, running, answer, rebook):
    publish(clinic, NEWER)
    before = standing()
    said = answer("sequences", "move", "Due visits", "--to", KEY, "--dry-run")
    assert said["kinds"] == {"same": 5, "gains": 2}
    assert (said["cases"], said["done"], said["left_behind"]) == (7, False, 0)
    assert standing() == before
    assert not CampaignSequence.objects.exists()
    assert "Nothing was changed" in rebook("sequences", "move", "Due visits", "--to", KEY, "--dry-run").stdout


def test_a_move_does_what_it_said_and_the_second_time_there_is_nothing_to_do(clinic, running, answer, rebook):
    publish(clinic, NEWER)
    said = answer("sequences", "move", str(running.pk), "--to", KEY, "--dry-run")
    done = answer("sequences", "move", str(running.pk), "--to", KEY, "--expect", said["effect"])
    assert (done["done"], done["kinds"], done["effect"]) == (True, said["kinds"], said["effect"])
    assert [version for _, _, version, _ in standing()] == [0] * 7
    # Who had come to the end gets the letter; the others keep their day.
    assert [at is not None for *_, at in standing()] == [True] * 7
    assert [at for *_, at in standing()][2:] == [NOW + 4 * DAY] * 5
    after = standing()
    out = rebook("sequences", "move", str(running.pk), "--to", KEY, code=1).stdout
    assert "on own.test already" in out
    assert standing() == after
    assert AuditEvent.objects.filter(action="campaign.plan_changed", detail__moved=True).count() == 1


@pytest.mark.parametrize("after_parts", [1, 2, 3])
def test_broken_off_the_rest_go_on_as_they_were_and_are_moved_the_next_time(after_parts, clinic, running):
    publish(clinic, NEWER)
    whole = moving.preview_all(**of(clinic, running)).effect
    before = standing()

    class BrokenOff(Exception):
        pass

    def break_off(moved):
        if moved >= 2 * after_parts:
            raise BrokenOff

    with pytest.raises(BrokenOff):
        moving.move_all(**of(clinic, running), now=NOW, actor="cli", at_once=2, on_part=break_off)
    moved = [line for line in standing() if line[2] == 0]
    assert len(moved) == min(2 * after_parts, 7)
    # The others are on the plan they began, at the same step and day.
    left = [(was, now) for was, now in zip(before, standing(), strict=True) if now[2] != 0]
    assert all((was[0], was[1], was[3]) == (now[0], now[1], now[3]) for was, now in left)
    again = moving.preview_all(**of(clinic, running))
    assert (again.is_on_it, again.left_behind, again.effect.cases) == (True, len(left), len(left))
    rest = moving.move_all(**of(clinic, running), now=NOW + DAY, actor="cli", at_once=2)
    assert rest.effect.cases == len(left)
    assert [line[2] for line in standing()] == [0] * 7
    assert whole.cases == 7
    assert CampaignSequence.objects.count() == 1


def test_those_left_on_an_older_plan_come_along(clinic, running):
    """New patients only, the first time; then everybody, from whichever plan they are on."""
    from rebook.flow.outreach.sequences_moving import change_plan

    publish(clinic, NEW)
    change_plan(**of(clinic, running), moves_open_cases=False, now=NOW, actor="user:1")
    assert {line[2] for line in standing()} == {1}
    publish(clinic, NEWER)
    told = moving.move_all(**of(clinic, running), now=NOW, actor="cli")
    assert told.left_behind == 7
    assert dict(told.effect.kinds) == {"same": 5, "gains": 2}
    assert {line[2] for line in standing()} == {0}


def test_grave_cases_that_would_end_are_counted(clinic, running, answer):
    for case in Case.objects.filter(step_index=1):
        case.gap.risk_class = 3
        case.gap.save()
    publish(clinic, plan(0, key=KEY))
    said = answer("sequences", "move", "Due visits", "--to", KEY, "--dry-run")
    assert said["kinds"]["ends"] == 3
    assert said["told_to_clinician"] == 3


def test_what_cannot_be_moved_is_told_and_changes_nothing(clinic, running, rebook):
    publish(clinic, NEWER)
    before = standing()
    assert "there is no campaign" in rebook("sequences", "move", "None", "--to", KEY, code=2).output
    assert (
        "no published sequence" in rebook("sequences", "move", "Due visits", "--to", "own.x", code=2).output
    )
    with pytest.raises(UnableToSave, match="the effect is now cases=7"):
        moving.move_all(**of(clinic, running), expected="cases=6", now=NOW, actor="cli")
    gone_on = rebook("sequences", "move", "Due visits", "--to", KEY, "--expect", "cases=6", code=2)
    assert "have gone on" in " ".join(gone_on.output.split())
    Campaign.objects.update(state="archived")
    assert "under way" in rebook("sequences", "move", "Due visits", "--to", KEY, code=2).output
    assert standing() == before


def test_another_practices_campaign_is_not_there(clinic, running, rebook):
    make_clinic("oak")
    publish(clinic, NEWER)
    words = ("sequences", "move", "Due visits", "--to", KEY, "--organisation", "oak")
    assert "there is no campaign" in rebook(*words, code=2).output


def test_the_list_is_still_the_command_alone(clinic, rebook, answer):
    assert "primary_care.routine" in rebook("sequences").stdout
    assert any(one["key"] == "primary_care.routine" for one in answer("sequences"))
